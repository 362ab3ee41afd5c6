"""Take the screenshots of the README from a running demo, as small WebP files in docs/images.

    fanzha demo --out demo-out --port 8470 --password "any long pass phrase"      (in another terminal)
    tools/draw_screenshots.py http://127.0.0.1:8470 "any long pass phrase"

Needs the packages of `make dev` and Debian's chromium. English pages go to NAME.webp, Chinese ones to NAME.zh.webp.
"""

import base64
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
ANALYST = "analyst@mobile.example"
SIZE = {"width": 1280, "height": 800}
QUALITY = 55


def sign_in(page: Page, address: str, password: str, language: str) -> None:
    """Sign in as the analyst and choose a language."""
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", ANALYST)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()
    token = page.context.cookies()
    csrf = next(cookie["value"] for cookie in token if cookie["name"].endswith("csrf"))
    page.request.post(
        f"{address}/choose/language/",
        form={"language": language, "csrfmiddlewaretoken": csrf},
        headers={"referer": address},
    )


def save(page: Page, name: str) -> None:
    """Write what the page shows as WebP."""
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    IMAGES.mkdir(parents=True, exist_ok=True)
    (IMAGES / f"{name}.webp").write_bytes(base64.b64decode(shot["data"]))


def main(address: str, password: str) -> None:
    """Take the queue and its hottest campaign, in both languages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for language, ending in (("en", ""), ("zh-hans", ".zh")):
            page = browser.new_page(viewport=SIZE)
            sign_in(page, address, password, language)
            page.goto(f"{address}/campaigns/")
            save(page, f"queue{ending}")
            page.click("main table a[href*='/campaigns/'], main a[href*='/campaigns/0']")
            page.wait_for_load_state()
            save(page, f"campaign{ending}")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
