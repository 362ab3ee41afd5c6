"""Help in a browser: the tour is taken by keyboard, left and taken up again; a word is explained; a route is tried."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from tests.field.console import Console, Visit, chromium

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.field


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("console")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.mark.parametrize("width", [320, 1280])
def test_the_tour_goes_from_page_to_page_by_keyboard_and_is_taken_up_where_it_was_left(
    console: Console, browser: Browser, width: int
) -> None:
    with Visit(browser, console) as visit:
        page = visit.page
        page.set_viewport_size({"width": width, "height": 800})
        visit.sign_in("carrier", Role.REVIEWER).go("/tour/")
        with page.expect_navigation():
            page.locator("[data-tour-start]").click()
        panel = page.get_by_role("dialog").filter(has=page.locator("#tour-title"))
        expect(panel).to_contain_text("step 1 of")
        expect(panel.get_by_role("button", name="Next")).to_be_focused()
        expect(page.locator("#approvals")).to_have_class("listing tour-target")
        page.keyboard.press("ArrowRight")
        expect(panel).to_contain_text("step 2 of")
        page.keyboard.press("ArrowRight")
        expect(panel).to_contain_text("step 3 of")
        page.keyboard.press("Enter")
        page.wait_for_url("**/orders/")
        expect(panel).to_contain_text("step 4 of")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        visit.go("/")
        expect(panel).to_have_count(0)
        page.locator("summary[aria-label=Help]").click()
        with page.expect_navigation():
            page.get_by_role("button", name="Continue the tour").click()
        expect(panel).to_contain_text("step 4 of")
        assert not Axe().run(page).response["violations"]


def test_a_word_of_a_heading_is_explained_by_key_and_the_explanation_closes(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        page = visit.page
        visit.sign_in("carrier", Role.REVIEWER).go("/orders/false-disposals/")
        mark = page.get_by_role("button", name="What does “Wrongful action” mean?")
        mark.press("Enter")
        term = page.locator("#term")
        expect(term).to_contain_text("found to be wrong")
        assert not Axe().run(page).response["violations"]
        page.keyboard.press("Escape")
        expect(term).not_to_be_visible()


def test_a_route_is_tried_with_the_own_session(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        page = visit.page
        visit.sign_in("carrier", Role.ANALYST).go("/api/v1/reference")
        page.fill("#narrow", "get /api/v1/orders/ list orders")
        route = page.locator("details.route:visible").first
        route.locator("summary").click()
        route.get_by_role("button", name="Send", exact=True).click()
        expect(route.locator("[data-answer]")).to_contain_text("→ 200")
        expect(route.locator("[data-answer] pre")).to_contain_text('"items"')
