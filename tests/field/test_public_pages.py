"""Every page without a login: for readers of screens, small phones, light and dark, without cookies or other hosts."""

import http.client
import re
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPResponse
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser
from tests.field.console import Console, Visit, chromium
from tests.field.test_console_pages import serious
from tests.field.test_public_reports import VIOLATIONS

pytestmark = pytest.mark.field
#: Where the public begins, and what belongs to it. Other pages are found by their links.
STARTS = (
    "/report/",
    "/report/follow/",
    "/tags/",
    "/tags/dispute/",
    "/appeal/",
    "/appeal/follow/",
    "/bulletins/",
    "/learn/",
    "/figures/",
    "/blocked/",
    "/link-list/",
)
PARTS = tuple(sorted({f"/{path.split('/')[1]}/" for path in STARTS}))
#: A link that nobody had blocked: the page says so.
NOT_BLOCKED = "/blocked/"
MOST_PAGES = 120
WIDTHS = (320, 390)
#: What a page may keep: the language that somebody chose.
COOKIES = {"fanzha_language"}
#: Forms that are limited, and the fields of a question.
LIMITED = {
    "/tags/": {"kind": "phone_number", "value": "17000000009"},
    "/tags/dispute/": {"number": "17000000009", "code": "1"},
    "/report/follow/": {"code": "AAAA-AAAA-AAAA"},
    "/appeal/": {"code": "AAAA-AAAA", "proof": "0000"},
    "/appeal/follow/": {"receipt": "AAAA-AAAA-AAAA"},
}
#: Questions after which a limit must have been met.
MOST_QUESTIONS = 60


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("public"), world="tests.field.public_world") as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


class Answer:
    """An answer of the site to somebody without cookies."""

    def __init__(self, answer: HTTPResponse) -> None:
        self.status, self.headers, self.text = answer.status, answer.headers, answer.read().decode("utf-8", "replace")

    @property
    def cookies(self) -> set[str]:
        """Return the names of the cookies that it sets."""
        return {cookie.partition("=")[0] for cookie in self.headers.get_all("Set-Cookie") or ()}


def ask(console: Console, path: str, body: bytes | None = None, address: str = "127.0.0.1") -> Answer:
    """Ask without cookies; a body is a form."""
    connection = http.client.HTTPConnection("127.0.0.1", console.port, timeout=60, source_address=(address, 0))
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        with suppress(BrokenPipeError):  # the site may answer an over-large form before it has all of it
            connection.request("GET" if body is None else "POST", path, body, headers)
        return Answer(connection.getresponse())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def pages(console: Console) -> list[str]:
    """The public pages that the starts lead to, in both languages."""
    found = [f"{path}?language={language}" for path in STARTS for language in ("zh-hans", "en")]
    for path in found:
        answer = ask(console, path)
        if "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        for link in re.findall(r'<a\b[^>]*\bhref="([^"#]+)"', answer.text):
            url = urlsplit(link.replace("&amp;", "&"))
            target = f"{url.path or urlsplit(path).path}?{url.query}".rstrip("?")
            if not url.netloc and not url.scheme and target.startswith(PARTS) and target not in found:
                found.append(target)
        assert len(found) <= MOST_PAGES, "choose which pages stand for the others"
    return found


def test_each_page_answers_everybody_and_keeps_nothing(console: Console, pages: list[str]) -> None:
    faults = []
    for path in pages:
        answer = ask(console, path)
        policy = answer.headers.get("Content-Security-Policy", "")
        if answer.status != (404 if path.startswith(NOT_BLOCKED) else 200):
            faults.append(f"{path}: {answer.status}")
        if answer.cookies - COOKIES:
            faults.append(f"{path}: sets {answer.cookies}")
        if "default-src" not in policy or "unsafe" in policy or "http" in policy:
            faults.append(f"{path}: {policy or 'no policy of content'}")
        if answer.headers.get("X-Content-Type-Options") != "nosniff" or not answer.headers.get("Referrer-Policy"):
            faults.append(f"{path}: headers are missing")
    assert faults == []


def test_an_over_large_form_is_refused(console: Console, pages: list[str]) -> None:
    body = b"text=" + b"x" * 3_000_000
    answers = {path: ask(console, path, body).status for path in sorted({urlsplit(path).path for path in pages})}
    assert {path: status for path, status in answers.items() if status not in (400, 403, 405, 413)} == {}


@pytest.mark.parametrize("place", range(len(LIMITED)))
def test_who_asks_too_often_waits(console: Console, place: int) -> None:
    path, fields = list(LIMITED.items())[place]
    body, address = urlencode(fields).encode(), f"127.9.{place}.1"  # a network of its own
    statuses: list[int] = []
    while len(statuses) < MOST_QUESTIONS and 429 not in statuses:
        statuses.append(ask(console, path, body, address).status)
    assert statuses[-1] == 429


@pytest.fixture(scope="module")
def documents(console: Console, pages: list[str]) -> list[str]:
    """The pages that a browser shows; the others are feeds, data and files to print."""
    return [path for path in pages if ask(console, path).headers.get("Content-Type", "").startswith("text/html")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_page_can_be_read_on_a_small_phone(
    console: Console, browser: Browser, documents: list[str], scheme: str
) -> None:
    faults = []
    for language in ("zh-hans", "en"):
        with Visit(browser, console, language) as visit:
            visit.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for path in (page for page in documents if f"language={language}" in page):
                visit.page.set_viewport_size({"width": 390, "height": 844})
                visit.go(path)
                faults += [f"{path} {scheme}: {fault}" for fault in serious(visit.page, VIOLATIONS)]
                for width in WIDTHS:
                    visit.page.set_viewport_size({"width": width, "height": 640})
                    reached = visit.page.evaluate("document.documentElement.scrollWidth")
                    faults += [f"{path}: {reached} pixels wide on {width}"] if reached > width else []
                lang = visit.page.evaluate("document.documentElement.lang").lower()
                faults += [] if lang.startswith(language[:2]) else [f"{path}: its language is {lang}"]
            complaints = [text for text in visit.complaints if "404 (Not Found)" not in text]
            faults += [*complaints, *visit.strangers()]
    assert faults == [], "\n".join(faults)
