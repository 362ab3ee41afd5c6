"""The wall in a real browser: what happens elsewhere is on it within the minute, and nobody loads the page again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.field.console import Console, Visit, chromium

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.field


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("wall")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


def late(page: Page) -> int:
    """How many are late, as the wall says it."""
    return int(page.locator("#wall .figures li:has-text('late now') b").inner_text())


def acknowledge_what_is_late(visit: Visit) -> None:
    row = visit.page.locator("[data-row]:has-text('needs attention')")
    row.get_by_role("link", name="Acknowledge").click()
    visit.page.click("main form button.button-main")
    expect(visit.page.locator(".message-success")).to_be_visible()


def test_the_wall_brings_itself_up_to_date(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as wall, Visit(browser, console) as other:
        wall.page.clock.install()  # a minute of the page's passes when the test says so
        wall.sign_in("administration", Role.DUTY_OFFICER).go("/wall/")
        before = late(wall.page)
        wall.page.evaluate("document.documentElement.dataset.same = 'yes'")
        acknowledge_what_is_late(other.sign_in("carrier", Role.EXECUTOR))
        assert late(wall.page) == before
        wall.page.clock.fast_forward(61_000)
        expect(wall.page.locator("#wall .figures li:has-text('late now') b")).to_have_text(str(before - 1))
        assert wall.page.get_attribute("html", "data-same") == "yes", "the page was loaded again"
        assert wall.complaints == [] and wall.strangers() == []
        # What was swapped in asks again too, in a real minute where its timer began after the clock went on.
        with wall.page.expect_response("**/wall/", timeout=150_000):
            wall.page.clock.fast_forward(61_000)
