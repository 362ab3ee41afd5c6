"""Two couriers are limited by an order; one appeals in a shop, one by her own phone; a screen restores both at once."""

import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from tests.command.people import PASSWORD
from tests.field.appeal_hearer import HEARER
from tests.field.console import Console, Visit, chromium
from tests.field.screens import Caller, treatment, until
from tests.field.test_console_pages import serious
from tests.field.test_console_targets import (
    DONE_WITHIN_SECONDS,
    RESTORED_WITHIN_SECONDS,
    SETTINGS,
    import_findings,
    submit,
)
from tests.free_ports import free_port

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.field
PHONE: ViewportSize = {"width": 390, "height": 844}
VIOLATIONS = {"resultTypes": ["violations"]}
#: The most presses besides typing: of the person on her own phone from the first page to the receipt, and of the clerk
#: from the desk to the receipt.
MOST_OWN, MOST_CLERK = 3, 3
#: Language, two digits of the numbers, the name of the carrier, and words of the pages.
QUESTION = "For whom do you deliver? 为哪家公司送件？"
STATEMENT = "I deliver parcels and call every receiver. 我是快递员。"


class Words(NamedTuple):
    """What the pages say in one language."""

    block: str
    carrier: str
    show: str
    write: str
    send: str
    upheld: str
    find: str
    take: str
    file: str
    answer: str
    heading: str


WORDS = {
    "en": Words(
        "73", "Example carrier", "Show my notice", "Write an appeal", "Send the appeal", "Upheld", "Find the notice",
        "Take an appeal in", "File the appeal", "Send the answer", "Calls from your number are refused",
    ),
    "zh-hans": Words(
        "74", "示例carrier", "查看告知书", "填写申诉", "提交申诉", "申诉成立", "查找告知", "受理申诉", "提交申诉",
        "提交补充说明", "您的来电被拦截",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def sip() -> int:
    return free_port()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, sip: int) -> Iterator[Console]:
    settings = SETTINGS.format(sip=sip, http=free_port())
    with Console(tmp_path_factory.mktemp("limited"), settings) as made:
        made.run(sys.executable, "-m", "tests.field.appeal_hearer")
        made.wait_until_said(r"answering .*: pid \d+")
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def caller(sip: int) -> Iterator[Caller]:
    made = Caller(sip)
    yield made
    made.close()


class Hand:
    """Somebody's presses on a phone: each is counted, and the page that comes is looked at."""

    def __init__(self, visit: Visit) -> None:
        self.visit, self.presses, self.faults = visit, 0, list[str]()
        visit.page.set_viewport_size(PHONE)

    def press(self, name: str) -> None:
        """Press a button or a link by its words."""
        self.presses += 1
        page = self.visit.page
        target = page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("link", name=name, exact=True))
        with page.expect_navigation():
            target.first.click()
        self.look()

    def look(self) -> None:
        """Look at the page as readers of screens do, and on a small phone."""
        page = self.visit.page
        self.faults += serious(page, VIOLATIONS)
        page.set_viewport_size({"width": 320, "height": 640})
        width = page.evaluate("document.documentElement.scrollWidth")
        self.faults += [f"{self.visit.path}: {width} pixels wide on 320"] if width > 320 else []
        page.set_viewport_size(PHONE)

    def complaints(self) -> list[str]:
        """Return what was wrong on all pages, with requests that left the site."""
        return [*self.faults, *self.visit.complaints, *self.visit.strangers()]


def limit(console: Console, browser: Browser, language: str, numbers: list[str]) -> str:
    """Order on numbers and approve the order; return its path."""
    with Visit(browser, console, language) as visit:
        page = visit.sign_in("centre", Role.ANALYST).page
        visit.go("/orders/new")
        page.fill("[name=subjects]", "\n".join(numbers))
        page.locator("[name=subjects]").blur()
        page.select_option("[name=action], [name=number_action]", "refuse")
        page.fill("[name=scope]", "calls")
        page.fill("[name=reason]", "as the findings say")
        page.get_by_label(WORDS[language].carrier, exact=True).check()
        submit(page)
        page.wait_for_url("**/orders/*/")
        order = visit.path
    with Visit(browser, console, language) as visit:
        visit.sign_in("centre", Role.REVIEWER).go(f"{order}approve/")
        visit.page.fill("[name=opinion]", "as the evidence says")
        submit(visit.page)
    return order


def find_notice(page: Page, number: str, words: Words) -> None:
    page.fill("[name=query]", number)
    page.fill("[name=purpose]", "the holder came to the shop")


