"""Colleagues at browsers: mentioned while typing, a card moved by drag and by keyboard, a filter kept as a view."""

from collections.abc import Iterator

import pytest
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


def test_a_colleague_is_mentioned_while_typing_and_finds_it_in_the_bar(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        visit.sign_in("carrier", Role.ANALYST).go("/campaigns/?sort=heat")
        visit.page.locator("[data-row] a").first.click()
        visit.page.wait_for_url("**/campaigns/*/")
        field = visit.page.get_by_label("Comment", exact=True)
        field.press_sequentially("Please look, @rev")
        expect(visit.page.get_by_role("option", name="carrier reviewer")).to_be_visible()
        field.press("Enter")
        expect(field).to_have_value("Please look, @carrier reviewer ")
        visit.page.get_by_role("button", name="Comment", exact=True).click()
        expect(visit.page.locator(".comment-text")).to_contain_text("Please look, @carrier reviewer")
        assert visit.complaints == []
    with Visit(browser, console) as visit:
        visit.sign_in("carrier", Role.REVIEWER)
        visit.page.locator(".bar-link").click()
        visit.page.wait_for_url("**/inbox/")
        visit.page.get_by_role("link", name="carrier analyst mentions you").click()
        visit.page.wait_for_url("**/campaigns/*/#comment-*")


def test_a_card_moves_by_keyboard_by_drag_and_back_by_one_key(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        visit.sign_in("carrier", Role.DUTY_OFFICER).go("/board/")
        nobody, own = (visit.page.locator(".board-column").nth(place) for place in (0, 1))
        card = nobody.locator(".board-card:has(a[href^='/campaigns/'])").first
        ref = card.get_attribute("id")
        card.locator("a").focus()
        visit.page.keyboard.press("ArrowRight")
        expect(own.locator(f"#{ref}")).to_be_visible()
        expect(visit.page.locator(f"#{ref} a")).to_be_focused()
        visit.page.locator(f"#{ref}").drag_to(nobody)
        expect(nobody.locator(f"#{ref}")).to_be_visible()
        visit.page.locator(".message button").click()
        expect(own.locator(f"#{ref}")).to_be_visible()
        assert visit.complaints == []


def test_a_filter_acts_at_once_and_its_address_is_kept_as_a_view(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        visit.sign_in("carrier", Role.REVIEWER).go("/campaigns/")
        visit.page.select_option("#id_sort", "latest")
        visit.page.wait_for_url("**/campaigns/?*sort=latest*")
        expect(visit.page.locator("#id_sort")).to_be_focused()
        visit.page.get_by_text("Save this view").click()
        visit.page.get_by_label("Name of the view").fill("latest first")
        visit.page.get_by_role("button", name="Save", exact=True).click()
        expect(visit.page.locator(".view-bar [aria-current=page]")).to_contain_text("latest first")
        expect(visit.page.locator(".places").get_by_role("link", name="latest first")).to_be_visible()
        assert visit.complaints == []
