"""Colleagues at browsers: a mention that is answered, a saved view, all that match undone, cards moved, a hand-over."""

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


def unread(visit: Visit) -> int:
    """Return how many messages are unread, as the bar says it."""
    words = visit.page.locator(".bar-link").get_attribute("aria-label") or ""
    return int("".join(filter(str.isdigit, words)) or 0)


def test_a_mention_is_counted_read_and_answered(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as asks, Visit(browser, console) as answers:
        before = unread(answers.sign_in("carrier", Role.REVIEWER))
        asks.sign_in("carrier", Role.ANALYST).go("/campaigns/?sort=heat")
        with asks.page.expect_navigation():
            asks.page.locator("[data-row] a").first.click()
        field = asks.page.get_by_label("Comment", exact=True)
        field.press_sequentially("Please look, @rev")
        expect(asks.page.locator(".mention-list [role=option]").first).to_contain_text("carrier reviewer")
        field.press("Enter")
        expect(field).to_have_value("Please look, @carrier reviewer ")
        with asks.page.expect_navigation():
            asks.page.get_by_role("button", name="Comment", exact=True).click()
        campaign = asks.path.partition("#")[0]

        answers.go("/inbox/")
        assert unread(answers) == before + 1
        answers.page.get_by_role("link", name="carrier analyst mentions you").click()
        answers.page.wait_for_url(f"**{campaign}#comment-*")
        answers.page.get_by_label("Comment", exact=True).fill("Looks like fraud")
        with answers.page.expect_navigation():
            answers.page.get_by_role("button", name="Comment", exact=True).click()
        asks.go(campaign)
        expect(asks.page.locator(".comment-text")).to_have_text(["Please look, @carrier reviewer", "Looks like fraud"])
        assert asks.complaints == answers.complaints == []


def test_a_filter_is_kept_as_a_view(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        visit.sign_in("carrier", Role.REVIEWER).go("/campaigns/?sort=latest")
        visit.page.get_by_text("Save this view").click()
        visit.page.get_by_label("Name of the view").fill("latest first")
        with visit.page.expect_navigation():
            visit.page.get_by_role("button", name="Save", exact=True).click()
        expect(visit.page.locator(".view-bar [aria-current=page]")).to_contain_text("latest first")
        assert visit.complaints == []


def test_all_that_match_are_taken_handed_over_and_given_back(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        visit.sign_in("carrier", Role.ANALYST).go("/campaigns/?show=waiting")
        waiting = visit.page.locator("[data-row]").count()
        assert waiting > 1
        visit.page.get_by_label(f"Select all {waiting} that match").check()
        visit.page.select_option("#doing", "take")
        with visit.page.expect_navigation():
            visit.page.get_by_role("button", name="Preview", exact=True).click()
        with visit.page.expect_navigation():
            visit.page.locator("main form button.button-main").click()
        visit.go("/handover/")
        expect(visit.page.locator("[data-row]")).to_have_count(waiting)
        visit.page.locator("[data-row] input[type=checkbox]").first.uncheck()
        visit.page.select_option("select[name=to]", label="carrier reviewer")
        with visit.page.expect_navigation():
            visit.page.get_by_role("button", name="Hand over", exact=True).click()
        expect(visit.page.locator(".message-success")).to_contain_text("Handed over to carrier reviewer")
        visit.go("/board/")
        own = visit.page.locator(".board-column.is-own")
        expect(own.locator("[data-card]")).to_have_count(1)
        assert visit.complaints == []


def test_a_card_moves_by_key_and_back_by_undo(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        visit.sign_in("carrier", Role.DUTY_OFFICER).go("/board/")
        card = visit.page.locator("[data-card]:has(a[href^='/campaigns/'])").first
        ref = str(card.get_attribute("id"))
        column = visit.page.locator(f"[data-person]:has(#{ref})")
        before = column.get_attribute("data-person")
        card.locator("a").first.focus()
        with visit.page.expect_navigation():
            visit.page.keyboard.press("ArrowRight")
        assert column.get_attribute("data-person") != before
        with visit.page.expect_navigation():
            visit.page.locator(".message button").click()
        visit.go("/board/")
        assert column.get_attribute("data-person") == before
        assert visit.complaints == []
