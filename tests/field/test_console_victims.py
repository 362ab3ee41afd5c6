"""A victim is found, called by the script, helped by single presses, on a desktop and on a small phone."""

import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.field.console import Console, Visit, chromium
from tests.field.test_console_pages import narrow, serious

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.field
VIOLATIONS = {"resultTypes": ["violations"]}
#: What the buttons are called: begin, text, hint to the bank, reached; the state in the end.
WORDS = {
    "en": (
        "Start dissuasion",
        "Send a text",
        "Send the bank a risk hint",
        "Reached, person listened",
        "Draft an order",
    ),
    "zh-hans": ("开始劝阻", "发送短信", "向银行发风险提示", "已通话，本人听取劝阻", "起草指令"),
}
WATCHED = {"en": "Contacted, being watched", "zh-hans": "已联系，观察中"}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("victims")) as made:
        made.run(sys.executable, "-m", "tests.field.victims_found")
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 390)])
def test_from_the_desk_to_the_outcome(console: Console, browser: Browser, language: str, width: int) -> None:
    begin, text, hint, reached, order = WORDS[language]
    with Visit(browser, console, language) as visit:
        page = visit.page
        page.set_viewport_size({"width": width, "height": 800})
        visit.sign_in("carrier", Role.ANALYST)
        assert visit.go("/subjects/victims/") == 200
        faults = [*serious(page, VIOLATIONS), *narrow(page)]
        with page.expect_navigation():
            page.locator("main .rows li").first.locator("a").first.click()
        assert order not in page.inner_text("main") and "suspected" not in page.inner_text("main")
        faults += [*serious(page, VIOLATIONS), *narrow(page)]
        page.set_viewport_size({"width": width, "height": 800})
        page.get_by_role("button", name=begin, exact=True).click()
        for step in (text, hint, reached):
            with page.expect_navigation():
                page.get_by_role("button", name=step, exact=True).click()
        expect(page.locator("main header")).to_contain_text(WATCHED[language])
        faults += [*serious(page, VIOLATIONS), *narrow(page)]
        assert faults == [] and visit.strangers() == []
