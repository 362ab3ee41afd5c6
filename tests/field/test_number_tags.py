"""A number is looked up without the site learning it, its owner disputes the tag on a phone, another unit decides."""

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.field.console import Console, Visit, chromium
from tests.field.tagged_numbers import NUMBERS, REPORTERS
from tests.field.test_console_pages import serious
from tests.field.test_public_reports import VIOLATIONS, is_too_wide

from fanzha.api.tag_lookup import TagAnswer, look_up_tag
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.field


class Words(NamedTuple):
    """What the pages say in one language."""

    look_up: str
    whole: str
    fraud: str
    reports: str
    nothing: str
    dispute: str
    received: str
    give: str
    remove: str
    sends_next: str


WORDS = {
    "en": Words(
        "Look up",
        "Send the whole number, also to see its neighbours",
        "reported as fraud",
        f"{REPORTERS} independent reports",
        "No report. That does not mean it is safe.",
        "Dispute",
        "Your objection was received",
        "Give a code",
        "Remove the tags",
        "This cannot be looked up without sending it.",
    ),
    "zh-hans": Words(
        "查询",
        "发送完整号码，并查看相邻号码",
        "被举报涉诈",
        f"{REPORTERS}",
        "查不到不代表安全",
        "提出异议",
        "异议已受理",
        "发放异议码",
        "删除标记",
        "该内容无法在本机换算后查询。",
    ),
}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("tags"), world="tests.field.tagged_numbers") as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


def look(page: Page) -> list[str]:
    """Look at a page as readers of screens do, and on a small phone."""
    faults = [*serious(page, VIOLATIONS), *is_too_wide(page)]
    page.set_viewport_size({"width": 390, "height": 844})
    return faults


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def ask_by_hash(visit: Visit, words: Words, written: str, answer: str) -> None:
    """Look a number up by the page's script."""
    visit.go(f"/tags/?language={visit.language}")
    expect(visit.page.locator("#sends-part")).to_be_visible()
    visit.page.fill("[name=value]", written)
    visit.page.get_by_role("button", name=words.look_up, exact=True).click()
    expect(visit.page.locator("#answer")).to_contain_text(answer)


def give_code(browser: Browser, console: Console, language: str, number: str) -> str:
    """Give the owner a code at the counter of the operator."""
    with Visit(browser, console, language) as counter:
        counter.sign_in("carrier", Role.CLERK)
        counter.go("/tag-disputes/")
        counter.page.fill("[name=number]", number)
        counter.page.check("[name=proven]")
        press(counter.page, WORDS[language].give)
        assert counter.strangers() == []
        return counter.page.locator(".notice strong").inner_text()


def decide(browser: Browser, console: Console, language: str) -> None:
    """Uphold the dispute as the administration; the operator's own reviewer cannot."""
    with Visit(browser, console, language) as own:
        own.sign_in("carrier", Role.REVIEWER)
        own.go("/tag-disputes/")
        expect(own.page.get_by_role("button", name=WORDS[language].remove)).to_have_count(0)
    with Visit(browser, console, language) as other:
        other.sign_in("administration", Role.REVIEWER)
        other.go("/tag-disputes/")
        press(other.page, WORDS[language].remove)
        assert other.complaints == []


def is_in_range(console: Console, number: str) -> TagAnswer | None:
    return look_up_tag(console.address, "phone_number", number)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_owner_gets_a_wrong_tag_removed(console: Console, browser: Browser, language: str) -> None:
    words, number = WORDS[language], NUMBERS[language]
    written, faults = f"170 0000 {number[-4:]}", list[str]()
    with Visit(browser, console, language) as visit:
        page = visit.page
        page.set_viewport_size({"width": 390, "height": 844})
        ask_by_hash(visit, words, written, words.fraud)
        faults += look(page)
        digest = sha256(number.encode()).hexdigest()
        asked = [url for url in visit.requests if "/tags/hashes/" in url]
        assert asked == [f"{console.address}/tags/hashes/phone_number/{digest[:4]}"]
        press(page, words.whole)
        expect(page.locator("#answer")).to_contain_text(words.reports)
        faults += look(page)
        assert is_in_range(console, number) == TagAnswer("fraud", True)

        code = give_code(browser, console, language, number)
        visit.go(f"/tags/dispute/?language={language}")
        for name, value in (("number", written), ("code", code), ("statement", "I deliver parcels. 我是快递员。")):
            page.fill(f"[name={name}]", value)
        faults += look(page)
        press(page, words.dispute)
        expect(page.locator(".answer h2")).to_contain_text(words.received)
        faults += look(page)
        ask_by_hash(visit, words, written, words.nothing)

        decide(browser, console, language)
        ask_by_hash(visit, words, written, words.nothing)
        press(page, words.whole)
        expect(page.locator("#answer")).to_contain_text(words.nothing)
        assert is_in_range(console, number) is None
        assert not any(number[3:] in url for url in visit.requests), "no address has the number"
        assert [*faults, *visit.complaints, *visit.strangers()] == []
    assert number[3:] not in console.said(), "nor has what the site wrote"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_the_script_cannot_read_is_sent_after_the_page_said_so(
    console: Console, browser: Browser, language: str
) -> None:
    words = WORDS[language]
    with Visit(browser, console, language) as visit:
        visit.go(f"/tags/?language={language}")
        expect(visit.page.locator("#sends-part")).to_be_visible()
        visit.page.select_option("[name=kind]", "account")
        visit.page.fill("[name=value]", "wechat:made_up_1")
        visit.page.get_by_role("button", name=words.look_up, exact=True).click()
        expect(visit.page.locator("#sends-next")).to_contain_text(words.sends_next)
        press(visit.page, words.look_up)
        expect(visit.page.locator("#answer")).to_contain_text(words.nothing)
        assert [*look(visit.page), *visit.complaints, *visit.strangers()] == []


def test_the_page_works_without_scripts(console: Console, browser: Browser) -> None:
    with Visit(browser, console, "en", scripts=False) as visit:
        visit.go("/tags/?language=en")
        assert visit.page.locator("#sends-all").is_visible() and not visit.page.locator("#sends-part").is_visible()
        visit.page.fill("[name=value]", "17000000009")
        press(visit.page, "Look up")
        assert WORDS["en"].nothing in visit.page.locator("#answer").inner_text()


def test_look_up_report_and_follow_are_installed_as_one_app(console: Console, browser: Browser) -> None:
    with Visit(browser, console, "en") as visit:
        visit.go("/tags/?language=en")
        session = visit.context.new_cdp_session(visit.page)
        visit.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
        assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []
        manifest = session.send("Page.getAppManifest")
        assert manifest["errors"] == [], "a shortcut outside the scope is ignored"
        for path in ("/report/?language=en", "/tags/?language=en"):
            visit.go(path)
            visit.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        visit.context.set_offline(True)
        for path in ("/tags/?language=en", "/report/?language=en", "/report/follow/?language=en"):
            visit.go(path)
            expect(visit.page.locator("h1")).to_contain_text("Offline")
        assert visit.strangers() == []
