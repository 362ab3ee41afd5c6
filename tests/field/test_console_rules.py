"""An analyst writes a rule in a browser: mistakes are marked while typing, words are offered, a draft is saved."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from tests.field.console import LOCALES, Console, Visit, chromium

from fanzha.command.web.roles import Role

pytestmark = pytest.mark.field


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    home: Path = tmp_path_factory.mktemp("console")
    (home / "fanzha.toml").write_text('[promotion]\norganisation = "Example carrier"\n')
    with Console(home) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.mark.parametrize("language", LOCALES)
def test_a_rule_is_written_checked_and_saved(console: Console, browser: Browser, language: str) -> None:
    with Visit(browser, console, language) as visit:
        page = visit.sign_in("carrier", Role.ANALYST).page
        assert visit.go("/rules/new/") == 200
        area = page.locator("textarea.code")
        expect(page.locator(".code-lines div")).to_have_count(9)
        area.fill(area.input_value().replace("my_rule", f"rule_{language[:2]}").replace(">= 30", ">= thirty"))
        expect(page.locator("#problems [data-line='5']")).to_be_visible()
        expect(page.locator(".code-marks i")).to_have_count(1)
        expect(page.locator(".code-lines .mistake")).to_have_text("5")
        page.click("#problems [data-goto]")
        page.keyboard.type("rele")
        expect(page.locator(".code-offers [data-word=released_by]")).to_be_visible()
        page.keyboard.press("Escape")
        area.fill(area.input_value().replace(">= relethirty", ">= 30"))
        expect(page.locator("#problems [data-line]")).to_have_count(0)
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
        page.fill("[name=why]", "seen in May")
        with page.expect_navigation():
            page.click("button[value=save]")
        expect(page.locator("h1")).to_contain_text(f"rule_{language[:2]} v1")
        assert visit.go("/rules/") == 200
        page.fill("[data-filter]", f"rule_{language[:2]}")
        expect(page.locator("#library [data-row]:visible")).to_have_count(1)
        assert visit.strangers() == [] and visit.complaints == []
