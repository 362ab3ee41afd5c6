"""The main story, by the pages alone: a finding comes in, is ordered on, the screen refuses, and all is taken back."""

import sys
import time
from collections.abc import Iterator

import msgspec
import pytest
from playwright.sync_api import Browser, expect
from tests.field.console import LOCALES, Console, Visit, chromium
from tests.field.screens import Caller, treatment, until
from tests.findings import finding
from tests.free_ports import free_port

from fanzha.claims.finding import Mode
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.field
SETTINGS = """
[overload]
late_ms = 1000
[sip.edge]
port = {sip}
trunk_header = "X-Fanzha-Trunk"
[http]
port = {http}
[trunks.MSC-1]
ingress = "mobile"
proves = true
acts = "refuse"
"""
NUMBERS = {"en": "+8617000007001", "zh-hans": "+8617000007002"}
DONE_WITHIN_SECONDS = 120.0


@pytest.fixture(scope="module")
def sip() -> int:
    return free_port()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, sip: int) -> Iterator[Console]:
    settings = SETTINGS.format(sip=sip, http=free_port())
    with Console(tmp_path_factory.mktemp("console"), settings) as made:
        made.wait_until_said(r"answering .*: pid \d+")
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def caller(sip: int) -> Iterator[Caller]:
    made = Caller(sip)
    yield made
    made.close()


def found(console: Console, number: str) -> None:
    """Bring a finding about a number in, as an operator does; the running importer takes it."""
    now = time.time_ns() // 1_000_000
    made = finding(
        subject_kind="phone_number",
        subject=number,
        detector=f"call-centre burst {number[-4:]}",  # what one detector finds in one range is one campaign
        mode=Mode.LIVE,
        score=0.9,
        found_at=now,
        valid_until=now + 86_400_000,
        event_ids=(f"e{number}",),
    )
    written = console.home / f"{number[1:]}.jsonl"
    written.write_bytes(msgspec.json.encode(made) + b"\n")
    console.run(sys.executable, "-m", "fanzha", "import", "findings", str(written), "--as", "Example carrier")


def reloaded_until(visit: Visit, selector: str) -> None:
    """Load the page again until something stands on it."""

    def is_there() -> bool:
        visit.page.reload()
        return visit.page.locator(selector).count() > 0

    until(is_there, DONE_WITHIN_SECONDS)


@pytest.mark.parametrize("language", LOCALES)
def test_from_a_finding_to_a_roll_back(console: Console, browser: Browser, caller: Caller, language: str) -> None:
    number = NUMBERS[language]
    assert treatment(caller.call(number, "MSC-1")) == "allow"
    found(console, number)

    with Visit(browser, console, language) as analyst:
        analyst.sign_in("carrier", Role.ANALYST)
        shown = f"[data-row] a:has-text('{number[-4:]}')"
        reloaded_until(analyst, shown)
        analyst.page.locator(shown).first.click()
        analyst.page.locator("a[href*='/orders/new']").first.click()
        expect(analyst.page.locator("[name=chosen]")).to_be_checked()
        expect(analyst.page.locator("main")).not_to_contain_text(number)
        analyst.page.select_option("[name=number_action]", "refuse")
        analyst.page.get_by_label("示例carrier" if language == "zh-hans" else "Example carrier", exact=True).check()
        analyst.page.click("main form button.button-main")
        analyst.page.wait_for_url("**/orders/*/")
        order = analyst.path

        with Visit(browser, console, language) as reviewer:
            reviewer.sign_in("carrier", Role.REVIEWER)
            reviewer.page.locator(f"a[href='{order.replace('/orders/', '/processes/')}do/approve/']").first.click()
            reviewer.page.fill("[name=opinion]", "as the evidence says")
            reviewer.page.click("main form button.button-main")
            until(lambda: treatment(caller.call(number, "MSC-1")) == "603", DONE_WITHIN_SECONDS)
            reviewer.go(order)
            reloaded_until(reviewer, "text=/In force|已生效/")

            reviewer.page.locator("a[href*='/do/roll_back/']").click()
            reviewer.page.fill("[name=mistake]", "a clinic that calls its patients")
            reviewer.page.click("main form button.button-main")
            until(lambda: treatment(caller.call(number, "MSC-1")) == "allow", DONE_WITHIN_SECONDS)
            reviewer.go(order)
            reloaded_until(reviewer, "text=/Rolled back|已撤回/")
            assert reviewer.strangers() == []
            assert reviewer.complaints == []
        assert analyst.strangers() == []
        assert analyst.complaints == []
