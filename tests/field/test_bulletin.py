"""A month in browsers: drafted, answered, published by a second person, read by everybody, rectified and checked."""

import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.field.console import Console, Visit, chromium
from tests.field.test_console_pages import serious

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.field
VIOLATIONS = {"resultTypes": ["violations"]}
REPLY = "Two people were ill; we have three now."


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("bulletins"), world="tests.field.bulletins_handled") as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


def look(page: Page, width: int = 320) -> list[str]:
    """Return what readers of screens and small phones meet on a page."""
    faults = serious(page, VIOLATIONS)
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 640})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if before:
        page.set_viewport_size(before)
    return [f"{page.url}: {fault}" for fault in faults] + ([f"{page.url}: {wide} wide"] if wide > width else [])


def take(page: Page, step: str, **fields: str) -> None:
    """Take a step by its button and its form."""
    with page.expect_navigation():
        page.get_by_role("link", name=step).first.click()
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    with page.expect_navigation():
        page.locator("main form button.button-main").click()


def test_a_month_goes_from_draft_to_check(console: Console, browser: Browser) -> None:
    faults: list[str] = []
    with Visit(browser, console) as analyst:
        page = analyst.sign_in("centre", Role.ANALYST).page
        analyst.go("/monthly-bulletins/")
        page.fill("[name=month]", "2026-10")
        with page.expect_navigation():
            page.get_by_role("button", name="Draft it").click()
        address = analyst.path
        faults += look(page)
        take(page, "Send it to the companies")

    with Visit(browser, console) as company:
        page = company.sign_in("carrier", Role.ANALYST).page
        company.go("/monthly-bulletins/")
        page.get_by_role("link", name="October 2026").click()
        expect(page.get_by_role("heading", name="What the bulletin says of your organisation")).to_be_visible()
        assert "other_carrier" not in page.content()
        faults += look(page)
        with page.expect_navigation():
            page.get_by_role("link", name="Reply").first.click()
        page.select_option("[name=opinion]", "agrees_partly")
        page.fill("[name=reply]", REPLY)
        with page.expect_navigation():
            page.locator("main form button.button-main").click()
        expect(page.locator("blockquote")).to_contain_text(REPLY)
    console.run(sys.executable, "-m", "tests.field.bulletins_handled", "silent")

    with Visit(browser, console) as analyst:
        page = analyst.sign_in("centre", Role.ANALYST).page
        analyst.go(address)
        take(page, "Propose publication", taken_up="The reply stands in it.")
    with Visit(browser, console) as reviewer:
        page = reviewer.sign_in("centre", Role.REVIEWER).page
        reviewer.go(address)
        take(page, "Publish")

    for language, words in (("en", "No reply in time"), ("zh-hans", "逾期未答复")):
        with Visit(browser, console, language) as reader:
            reader.page.set_viewport_size({"width": 390, "height": 844})
            assert reader.go("/bulletins/") == 200
            faults += look(reader.page)
            with reader.page.expect_navigation():
                reader.page.locator(".bulletin-list a").first.click()
            expect(reader.page.locator("article")).to_contain_text(REPLY)
            expect(reader.page.locator("article")).to_contain_text(words)
            faults += look(reader.page)
            assert [*reader.complaints, *reader.strangers()] == [] and reader.context.cookies() == []

    with Visit(browser, console) as executor:
        page = executor.sign_in("carrier", Role.EXECUTOR).page
        executor.go(address)
        with page.expect_navigation():
            page.get_by_role("link", name="Report the rectification").first.click()
        page.select_option("[name=cause]", "staffing")
        page.fill("[name=fix]", "Three people are on duty now.")
        page.set_input_files("[name=proof]", {"name": "roster.txt", "mimeType": "text/plain", "buffer": b"three"})
        with page.expect_navigation():
            page.locator("main form button.button-main").click()
    console.run(sys.executable, "-m", "tests.field.bulletins_handled", "excuse")
    with Visit(browser, console) as inspector:
        page = inspector.sign_in("centre", Role.INSPECTOR).page
        inspector.go(address)
        with page.expect_navigation():
            page.get_by_role("link", name="Confirm").first.click()
        page.select_option("[name=method]", "papers")
        page.fill("[name=result]", "The roster shows three people.")
        with page.expect_navigation():
            page.locator("main form button.button-main").click()
        expect(page.locator(".badge").first).to_have_text("Published, rectification checked")
    assert faults == []
