"""No order hits a victim, whichever way it comes; one on a victim who is a suspect too takes a second person."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect
from tests.field.console import Console, Visit, chromium
from tests.field.test_console_pages import narrow, serious
from tests.field.victims_refused import BOTH, VICTIMS

from fanzha.base.clock import iso
from fanzha.command.subjects.selectors import SECOND_PERSON_WORDS, VICTIM_WORDS
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.field
VIOLATIONS = {"resultTypes": ["violations"]}
#: What the page of the approval says of a victim who is a suspect as well.
BOTH_WORDS = {
    "en": "Findings also name this as a victim. Check the evidence for both.",
    "zh-hans": "另有线索表明其为受害人，请核对两方面证据。",
}
CARRIER = {"en": "Example carrier", "zh-hans": "示例carrier"}
LANGUAGES = [("en", 1280), ("zh-hans", 390)]


class System(NamedTuple):
    """How a system of the centre drafts orders: its key, and the carrier that would receive them."""

    secret: str
    carrier: str


class Desk(NamedTuple):
    """One person of the centre at a browser of a width; what is wrong with the pages is kept."""

    visit: Visit
    width: int

    def sign_in(self, role: Role) -> None:
        self.visit.page.set_viewport_size({"width": self.width, "height": 800})
        self.visit.sign_in("centre", role)

    def submit(self) -> None:
        with self.visit.page.expect_navigation():
            self.visit.page.click("main form button.button-main")

    def draft(self, number: str, carrier: str) -> None:
        """Paste a number into a new order to refuse its calls, and send it for approval."""
        page = self.visit.page
        self.visit.go("/orders/new")
        page.fill("[name=subjects]", number)
        page.locator("[name=subjects]").blur()  # the actions of the kinds that occur are asked for
        page.select_option("[name=number_action]", "refuse")
        page.fill("[name=scope]", "calls")
        page.fill("[name=reason]", "pasted from a list")
        page.get_by_label(carrier, exact=True).check()
        self.submit()

    def faults(self) -> list[str]:
        """Return what is wrong with the page for people who see badly or hold a small phone."""
        found = [*serious(self.visit.page, VIOLATIONS), *narrow(self.visit.page), *self.visit.strangers()]
        self.visit.page.set_viewport_size({"width": self.width, "height": 800})
        return found


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("refusals")) as made:
        yield made


@pytest.fixture(scope="module")
def system(console: Console) -> System:
    command = [sys.executable, "-m", "tests.field.victims_refused"]
    done = subprocess.run(command, env=console.environment, capture_output=True, text=True, check=True)
    return System(**json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.mark.parametrize(("language", "width"), LANGUAGES)
def test_a_victim_pasted_into_an_order_is_refused(
    console: Console, system: System, browser: Browser, language: str, width: int
) -> None:
    with Visit(browser, console, language) as visit:
        desk = Desk(visit, width)
        desk.sign_in(Role.ANALYST)
        desk.draft(VICTIMS[0], CARRIER[language])
        assert visit.path.startswith("/orders/new")
        why = VICTIM_WORDS.zh if language == "zh-hans" else VICTIM_WORDS.en
        expect(visit.page.locator("main form")).to_contain_text(why, ignore_case=True)
        assert desk.faults() == []


def test_a_victim_sent_by_the_api_is_refused(console: Console, system: System) -> None:
    order = {
        "target_kind": "number",
        "action": "refuse",
        "targets": [VICTIMS[0]],
        "reason": "sent by a system",
        "receivers": [system.carrier],
        "expires_at": iso(int((datetime.now(UTC) + timedelta(days=1)).timestamp() * 1000)),
    }
    headers = {
        "Authorization": f"Bearer {system.secret}",
        "Content-Type": "application/json",
        "Accept-Language": "en",
    }
    url = f"{console.address}/api/v1/orders/"
    request = urllib.request.Request(url, json.dumps(order).encode(), headers, method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    assert refused.value.code == 422 and VICTIM_WORDS.en in refused.value.read().decode()


def test_the_suspension_of_a_victims_card_is_refused_by_the_import(
    console: Console, system: System, tmp_path: Path
) -> None:
    file = tmp_path / "cards.csv"
    file.write_text(
        "reference,event,at,customer,use_case,critical,volume,grade,level,approvers,card,profile,rule,decided_by,by_machine\n"
        "C-1,import_application,2026-03-02T08:00:00Z,示例公司,meters,no,1,,,,,,,,\n"
        "C-1,import_assessment,2026-03-02T09:00:00Z,,,,,low,,,,,,,\n"
        "C-1,import_approval,2026-03-02T10:00:00Z,,,,,,branch,2,,,,,\n"
        f"C-1,import_provisioning,2026-03-02T11:00:00Z,,,,,,,,{VICTIMS[1]},data only,,,\n"
        "C-1,import_suspension,2026-03-03T08:00:00Z,,,,,,,,,,odd,somebody,no\n"
    )
    command = [sys.executable, "-m", "fanzha", "import", "tables", "iot_card", str(file), "--as", "Example carrier"]
    told = subprocess.run([*command, "--json"], env=console.environment, capture_output=True, text=True, check=False)
    (job,) = json.loads(told.stdout)
    assert (job["used"], job["rejected"]) == (4, 1)
    (reject,) = map(json.loads, Path(job["rejects"]).read_text("utf-8").splitlines())
    assert VICTIM_WORDS.zh in reject["reason_zh"] and VICTIM_WORDS.en in reject["reason"]


@pytest.mark.parametrize(("language", "width", "number"), [(*LANGUAGES[0], BOTH[0]), (*LANGUAGES[1], BOTH[1])])
def test_who_is_a_suspect_too_goes_through_the_second_person(
    console: Console, system: System, browser: Browser, language: str, width: int, number: str
) -> None:
    with Visit(browser, console, language) as visit:
        desk = Desk(visit, width)
        desk.sign_in(Role.ANALYST)
        desk.draft(number, CARRIER[language])
        visit.page.wait_for_url("**/orders/*/")
        order = visit.path

    with Visit(browser, console, language) as visit:
        desk, page = Desk(visit, width), visit.page
        desk.sign_in(Role.DUTY_OFFICER)
        visit.go(f"{order.replace('/orders/', '/processes/')}do/issue_emergency/")
        page.fill("[name=danger]", "calls go on")
        in_an_hour = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(hours=1)
        page.fill("[name=expires_at]", f"{in_an_hour:%Y-%m-%dT%H:%M}")
        desk.submit()
        why = SECOND_PERSON_WORDS.zh if language == "zh-hans" else SECOND_PERSON_WORDS.en
        expect(page.locator("main")).to_contain_text(why, ignore_case=True)
        faults = desk.faults()

    with Visit(browser, console, language) as visit:
        desk, page = Desk(visit, width), visit.page
        desk.sign_in(Role.REVIEWER)
        visit.go(f"{order}approve/")
        expect(page.locator(".targets [data-row]")).to_contain_text(BOTH_WORDS[language])
        expect(page.locator("[name=approved]")).not_to_be_checked()  # the reviewer has to decide
        faults += desk.faults()
        page.check("[name=approved]")
        page.fill("[name=opinion]", "the evidence for both was seen")
        desk.submit()
        assert visit.path == order
        expect(page.locator("main header")).to_contain_text("执行中" if language == "zh-hans" else "Being carried out")
        faults += desk.faults()
    assert faults == []
