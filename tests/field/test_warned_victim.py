"""A victim in the stream gets a text through Kannel with a receipt, and a call that her phone answers, in seconds."""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.field.console import Console, Visit, chromium
from tests.field.kannel import PASSWORD, Kannel, SmppFront, kannel, smpp_front
from tests.field.screens import until
from tests.field.sip_phone import RealPhone, real_phone, write_silence
from tests.field.test_console_pages import narrow, serious

from fanzha.analyze.watch.status import STATUS, read_status
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.field, pytest.mark.timed]

VICTIM, FRAUDSTER, BANK = "17000000900", "0012025550171", "95588"
HEAD = "主叫号码,被叫号码,通话开始时间,通话时长(秒),入口,已证实主叫\n"
#: From the fact in the feed to the text at the SMSC.
MOST_SECONDS = 5.0
VIOLATIONS = {"resultTypes": ["violations"]}
#: For each single wait: a machine that does other things, too.
WAIT_SECONDS = 120.0
#: What her page says of the text and of the call.
SHOWN = {
    "en": ("Text has reached the handset", "Voice call answered", "Pressed 1"),
    "zh-hans": ("短信已送达手机", "语音电话已接听", "本人已按 1"),
}


def record(seconds_ago: float, caller: str, callee: str, talk_seconds: int, ingress: str, *, proven: bool) -> str:
    """Return one call record of the feed, in the time of China."""
    begun = datetime.now(UTC) + timedelta(hours=8, seconds=-seconds_ago)
    proof = f"+86{caller}" if proven else ""
    return f"{caller},{callee},{begun:%Y-%m-%d %H:%M:%S},{talk_seconds},{ingress},{proof}\n"


def history() -> str:
    """Return a day of other people's calls, and three long calls from abroad to the victim."""
    calls = [
        (hours * 3_600.0, f"17000000{100 + hours}", f"17000000{200 + hours}", 60, "mobile") for hours in range(1, 29)
    ]
    for hours, talk in ((3.4, 2_400), (2.2, 2_400), (1.0, 1_800)):
        calls.append((hours * 3_600, FRAUDSTER, VICTIM, talk, "international_gateway"))
    ordered = sorted(calls, key=lambda call: -call[0])
    return HEAD + "".join(record(*call, proven=call[4] == "mobile") for call in ordered)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Kannel]:
    with kannel(tmp_path / "kannel") as made:
        yield made


def settings(smpp: str, phone: RealPhone) -> str:
    return f"""[warn]
automatic = ["victim_at_risk/high"]
automatic_channels = ["text", "voice"]
{smpp}
[deliver.voice]
proxy = "127.0.0.1"
port = {phone.port}
caller = "96110"
repeats = 1
key_seconds = 10.0
"""


def is_history_seen(home: Path) -> bool:
    """Return whether detection has read the whole history and holds none of it back."""
    if not (home / "watch" / STATUS).is_file():
        return False
    status = read_status(home / "watch")
    return "call_offered" in status.counts.events and status.pending == 0


def told(console: Console, gateway: Kannel, front: SmppFront, phone: RealPhone) -> str:
    """Return what each part says of the warning so far."""
    said = {
        "steps": "\n".join(map(str, steps(console.home))),
        "front": front.said(),
        "gateway": (gateway.folder / "access.log").read_text(),
        "phone": phone.said(),
        "site": console.said(),
    }
    return "".join(f"== {name}\n{text[-4_000:]}\n" for name, text in said.items())


def steps(home: Path) -> list[tuple[str, str]]:
    """Return the steps of all processes with their evidence, in order."""
    with closing(sqlite3.connect(f"file:{home / 'fanzha.sqlite3'}?mode=ro", uri=True, timeout=30)) as database:
        return database.execute("SELECT event, evidence FROM flows_step ORDER BY id").fetchall()


def events(home: Path) -> list[str]:
    return [event for event, _ in steps(home)]


def test_from_the_stream_to_the_handset_and_the_outcome(tmp_path: Path, gateway: Kannel, capsys: Any) -> None:
    home = tmp_path / "home"
    (home / "keys").mkdir(parents=True, mode=0o700)
    (home / "keys" / "smsc").write_text(PASSWORD[:8])
    (home / "keys" / "smsc").chmod(0o600)
    (home / "prompts").mkdir()
    write_silence(home / "prompts" / "other.wav", 20)
    with (
        smpp_front(gateway, tmp_path / "front") as front,
        real_phone(tmp_path / "phone", f"+86{VICTIM}") as phone,
    ):
        (home / "fanzha.toml").write_text(settings(front.settings("smsc"), phone))
        with Console(home, world="tests.field.warned_world", whole=True) as console:

            def wait(reached: Callable[[], bool]) -> None:
                until(reached, WAIT_SECONDS, lambda: told(console, gateway, front, phone))

            feed = home / "feed" / "calls.csv"
            part = tmp_path / "calls.csv"
            part.write_text(history())
            shutil.move(part, feed)
            wait(lambda: is_history_seen(home))  # before the call that counts
            wait((home / "deliver" / ".sender").exists)
            assert not front.submitted(), console.said()
            with feed.open("a") as file:
                file.write(record(0, VICTIM, BANK, 0, "mobile", proven=True))
            begun = time.monotonic()
            wait(lambda: bool(front.submitted()))
            seconds = time.monotonic() - begun
            wait(phone.is_answered)
            answered = time.monotonic() - begun
            phone.press("1")  # at once: nothing that the phone sends may be lost, however busy the sender is
            wait(lambda: {"record_call_back_request", "record_warning_delivered"} <= set(events(home)))
            delivered = time.monotonic() - begun
            look(console)
    texts = gateway.came()
    assert texts[0].to == f"+86{VICTIM}" and texts[0].text == "".join(one["text"] for one in front.submitted())
    recorded = events(home)
    assert recorded[:3] == ["open", "send_text", "send_voice"]
    assert {"record_warning_sent", "record_warning_delivered", "record_voice_answered"} <= set(recorded)
    assert recorded.count("record_warning_sent") == recorded.count("record_voice_answered") == 1
    with capsys.disabled():
        print(
            f"\nfrom the fact to the text at the SMSC {seconds:.1f} s, to the answered call {answered:.1f} s, "
            f"receipt and call on record {delivered:.1f} s"
        )
    assert seconds <= MOST_SECONDS


def look(console: Console) -> None:
    """See in both languages, on a phone, what her page says."""
    with chromium() as browser:
        for language, shown in SHOWN.items():
            with Visit(browser, console, language) as visit:
                visit.page.set_viewport_size({"width": 390, "height": 800})
                visit.sign_in("carrier", Role.ANALYST)
                assert visit.go("/subjects/victims/") == 200
                with visit.page.expect_navigation():
                    visit.page.locator("main .rows li").first.locator("a").first.click()
                for words in shown:
                    expect(visit.page.locator("main header")).to_contain_text(words)
                assert [*serious(visit.page, VIOLATIONS), *narrow(visit.page)] == [] and visit.strangers() == []
