"""The first administrator of an installation in a real browser: from the printed link to a second factor and a key."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from tests.command.organizations.second_factors import code
from tests.command.people import PASSWORD
from tests.field.console import Console, Visit, chromium

pytestmark = pytest.mark.field
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("joining")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


def fanzha(console: Console, *words: str) -> str:
    command = [sys.executable, "-m", "fanzha", "site", *words]
    done = subprocess.run(command, env=console.environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def invited(console: Console, number: int) -> str:
    """The path of a fresh invitation to a new organisation that wants a second factor."""
    named = ("--zh", f"示例管局{number}", "--en", f"Example administration {number}")
    ref = fanzha(console, "create-organization", "--kind", "regulator", "--province", f"{50 + number}", *named)
    link = fanzha(console, "invite", ref, f"boss{number}@administration.example", "--name", "Boss")
    return re.sub(r"^http://[^/]+", "", link)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_the_link_to_a_second_factor_and_a_key(console: Console, browser: Browser, language: str) -> None:
    with Visit(browser, console, language) as visit:
        page = visit.page

        def looked_at(path: str) -> None:
            page.wait_for_url(console.address + path)
            found = [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in GRAVE]
            assert found == [], path

        link = invited(console, 1 if language == "en" else 2)
        visit.go(link)
        looked_at(link)
        for name in ("phrase", "again"):
            page.fill(f"[name={name}]", PASSWORD)
        page.click("main button.button-main")
        looked_at("/second-factor/")
        page.click("main a.button-main")
        looked_at("/accounts/2fa/totp/activate/")
        secret = re.search(r"\b[A-Z2-7]{32}\b", page.content())
        assert secret is not None
        page.fill("[name=code]", code(secret[0]))
        page.press("[name=code]", "Enter")
        looked_at("/accounts/2fa/recovery-codes/")
        visit.go("/keys/new/")
        looked_at("/keys/new/")
        page.fill("[name=name]", "import")
        page.check("[name=scopes][value='organizations:read']")
        with page.expect_navigation():
            page.click("main button.button-main")
        assert re.search(r"fz_[\w-]{40}", page.content())
        assert visit.complaints == []
        assert {url for url in visit.requests if not url.startswith((console.address, "data:"))} == set()