def wait_for_notice(visit: Visit, number: str) -> None:
    """Load the desk until the notice of a number stands there."""

    def is_there() -> bool:
        visit.go("/notices/?show=all")
        return visit.page.get_by_text(number[-4:]).count() > 0

    until(is_there, DONE_WITHIN_SECONDS)


def sign_hearer_in(hearer: Visit, number: str) -> None:
    """Sign in as the unit that hears appeals, and open the appeal of a number."""
    page = hearer.page
    hearer.go("/accounts/login/")
    page.fill("[name=login]", HEARER)
    page.fill("[name=password]", PASSWORD)
    submit(page)
    hearer.go("/appeals/")
    assert [*serious(page, VIOLATIONS)] == []
    with page.expect_navigation():
        page.locator("main a", has_text=number[-4:]).first.click()


def ask(console: Console, browser: Browser, language: str, number: str) -> None:
    """Ask the person a question, as the unit that hears the appeal."""
    with Visit(browser, console, language) as hearer:
        sign_hearer_in(hearer, number)
        submit(hearer.page, "a[href*='/do/ask_person/']")
        hearer.page.fill("[name=question]", QUESTION)
        submit(hearer.page)


def follow(visit: Visit, receipt: str, language: str) -> None:
    """Open the page of an appeal by its receipt code."""
    visit.go(f"/appeal/follow/?language={language}")
    visit.page.fill("#receipt", receipt)
    with visit.page.expect_navigation():
        visit.page.press("#receipt", "Enter")


def uphold(console: Console, browser: Browser, language: str, number: str, caller: Caller) -> float:
    """Decide the appeal of a number by another unit; return the seconds from the press until the screen restored it."""
    with Visit(browser, console, language) as hearer:
        page = hearer.page
        sign_hearer_in(hearer, number)
        submit(page, "a[href*='/do/uphold/']")
        page.check("[name=event][value=uphold]")
        page.fill("[name=reason]", "a courier with delivery slips")
        begun = time.monotonic()
        submit(page)
        until(lambda: treatment(caller.call(number, "MSC-1")) == "allow", RESTORED_WITHIN_SECONDS)
        return time.monotonic() - begun


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_two_couriers_are_freed(console: Console, browser: Browser, caller: Caller, language: str) -> None:
    words = WORDS[language]
    at_shop, own_phone, other = (f"+8617000{words.block}{end}" for end in ("4101", "4202", "4303"))
    import_findings(console, [at_shop, own_phone, other], [])
    limit(console, browser, language, [at_shop, own_phone, other])
    until(lambda: treatment(caller.call(own_phone, "MSC-1")) == "603", DONE_WITHIN_SECONDS)

    with Visit(browser, console, language) as visit:
        clerk = Hand(visit.sign_in("carrier", Role.CLERK))
        page = visit.page
        wait_for_notice(visit, at_shop)
        clerk.look()
        find_notice(page, at_shop, words)
        clerk.press(words.find)
        clerk.press(words.take)
        page.select_option("[name=checked]", "identity_card")
        page.fill("[name=text]", STATEMENT)
        clerk.press(words.file)
        assert len(page.locator("output").inner_text()) == 19
        assert clerk.presses <= MOST_CLERK
        visit.go("/notices/")
        find_notice(page, own_phone, words)
        clerk.press(words.find)
        with page.expect_navigation():
            page.locator("form[action$='/print/'] button").first.click()
        clerk.look()
        code = page.locator("output").inner_text()
        shop_faults = clerk.complaints()

    with Visit(browser, console, language) as visit:
        person = Hand(visit)
        page = visit.page
        visit.go(f"/appeal/?language={language}")
        person.look()
        page.fill("#code", code.lower())
        page.fill("#proof", own_phone[-4:])
        person.press(words.show)
        expect(page.locator("h1")).to_have_text(words.heading)
        person.press(words.write)
        page.fill("#text", STATEMENT)
        person.press(words.send)
        receipt = page.locator("output").inner_text()
        assert person.presses <= MOST_OWN
        assert visit.context.cookies() == []

        ask(console, browser, language, own_phone)
        follow(visit, receipt, language)
        expect(page.locator("main")).to_contain_text(QUESTION)
        page.fill("#answer", STATEMENT)
        person.press(words.answer)

        took = [uphold(console, browser, language, number, caller) for number in (at_shop, own_phone)]
        assert treatment(caller.call(other, "MSC-1")) == "603"  # the order goes on for the one who did not appeal

        follow(visit, receipt, language)
        expect(page.locator("main")).to_contain_text(words.upheld)
        person.look()
        assert [*shop_faults, *person.complaints()] == []
    print(f"{language}: presses {clerk.presses - 1} clerk, {person.presses} own; restored after", took)
