"""The extension in a real Chromium, with the list of a real site: who is led away, what is sent, and what is not."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Error, Page, Worker, expect, sync_playwright
from tests.field.console import ARGUMENTS, CHROMIUM, LOCALES, Console
from tests.field.listed_world import BLOCKED, WARNED
from tests.field.screens import until
from tests.field.sip_stacks import PEERS
from tests.field.web_servers import RecordingProxy, any_site, serve

from fanzha.claims.hash_list import prefix_of
from fanzha.claims.url_expressions import url_hash
from fanzha.command.link_list.extension_pack import extension_files

pytestmark = pytest.mark.field
VECTORS = json.loads(Path(__file__).parents[1].joinpath("claims", "url_expressions.json").read_text("utf-8"))
#: Lets answers that the browser keeps be a minute too old.
EXPIRE = """chrome.storage.session.get("answers").then(({answers}) => {
  for (const answer of Object.values(answers)) answer.until = Date.now() - 60000;
  return chrome.storage.session.set({answers});
})"""
SECRET = "/pay?card=6222"


class Served(NamedTuple):
    """A site with its list, a proxy in front of it that keeps requests, and ports of sites by HTTP and HTTPS."""

    console: Console
    proxy: RecordingProxy
    http: int
    https: int
    extension: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("extension")
    with ExitStack() as stack:
        console = stack.enter_context(Console(folder / "home", world="tests.field.listed_world"))
        proxy = RecordingProxy(console.address)
        stack.enter_context(serve(proxy))
        http, https = stack.enter_context(serve(any_site())), stack.enter_context(serve(any_site(folder)))
        for name, data in extension_files(f"{proxy.address}/link-list").items():
            path = folder / "unpacked" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        yield Served(console, proxy, http, https, folder / "unpacked")


class Browser(NamedTuple):
    """A browser with the extension: its background worker, and a tab."""

    context: BrowserContext
    worker: Worker
    page: Page

    def open(self, address: str) -> None:
        """Open an address; the extension may lead the tab elsewhere meanwhile."""
        with suppress(Error):
            self.page.goto(address)

    def extension_page(self, name: str) -> Page:
        """Open a page of the extension in a tab of its own."""
        page = self.context.new_page()
        page.goto(self.worker.url.replace("background.js", name))
        return page


@contextmanager
def browser(served: Served, folder: Path, language: str) -> Iterator[Browser]:
    locale = LOCALES[language]
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder,
            executable_path=CHROMIUM,
            headless=True,
            ignore_default_args=["--disable-extensions"],
            args=[
                *ARGUMENTS,
                f"--disable-extensions-except={served.extension}",
                f"--load-extension={served.extension}",
                f"--lang={locale}",
                "--host-resolver-rules=MAP *.example 127.0.0.1",
            ],
            env={**os.environ, "LANGUAGE": locale.replace("-", "_")},
            ignore_https_errors=True,
            viewport={"width": 320, "height": 640},
        )
        try:
            worker = context.service_workers[0] if context.service_workers else context.wait_for_event("serviceworker")
            until(lambda: bool(worker.evaluate("chrome.storage.local.get('list').then(({list}) => list?.version)")))
            yield Browser(context, worker, context.pages[0])
        finally:
            context.close()


def violations(page: Page) -> list[str]:
    result = Axe().run(page)
    return [violation["id"] for violation in result.response["violations"]]


def searches(proxy: RecordingProxy) -> list[list[bytes]]:
    """Return the prefixes of each question that the site got."""
    queries = [urlsplit(path) for path, _ in proxy.requests]
    found = [parse_qs(url.query)["hashPrefixes"] for url in queries if url.path.endswith("/hashes:search")]
    return [[base64.b64decode(text) for text in texts] for texts in found]


def update(open_browser: Browser) -> str:
    """Press "Update now" on the page of options; return what it says then."""
    page = open_browser.extension_page("options.html")
    before = page.locator("#said").text_content()
    page.locator("#update").click()
    page.wait_for_function("before => document.getElementById('said').textContent !== before", arg=before)
    said = page.locator("#said").text_content() or ""
    page.close()
    return said


def test_listed_sites_are_led_to_the_warning_and_the_site_learns_prefixes_alone(served: Served, tmp_path: Path) -> None:
    honest, blocked = f"http://honest.example:{served.http}/", f"https://block.example:{served.https}{SECRET}"
    with browser(served, tmp_path, "en") as open_browser:
        page = open_browser.page
        assert open_browser.worker.evaluate("chrome.alarms.get('update').then((alarm) => alarm.periodInMinutes)") == 0.5
        page.goto(honest)
        expect(page.locator("h1")).to_have_text("site honest.example")
        assert searches(served.proxy) == []

        open_browser.open(blocked)
        expect(page.locator("#headline")).to_have_text("This fraud site was blocked")
        expect(page.locator("#host")).to_have_text("block.example")
        expect(page.locator("#back")).to_be_focused()
        assert page.locator("#anyway").is_hidden()
        assert page.locator("#appeal-link").get_attribute("href") == "https://appeals.example/appeal/"
        assert violations(page) == []
        page.emulate_media(color_scheme="dark")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.locator("#back").click()
        expect(page.locator("h1")).to_have_text("site honest.example")

        open_browser.open(f"http://www.warn.example:{served.http}/")
        expect(page.locator("#headline")).to_have_text("This site may be a fraud")
        page.locator("summary").click()
        page.locator("#proceed").click()
        expect(page.locator("h1")).to_have_text("site www.warn.example")

        open_browser.open(f"{honest}to?url=http://later.example:{served.http}/")
        expect(page.locator("#host")).to_have_text("later.example")

    listed = {prefix_of(url_hash(f"{host}/")) for host in (*BLOCKED, *WARNED)}
    for prefixes in searches(served.proxy):
        assert {len(prefix) for prefix in prefixes} == {4} and {prefix_of(prefix) for prefix in prefixes} <= listed
    assert 1 <= len(searches(served.proxy)) <= 3  # answers to what was asked beside are kept, too
    for path, headers in served.proxy.requests:
        assert urlsplit(path).path in ("/link-list/v5/hashList/se-4b", "/link-list/v5/hashes:search")
        assert not {"Cookie", "Referer", "Authorization"} & headers.keys()
        assert "example" not in f"{path}{headers}".replace(served.proxy.address, "") and "card" not in path


def test_a_withdrawn_decision_opens_again_and_without_an_answer_pages_open(served: Served, tmp_path: Path) -> None:
    gone, unasked = (f"http://{host}.example:{served.http}/" for host in ("gone", "unasked"))
    with browser(served, tmp_path, "zh-hans") as open_browser:
        page = open_browser.page
        open_browser.open(gone)
        expect(page.locator("#headline")).to_have_text("该网站涉嫌诈骗，已拦截")
        assert page.evaluate("document.documentElement.lang") == "zh-Hans"
        assert violations(page) == []

        # what the site said within a day counts while it does not answer
        open_browser.worker.evaluate(EXPIRE)
        served.proxy.is_down = True
        page.goto("about:blank")
        open_browser.open(gone)
        expect(page.locator("#headline")).to_have_text("该网站涉嫌诈骗，已拦截")
        served.proxy.is_down = False

        served.console.run(sys.executable, "-m", "tests.field.listed_world", "withdraw", "gone.example")
        assert "共 4 条" in update(open_browser)
        page.goto(gone)
        expect(page.locator("h1")).to_have_text("site gone.example")

        served.proxy.is_down = True
        assert "最近一次更新失败" in update(open_browser)
        assert open_browser.worker.evaluate("chrome.action.getBadgeText({})") == "过期"
        open_browser.worker.evaluate("chrome.storage.session.clear()")  # it may have been asked for beside another one
        open_browser.open(unasked)
        expect(page.locator("h1")).to_have_text("site unasked.example")
        served.proxy.is_down, served.proxy.is_slow = False, True
        open_browser.worker.evaluate("chrome.storage.session.clear()")
        open_browser.open(unasked)
        expect(page.locator("h1")).to_have_text("site unasked.example")
        served.proxy.is_slow = False
        served.proxy.released.set()
        assert "失败" not in update(open_browser)
        assert open_browser.worker.evaluate("chrome.action.getBadgeText({})") == ""


def test_browser_and_platform_read_addresses_and_lists_alike(served: Served, tmp_path: Path) -> None:
    with browser(served, tmp_path, "en") as open_browser:
        page = open_browser.extension_page("options.html")
        expect(page.locator("#said")).to_contain_text("entries")
        assert violations(page) == []
        found = _in_page(page, "expressions.js", "addresses.map(module.expressions)", [link for link, _ in VECTORS])
        assert found == [expressions for _, expressions in VECTORS]
        example = {"firstValue": 489_866_504, "riceParameter": 30, "entriesCount": 2, "encodedData": "dADSlxvtSXQA"}
        assert _in_page(page, "hash_list.js", "[...module.decodeRice(addresses)]", example) == [
            489_866_504,
            689_685_826,
            4_154_786_533,
        ]
        with pytest.raises(Error, match="checksum"):
            _in_page(
                page, "hash_list.js", "module.applyUpdate(new Uint32Array(0), addresses)", {"sha256Checksum": "AA=="}
            )


def _in_page(page: Page, file: str, expression: str, given: Any) -> Any:
    return page.evaluate(f"addresses => import('./{file}').then((module) => {expression})", given)


def test_the_client_that_google_publishes_reads_list_and_answers(served: Served) -> None:
    assert (PEERS / "ready").exists(), "google-api-python-client is missing; bring it with: tools/field_peers"
    full_hash = url_hash("block.example/")
    command = [PEERS / "bin" / "python", Path(__file__).with_name("safe_browsing_client.py")]
    address, prefix = f"{served.console.address}/link-list/", base64.urlsafe_b64encode(full_hash[:4]).decode()
    done = subprocess.run([*command, address, prefix], capture_output=True, text=True, check=True, timeout=60)
    answers = json.loads(done.stdout)
    assert answers["lists"]["hashLists"][0]["name"] == "se-4b"
    assert answers["whole"]["additionsFourBytes"]["riceParameter"] >= 3 and not answers["whole"]["partialUpdate"]
    (same,) = answers["batch"]["hashLists"]
    assert same["partialUpdate"] and same["sha256Checksum"] == answers["whole"]["sha256Checksum"]
    (found,) = answers["search"]["fullHashes"]
    assert base64.b64decode(found["fullHash"]) == full_hash
    assert found["fullHashDetails"][0]["threatType"] == "SOCIAL_ENGINEERING"
