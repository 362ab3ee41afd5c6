"""The console by keyboard and without scripts, and how one gets in: as a person at a browser does it."""

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


def test_a_wrong_password_is_told_and_the_right_one_lets_in_and_out(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        visit.sign_in("carrier", Role.CLERK, "not the pass phrase of the tests")
        assert visit.path.startswith("/accounts/login/")
        expect(visit.page.get_by_role("alert")).to_contain_text("not correct")
        visit.sign_in("carrier", Role.CLERK)
        assert visit.path == "/"
        visit.page.click("summary:has(.person-name)")
        visit.page.get_by_role("button", name="Sign out").click()
        visit.go("/")
        assert visit.path.startswith("/accounts/login/")


def test_rows_are_reached_picked_and_opened_by_letters(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        visit.sign_in("carrier", Role.ANALYST).go("/campaigns/")
        here = visit.page.locator("[data-row].here")
        visit.page.keyboard.press("j")
        first = here.locator("a").first.inner_text()
        visit.page.keyboard.press("j")
        second = here.locator("a").first.inner_text()
        assert first != second
        visit.page.keyboard.press("k")
        assert here.locator("a").first.inner_text() == first
        visit.page.keyboard.press("x")
        expect(here.locator("input[type=checkbox]")).to_be_checked()
        visit.page.keyboard.press("o")
        visit.page.wait_for_url("**/campaigns/*/")


def test_one_letter_takes_the_next_step_of_the_row_one_is_at(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        visit.sign_in("carrier", Role.EXECUTOR)
        visit.page.keyboard.press("a")
        assert visit.path == "/", "no row was chosen yet"
        visit.page.keyboard.press("j")
        with visit.page.expect_navigation():
            visit.page.keyboard.press("a")
        assert visit.path == "/", "a step that asks for nothing is taken from where one is"
        expect(visit.page.locator("main")).to_contain_text("Acknowledged")


def test_search_and_help_are_one_key_away_and_letters_can_be_turned_off(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        visit.sign_in("carrier", Role.ANALYST)
        visit.page.keyboard.press("/")
        expect(visit.page.locator("#search")).to_be_focused()
        visit.page.keyboard.type("j?x")
        assert visit.page.input_value("#search") == "j?x"
        visit.page.keyboard.press("Tab")
        visit.page.keyboard.press("?")
        expect(visit.page.locator("#keys")).to_be_visible()
        visit.page.uncheck("#keys-on")
        visit.page.keyboard.press("Escape")
        visit.page.keyboard.press("j")
        expect(visit.page.locator("[data-row].here")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 1440])
def test_what_is_typed_is_found_and_opened_by_arrows(console: Console, browser: Browser, width: int) -> None:
    with Visit(browser, console) as visit:
        visit.page.set_viewport_size({"width": width, "height": 800})
        visit.sign_in("carrier", Role.ANALYST)
        visit.page.keyboard.press("Control+k")
        field, palette = visit.page.locator("#search"), visit.page.get_by_role("listbox", name="Search suggestions")
        expect(field).to_be_focused()
        expect(palette).to_be_visible()
        visit.page.keyboard.type("ordrs")
        expect(palette.get_by_role("option", name="Orders", exact=True)).to_have_attribute("aria-selected", "true")
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        assert [fault["id"] for fault in Axe().run(visit.page).response["violations"]] == []
        visit.page.keyboard.press("ArrowDown")
        expect(palette.get_by_role("option", name="Orders", exact=True)).to_have_attribute("aria-selected", "false")
        visit.page.keyboard.press("ArrowUp")
        visit.page.keyboard.press("Escape")
        expect(palette).to_be_hidden()
        visit.page.keyboard.press("ArrowDown")
        expect(palette.get_by_role("option", name="Orders", exact=True)).to_have_attribute("aria-selected", "true")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url("**/orders/")
        assert visit.strangers() == [] and visit.complaints == []


def test_language_and_look_stay_when_one_comes_back(console: Console, browser: Browser) -> None:
    with Visit(browser, console, "en") as visit:
        visit.sign_in("police", Role.CLERK)
        for button in ("中文", "深色"):
            visit.page.click(".bar details:has(.segments) > summary")
            with visit.page.expect_navigation():
                visit.page.get_by_role("button", name=button).click()
        assert visit.page.locator("html").get_attribute("lang") == "zh-Hans"
    with Visit(browser, console, "en") as visit:
        visit.sign_in("police", Role.CLERK)
        assert visit.page.locator("html").get_attribute("lang") == "zh-Hans"
        assert visit.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_another_organisation_is_chosen_in_the_bar(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        visit.sign_in("carrier", Role.ANALYST)
        shown = visit.page.locator(".brand .desk")
        other = "mvno" if "carrier" in shown.inner_text() else "carrier"
        visit.page.click("summary:has(.organization-name)")
        visit.page.get_by_role("button", name=f"Example {other}").click()
        expect(shown).to_contain_text(f"Example {other}")


@pytest.mark.parametrize("role", [Role.ANALYST, Role.EXECUTOR, Role.REVIEWER])
def test_without_scripts_everything_is_read_and_sent(console: Console, browser: Browser, role: Role) -> None:
    with Visit(browser, console, scripts=False) as visit:
        visit.sign_in("centre", role)
        expect(visit.page.get_by_role("heading", level=1)).to_have_text("Home")
        for link in ("Messages", "Processes"):
            visit.page.get_by_role("navigation", name="Places").get_by_role("link", name=link).click()
            expect(visit.page.get_by_role("heading", level=1)).to_have_text(link)
        visit.page.locator("main table a").first.click()
        expect(visit.page.get_by_role("heading", name="History")).to_be_visible()
        visit.page.click(".bar details:has(.segments) > summary")
        visit.page.get_by_role("button", name="中文").click()
        assert visit.page.locator("html").get_attribute("lang") == "zh-Hans"
