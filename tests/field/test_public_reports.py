"""The public reports on a phone, in both languages, in a few presses, with and without scripts, and sees the answer."""

import sys
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.field.console import Console, Visit, chromium
from tests.field.reports_handled import ANSWER
from tests.field.test_console_pages import serious

pytestmark = pytest.mark.field
VIOLATIONS = {"resultTypes": ["violations"]}
#: The most presses besides typing, from the first page to the receipt.
MOST_PRESSES = 8


class Words(NamedTuple):
    """What the pages say in one language."""

    no: str
    yes: str
    go_on: str
    call: str
    next: str
    send: str
    number: str


WORDS = {
    "en": Words(
        "No", "Yes", "I have called. Go on to report", "A phone call", "Continue", "Send report", "+8617000000{}1"
    ),
    "zh-hans": Words("否", "是", "已拨打，继续举报", "电话", "下一步", "提交举报", "+8617000000{}2"),
}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("reports"), world="tests.field.reports_handled") as made:
        (made.home / "fanzha.toml").write_text("[reports]\ncall_back_share = 0\n", "utf-8")
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


def is_too_wide(page: Page) -> list[str]:
    """Return whether a page must be pushed sideways on a small phone."""
    page.set_viewport_size({"width": 320, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{page.url}: {width} pixels wide on 320"] if width > 320 else []


class Reporter:
    """Somebody with a phone: counts presses, and looks at each page that comes."""

    def __init__(self, page: Page, *, scripts: bool) -> None:
        self.page, self.presses, self.faults, self._scripts = page, 0, list[str](), scripts

    def press(self, role: str, name: str) -> None:
        """Press a link or a button, and look at the page that follows."""
        self.presses += 1
        target = self.page.get_by_role("link" if role == "link" else "button", name=name, exact=True)
        with self.page.expect_navigation():
            target.click()
        self.look()

    def look(self) -> None:
        """Look at the page as readers of screens do (by a script), and on a small phone."""
        self.faults += [*(serious(self.page, VIOLATIONS) if self._scripts else []), *is_too_wide(self.page)]
        self.page.set_viewport_size({"width": 390, "height": 844})


def report(reporter: Reporter, words: Words, number: str, *, paid: bool) -> str:
    """Answer the questions; return the receipt code."""
    page = reporter.page
    if paid:
        reporter.press("link", words.yes)
        assert page.locator("a[href='tel:110']").first.is_visible()
        assert page.locator("a[href='tel:96110']").first.is_visible()
        reporter.press("link", words.go_on)
    else:
        reporter.press("link", words.no)
    reporter.press("link", words.call)
    page.fill("#thing", number)
    reporter.press("button", words.next)
    page.fill("#text", "They said that my parcel is lost.")
    reporter.press("button", words.next)
    page.fill("#contact", "17000000088")
    reporter.press("button", words.send)
    return page.locator("output").inner_text()


@pytest.mark.parametrize(("language", "scripts", "paid"), [("zh-hans", True, False), ("en", False, True)])
def test_a_report_on_a_phone_joins_a_campaign_leads_to_an_order_and_is_answered(
    console: Console, browser: Browser, language: str, scripts: bool, paid: bool
) -> None:
    words = WORDS[language]
    with Visit(browser, console, language, scripts=scripts) as visit:
        page = visit.page
        page.set_viewport_size({"width": 390, "height": 844})
        visit.go("/report/")
        reporter = Reporter(page, scripts=scripts)
        code = report(reporter, words, words.number.format(3), paid=paid)
        assert reporter.presses <= MOST_PRESSES
        console.run(sys.executable, "-m", "tests.field.reports_handled", "read")
        console.run(sys.executable, "-m", "tests.field.reports_handled", "answer")
        visit.go("/report/follow/")
        page.fill("#code", code.lower())
        with page.expect_navigation():
            page.press("#code", "Enter")
        expect(page.locator(".answer")).to_have_text(ANSWER)
        reporter.look()
        assert [*reporter.faults, *visit.complaints, *visit.strangers()] == []


def test_the_page_solves_the_proof_of_work(console: Console, browser: Browser) -> None:
    with Visit(browser, console, "en") as visit:
        visit.go("/report/new/?paid=no&category=call")
        for _ in range(2):
            with visit.page.expect_navigation():
                visit.page.click("main button")
        expect(visit.page.locator("[name=solution]")).not_to_have_value("")
        assert visit.complaints == []
