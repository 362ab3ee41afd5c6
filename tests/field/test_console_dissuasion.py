"""A victim is found, called, sent a text through a real Kannel, her bank is told, and the outcome is confirmed."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from tests.command.orders.given import answers, signed
from tests.command.orders.receiving import Receiver
from tests.field.console import Console, Visit, chromium
from tests.field.kannel import PASSWORD, Kannel, kannel
from tests.field.screens import until
from tests.field.test_console_pages import narrow, serious
from tests.field.test_console_story import SETTINGS
from tests.field.victims_reached import VICTIMS
from tests.free_ports import free_port

from fanzha.base.clock import iso, to_ms
from fanzha.command.web.roles import Role
from fanzha.warn import find_call_script

pytestmark = pytest.mark.field
VIOLATIONS = {"resultTypes": ["violations"]}
WITHIN_SECONDS = 120.0


class Words(NamedTuple):
    """What the pages say in one language."""

    begin: str
    reached: str
    text: str
    sent: str
    hint: str
    delivered: str
    answered: str
    confirm: str
    watched: str
    dissuaded: str
    order: str


WORDS = {
    "en": Words(
        begin="Start dissuasion",
        reached="Reached, person listened",
        text="Send a text",
        sent="The warning was sent",
        hint="Send the bank a risk hint",
        delivered="delivered to the receiver's system",
        answered="Answered",
        confirm="Confirm that the person was dissuaded",
        watched="Contacted, being watched",
        dissuaded="Dissuaded",
        order="Draft an order",
    ),
    "zh-hans": Words(
        begin="开始劝阻",
        reached="已通话，本人听取劝阻",
        text="发送短信",
        sent="劝阻信息已发出",
        hint="向银行发风险提示",
        delivered="已送达对方系统",
        answered="已反馈",
        confirm="确认劝阻成功",
        watched="已联系，观察中",
        dissuaded="劝阻成功",
        order="起草指令",
    ),
}
DESKTOP, PHONE = 1280, 390


class Bank(NamedTuple):
    """The system of a bank, and the way to it."""

    system: Receiver
    way: str


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    settings = SETTINGS.format(sip=free_port(), http=free_port())
    with Console(tmp_path_factory.mktemp("victims"), settings) as made:
        yield made


@pytest.fixture(scope="module")
def bank(console: Console) -> Iterator[Bank]:
    with Receiver() as system:
        command = [sys.executable, "-m", "tests.field.victims_reached", f"{system.address}/legs"]
        done = subprocess.run(command, env=console.environment, capture_output=True, text=True, check=True)
        yield Bank(system, **json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def gateway(console: Console, tmp_path: Path) -> Iterator[Kannel]:
    """A real Kannel, which the site's settings name."""
    with kannel(tmp_path / "kannel") as made:
        (console.home / "keys").mkdir(mode=0o700, exist_ok=True)
        password = console.home / "keys" / "sms"
        password.write_text(PASSWORD)
        password.chmod(0o600)
        (console.home / "fanzha.toml").write_text(
            f'[warn]\nurl = "{made.url}"\nusername = "fanzha"\npassword_file = "sms"\nsender = "96110"\n'
            "local_addresses = true\n[orders]\nlocal_addresses = true\n"
        )
        yield made


def seen(page: Page, width: int) -> list[str]:
    """Return what is wrong with a page for people who see badly or hold a small phone."""
    faults = [*serious(page, VIOLATIONS), *narrow(page)]
    page.set_viewport_size({"width": width, "height": 800})
    return faults


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def reloaded_until(page: Page, text: str) -> None:
    """Load the page again until it says something."""

    def is_said() -> bool:
        page.reload()
        return text in page.inner_text("main")

    until(is_said, WITHIN_SECONDS)


def answer(console: Console, bank: Bank, leg: str, name: str, **row: Any) -> None:
    """Let the system of the bank answer, signed with its key."""
    body = answers({"leg": leg, "at": iso(to_ms(timezone.now())), **row})
    message = signed(body, name)
    url = f"{console.address}/orders/answers/{bank.way}/"
    request = urllib.request.Request(url, message.body, dict(message.headers), method="POST")
    with urllib.request.urlopen(request, timeout=30) as told:
        assert json.load(told)["used"] == 1


@pytest.mark.parametrize(
    ("language", "width", "number"),
    [
        ("en", DESKTOP, VICTIMS[0]),
        ("zh-hans", PHONE, VICTIMS[1]),
        ("en", PHONE, VICTIMS[2]),
        ("zh-hans", DESKTOP, VICTIMS[3]),
    ],
)
def test_from_the_desk_to_the_confirmed_outcome(
    console: Console, bank: Bank, gateway: Kannel, browser: Browser, language: str, width: int, number: str
) -> None:
    words = WORDS[language]
    with Visit(browser, console, language) as visit:
        page = visit.page
        page.set_viewport_size({"width": width, "height": 800})
        visit.sign_in("carrier", Role.ANALYST)
        assert visit.go("/subjects/victims/") == 200
        faults = seen(page, width)
        with page.expect_navigation():
            page.locator("main .rows a", has_text=number[-4:]).first.click()
        assert words.order not in page.inner_text("main") and "suspected" not in page.inner_text("main")
        page.select_option("[name=fraud_type]", "fake_invest")
        press(page, words.begin)
        script = find_call_script("fake_invest")
        assert (script.proof.zh if language == "zh-hans" else script.proof.en) in page.inner_text("main .script")
        faults += seen(page, width)

        press(page, words.reached)
        expect(page.locator("main header")).to_contain_text(words.watched)
        press(page, words.text)
        (sms,) = gateway.wait(1)
        assert (sms.to, sms.text, sms.sender) == (number, script.text.zh, "96110")

        sent_before = len(bank.system.got)
        press(page, words.hint)
        until(lambda: len(bank.system.got) > sent_before, WITHIN_SECONDS)
        message = msgspec.json.decode(bank.system.got[-1][2])
        assert message["process"] == "dissuasion" and message["fields"]["about"]["values"][0]["value"] == number
        reloaded_until(page, words.delivered)
        answer(console, bank, message["leg"], f"a{number}", state="acknowledged")
        done = {"result": "delayed", "money_saved": 80_000}
        answer(console, bank, message["leg"], f"b{number}", state="executed", fields=done)
        reloaded_until(page, words.answered)
        faults += seen(page, width)

        steps = page.locator("main a[href*='/processes/']").first.get_attribute("href")
        page.locator("summary", has_text=words.confirm).click()
        page.select_option("[name=confirmed_by]", "bank")
        press(page, words.confirm)
        assert steps is not None
        visit.go(steps)
        expect(page.locator("main header")).to_contain_text(words.dissuaded)
        expect(page.locator("main .timeline")).to_contain_text(words.sent)
        expect(page.locator("main .timeline")).to_contain_text("80000")
        faults += seen(page, width)
        assert faults == [] and visit.strangers() == []
