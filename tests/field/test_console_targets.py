"""An order of ten targets of two kinds by the pages: nine are approved, proven, and one restored on running screens."""

import re
import sys
import time
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.command.people import PASSWORD
from tests.field.appeal_hearer import HEARER
from tests.field.console import Console, Visit, chromium
from tests.field.screens import Caller, treatment, until
from tests.field.test_console_pages import narrow, serious
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
DONE_WITHIN_SECONDS = 120.0
RESTORED_WITHIN_SECONDS = 5.0
VIOLATIONS = {"resultTypes": ["violations"]}
ROWS, DONE_FORM = ".targets [data-row]", "form[action$='/done/']"
#: Language, width of the window, two digits of the numbers, and the name of the carrier.
CASES = [("en", 1280, "71", "Example carrier"), ("zh-hans", 390, "72", "示例carrier")]


@pytest.fixture(scope="module")
def sip() -> int:
    return free_port()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, sip: int) -> Iterator[Console]:
    settings = SETTINGS.format(sip=sip, http=free_port())
    with Console(tmp_path_factory.mktemp("targets"), settings) as made:
        made.run(sys.executable, "-m", "tests.field.appeal_hearer")
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


def import_findings(console: Console, numbers: list[str], sites: list[str]) -> None:
    """Bring one finding on each number and site in, as an operator does."""
    now = time.time_ns() // 1_000_000
    subjects = [("phone_number", number) for number in numbers] + [("website", site) for site in sites]
    rows = [
        finding(
            subject_kind=kind,
            subject=value,
            mode=Mode.LIVE,
            score=0.9,
            found_at=now,
            valid_until=now + 86_400_000,
            event_ids=(f"e{value}",),
        )
        for kind, value in subjects
    ]
    file = console.home / f"findings-{numbers[0]}.jsonl"
    file.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    console.run(sys.executable, "-m", "fanzha", "import", "findings", str(file), "--as", "Example centre")


def reload_until(visit: Visit, path: str, selector: str) -> None:
    """Load a page until something stands on it."""

    def is_there() -> bool:
        visit.go(path)
        return visit.page.locator(selector).count() > 0

    until(is_there, DONE_WITHIN_SECONDS)


def submit(page: Page, button: str = "main form button.button-main") -> None:
    with page.expect_navigation():
        page.click(button)


class Desk(NamedTuple):
    """Where people look at the console: language and width of the window."""

    console: Console
    browser: Browser
    language: str
    width: int

    def open(self, organization: str, role: Role) -> Visit:
        """Sign a person in."""
        visit = Visit(self.browser, self.console, self.language)
        visit.page.set_viewport_size({"width": self.width, "height": 800})
        return visit.sign_in(organization, role)

    def faults(self, visit: Visit) -> list[str]:
        """Return what is wrong on the present page: for readers of screens, on a narrow phone, in its scripts."""
        found = [*serious(visit.page, VIOLATIONS), *(f"{visit.path}: {fault}" for fault in narrow(visit.page))]
        visit.page.set_viewport_size({"width": self.width, "height": 800})
        return found + visit.complaints + visit.strangers()


@pytest.mark.parametrize(("language", "width", "block", "carrier"), CASES)
def test_ten_targets_of_two_kinds(
    console: Console, browser: Browser, caller: Caller, language: str, width: int, block: str, carrier: str
) -> None:
    desk, wrong = Desk(console, browser, language, width), list[str]()
    numbers = [f"+8617000{block}{place:04d}" for place in range(7)]
    sites = [f"pay{place}-{block}.example" for place in range(3)]
    import_findings(console, numbers[:6], sites)  # nothing was found about the last number
    assert {treatment(caller.call(number, "MSC-1")) for number in numbers} == {"allow"}

    with desk.open("centre", Role.ANALYST) as analyst:
        page = analyst.page
        analyst.go("/orders/new")
        page.fill("[name=subjects]", "\n".join([*numbers, *sites]))
        page.locator("[name=subjects]").blur()  # the actions of the kinds that occur are asked for
        page.select_option("[name=number_action]", "refuse")
        page.select_option("[name=site_action]", "refuse")
        page.fill("[name=scope]", "calls and visits")
        page.fill("[name=reason]", "as the findings say")
        page.get_by_label(carrier, exact=True).check()
        wrong += desk.faults(analyst)
        submit(page)
        page.wait_for_url("**/orders/*/")
        order = analyst.path
        expect(page.locator(ROWS)).to_have_count(10)
        wrong += desk.faults(analyst)

    with desk.open("centre", Role.REVIEWER) as reviewer:
        page = reviewer.page
        reviewer.go(f"{order}approve/")
        expect(page.locator("[name=approved]:checked")).to_have_count(9)
        expect(page.locator("[name=approved][value='7']")).not_to_be_checked()
        wrong += desk.faults(reviewer)
        page.fill("[name=opinion]", "nine as the evidence says")
        submit(page)
        until(lambda: treatment(caller.call(numbers[0], "MSC-1")) == "603", DONE_WITHIN_SECONDS)
        assert treatment(caller.call(numbers[6], "MSC-1")) == "allow"

    with desk.open("carrier", Role.EXECUTOR) as executor:
        reload_until(executor, order, DONE_FORM)
        executor.page.fill("[name=pasted]", "access rule 7781 for three sites, in force since 14:00")
        submit(executor.page, f"{DONE_FORM} .button-main")
        wrong += desk.faults(executor)

    with desk.open("centre", Role.ANALYST) as analyst:
        # A site is gone if it is from two places; who carried the order out proves nothing by his own look.
        for site, place in product(sites, ("north", "south")):
            analyst.go(order)
            form = "form[action$='/measured/']"
            analyst.page.locator(f"details:has({form}) > summary").click()
            analyst.page.select_option(f"{form} [name=kind]", "site_probe")
            for name, value in {"value": site, "place": place, "status": "0"}.items():
                analyst.page.fill(f"{form} [name={name}]", value)
            submit(analyst.page, f"{form} button")
        reload_until(analyst, order, "main header :text-matches('In force|已生效')")
        wrong += desk.faults(analyst)

    with desk.open("centre", Role.CLERK) as clerk:
        page = clerk.page
        clerk.go(order)
        submit(page, f"{ROWS}:has-text('{numbers[1][-4:]}') form[action*='target_appeal'] button")
        page.select_option("[name=channel]", "hotline")
        page.fill("[name=text]", "this is the number of a clinic")
        wrong += desk.faults(clerk)
        submit(page)
        appeal = clerk.path

    with Visit(browser, console, language) as hearer:
        page = hearer.page
        hearer.go("/accounts/login/")
        page.fill("[name=login]", HEARER)
        page.fill("[name=password]", PASSWORD)
        submit(page)
        hearer.go(appeal)
        submit(page, "a[href*='/do/uphold/']")
        expect(page.locator("main")).to_contain_text("this is the number of a clinic")  # what he decides about
        expect(page.locator("main ul.targets li")).to_have_count(1)
        page.check("[name=event][value=uphold]")  # none is chosen beforehand
        page.fill("[name=reason]", "the clinic's own number")
        submit(page)
        until(lambda: treatment(caller.call(numbers[1], "MSC-1")) == "allow", RESTORED_WITHIN_SECONDS)
        others = {treatment(caller.call(number, "MSC-1")) for number in numbers[:6] if number != numbers[1]}
        assert others == {"603"}
        reload_until(hearer, appeal, "main header :text-matches('Restored|已恢复')")
        hearer.go(order)
        expect(page.locator("main header")).to_contain_text(re.compile("In force|已生效"))
        wrong += desk.faults(hearer)
    assert wrong == []
