"""The graph in a real browser: expanded hop by hop, filtered, explained, moved by mouse, finger and keys, and saved."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests.field.console import Console, Visit, chromium
from tests.field.graph_world import TRUNK

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.field


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("graph"), world="tests.field.graph_world") as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def visit(console: Console, browser: Browser) -> Iterator[Visit]:
    with Visit(browser, console) as made:
        made.sign_in("carrier", Role.ANALYST).go("/graph/")
        made.page.click(f".rows a:has-text('{TRUNK}')")
        made.page.wait_for_selector(".graph:not([hidden]) .node")
        yield made
        assert made.complaints == [] and made.strangers() == []


def shown(page: Page) -> int:
    return page.locator(".graph-canvas .node:not(.gone)").count()


def pick(page: Page, text: str) -> None:
    """Focus the node with a label, as the arrow keys do."""
    page.locator(f".graph-canvas .node[aria-label*='{text}']").first.focus()


def places(page: Page) -> dict[str, str]:
    script = "all => Object.fromEntries(all.map(one => [one.node.data.id, one.getAttribute('transform')]))"
    return dict(page.eval_on_selector_all(".graph-canvas .node", script))


def test_a_node_is_expanded_and_nothing_else_moves(visit: Visit) -> None:
    page = visit.page
    before = places(page)
    pick(page, "outlet")
    with page.expect_response("**/graph/data/**"):
        page.keyboard.press("Enter")
    expect(page.locator(".graph-canvas .node")).not_to_have_count(len(before))
    after = places(page)
    assert {key: after[key] for key in before} == before


def test_an_edge_says_why(visit: Visit) -> None:
    page = visit.page
    pick(page, TRUNK)
    page.click(".graph-side li:first-child button")
    expect(page.locator(".graph-side")).to_contain_text("1 finding")
    expect(page.locator(".graph-side")).to_contain_text("31 calls in an hour")


def test_filters_and_time_hide_and_show(visit: Visit) -> None:
    page = visit.page
    everything = shown(page)
    page.click(".graph-filter summary")
    page.locator(".graph-filter label", has_text="victim").click()
    assert 0 < shown(page) < everything
    page.locator(".graph-filter label", has_text="victim").click()
    page.locator(".graph-time input").fill("0")
    assert 0 < shown(page) < everything
    page.click(".graph-time button")
    expect(page.locator(".graph-time button")).to_have_attribute("aria-pressed", "false", timeout=20_000)
    assert shown(page) == everything


def test_keys_and_the_mouse_zoom_move_and_pin(visit: Visit) -> None:
    page = visit.page
    stage = page.locator(".graph-canvas > g")
    pick(page, TRUNK)
    before = stage.get_attribute("transform")
    page.keyboard.press("+")
    assert stage.get_attribute("transform") != before
    page.keyboard.press("ArrowRight")
    assert TRUNK not in (page.evaluate("document.activeElement.getAttribute('aria-label')") or "")
    page.keyboard.press("p")
    expect(page.locator(".graph-canvas .pinned")).to_have_count(1)
    page.keyboard.press("0")
    box = page.locator(f".graph-canvas .node[aria-label*='{TRUNK}'] rect").bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 40, steps=4)
    page.mouse.up()
    expect(page.locator(".graph-canvas .pinned")).to_have_count(2)


def test_the_picture_is_saved_without_the_labels_of_victims(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    victim = str(page.locator(".role-victim .name").first.text_content())
    for ending in ("svg", "png"):
        with page.expect_download() as found:
            page.click(f"[data-do={ending}]")
        found.value.save_as(tmp_path / f"graph.{ending}")
    picture = (tmp_path / "graph.svg").read_text("utf-8")
    assert TRUNK in picture and victim not in picture and "+86" not in picture.replace("+86 1", "")
    assert (tmp_path / "graph.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_every_screen_without_faults(visit: Visit, scheme: str) -> None:
    page = visit.page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for width in (320, 390, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_without_a_script_the_tables_lead_on(console: Console, browser: Browser) -> None:
    with Visit(browser, console, scripts=False) as visit:
        visit.sign_in("carrier", Role.ANALYST).go("/graph/")
        visit.page.click(f".rows a:has-text('{TRUNK}')")
        visit.page.click(".graph-tables summary")
        with visit.page.expect_navigation():
            visit.page.click(".graph-tables a:has-text('why') >> nth=0")
        assert "1 finding" in visit.page.inner_text("main")
