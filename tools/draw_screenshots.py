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
ANALYST, REGULATOR = "analyst@mobile.example", "analyst@ministry.example"
SIZE, WALL_SIZE = {"width": 1280, "height": 800}, {"width": 1600, "height": 1000}
QUALITY = 55


def sign_in(page: Page, address: str, person: str, password: str, language: str) -> None:
    """Sign in as a person of the demo and choose a language."""
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", password)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")
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


def open_first(page: Page, link: str) -> None:
    """Open the page that the first link leads to."""
    page.goto(page.locator(link).first.evaluate("link => link.href"))


def main(address: str, password: str) -> None:
    """Take the queue, its hottest campaign, a person to reach and the wall, in both languages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for language, ending in (("en", ""), ("zh-hans", ".zh")):
            page = browser.new_page(viewport=SIZE)
            sign_in(page, address, ANALYST, password, language)
            page.goto(f"{address}/campaigns/")
            save(page, f"queue{ending}")
            open_first(page, "main a[href*='/campaigns/0']")
            save(page, f"campaign{ending}")
            page.goto(f"{address}/subjects/victims/")
            open_first(page, "main .rows a")
            save(page, f"person{ending}")
            page.close()
            page = browser.new_page(viewport=WALL_SIZE, reduced_motion="reduce")
            sign_in(page, address, REGULATOR, password, language)
            page.goto(f"{address}/wall/")
            save(page, f"wall{ending}")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
