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
    row.get_by_role("button", name="Acknowledge").click()
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


def scene_shown(page: Page) -> list[str]:
    """Return the titles of the scenes that are visible."""
    return page.locator("[data-scene]:not([hidden]) > h2").all_inner_texts()


def test_scenes_change_by_themselves_and_by_keys_and_fit_every_screen(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as wall:
        wall.page.clock.install()
        wall.sign_in("administration", Role.DUTY_OFFICER).go("/wall/")
        assert scene_shown(wall.page) == ["Fraud found"]
        wall.page.clock.fast_forward(21_000)
        assert scene_shown(wall.page) == ["Campaigns"]
        wall.page.keyboard.press("3")
        assert scene_shown(wall.page) == ["Handling"]
        wall.page.keyboard.press("Space")
        wall.page.clock.fast_forward(50_000)
        assert scene_shown(wall.page) == ["Handling"]
        wall.page.keyboard.press("ArrowRight")
        for width in (320, 390, 1440, 1920):
            wall.page.set_viewport_size({"width": width, "height": 1080})
            for key in "123":
                wall.page.keyboard.press(key)
                assert wall.page.evaluate("document.documentElement.scrollWidth") <= width, (width, key)
        assert wall.complaints == [] and wall.strangers() == []


def test_scenes_stand_still_for_who_wants_less_motion(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as wall:
        wall.page.emulate_media(reduced_motion="reduce")
        wall.page.clock.install()
        wall.sign_in("administration", Role.DUTY_OFFICER).go("/wall/")
        wall.page.clock.fast_forward(50_000)
        assert scene_shown(wall.page) == ["Fraud found"]


def test_a_chart_says_its_values_by_pointer_and_by_keys_and_zooms(console: Console, browser: Browser) -> None:
    with Visit(browser, console) as visit:
        visit.sign_in("administration", Role.DUTY_OFFICER).go("/province/")
        page = visit.page
        chart = page.locator("figure.chart:has-text('Parts sent out, by day') > svg")
        mark, told = chart.locator("rect[data-told]").last, page.locator(".chart-told")
        mark.hover()
        expect(told).to_have_text(str(mark.get_attribute("data-told")))
        chart.focus()
        page.keyboard.press("ArrowRight")
        expect(told).to_have_text(str(chart.locator("[data-told]").first.get_attribute("data-told")))
        whole = chart.get_attribute("viewBox")
        page.keyboard.press("+")
        assert chart.get_attribute("viewBox") != whole
        page.keyboard.press("0")
        assert [float(part) for part in str(chart.get_attribute("viewBox")).split()] == [
            float(part) for part in str(whole).split()
        ]
        assert visit.complaints == []
