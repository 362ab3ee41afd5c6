"""The sender against real peers: Kannel takes texts with receipts, and a sender that is killed sends nothing twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from tests.field.kannel import PASSWORD, Kannel, SmppFront, kannel, listens, smpp_front
from tests.field.screens import until
from tests.free_ports import free_port

from fanzha.base.words import Words
from fanzha.store.warning_outbox import OutcomeKind, OutgoingWarning, open_outbox

pytestmark = pytest.mark.field

DRIVE_SMPP = Path("/usr/lib/kannel/test/drive_smpp")
LONG = "您可能正在遭遇诈骗，请立即停止转账。" * 6


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Kannel]:
    with kannel(tmp_path / "kannel") as made:
        yield made


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    (home / "keys").mkdir(parents=True, mode=0o700)
    (home / "keys" / "smsc").write_text(PASSWORD[:8])
    (home / "keys" / "smsc").chmod(0o600)
    return home


@contextmanager
def sender(home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `fanzha deliver` until the block ends."""
    environment = {**os.environ, "FANZHA_HOME": str(home)}
    process = subprocess.Popen([sys.executable, "-m", "fanzha", "deliver"], env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def add(home: Path, count: int, channel: str = "text", zh: str = "请勿转账") -> None:
    """Add warnings to as many numbers."""
    now = time.time_ns() // 1_000_000
    with open_outbox(home) as outbox:
        outbox.add(
            OutgoingWarning(f"{channel}/{number}", channel, number, Words(zh, ""), now, now + 300_000)
            for number in (f"+861700{place:07}" for place in range(900, 900 + count))
        )


def kinds(home: Path) -> Counter[OutcomeKind]:
    with open_outbox(home) as outbox:
        return Counter(outcome.kind for outcome in outbox.outcomes(10_000))


def test_throttled_long_and_flash_texts_arrive_with_receipts(home: Path, gateway: Kannel, tmp_path: Path) -> None:
    with smpp_front(gateway, tmp_path / "front", throttled=2) as front:
        (home / "fanzha.toml").write_text(front.settings("smsc"))
        add(home, 1, zh=LONG)
        add(home, 1, "flash_sms")
        with sender(home):
            until(lambda: kinds(home)[OutcomeKind.DELIVERED] == 2, 60)
    came = {sms.text: sms for sms in gateway.came()}
    assert set(came) == {LONG, "请勿转账"} and came["请勿转账"].message_class == 0
    assert len(front.submitted()) == 3, "two parts and a flash SMS, each once"


def _moved_on(front: SmppFront, home: Path, before: int) -> bool:
    return len(front.submitted()) > before or not waiting(home)


def test_a_sender_that_is_killed_again_and_again_loses_nothing_and_sends_nothing_twice(
    home: Path, gateway: Kannel, tmp_path: Path
) -> None:
    count, kills = 200, 0
    with smpp_front(gateway, tmp_path / "front") as front:
        (home / "fanzha.toml").write_text(front.settings("smsc", "most_a_second = 60.0\n"))
        add(home, count)
        chance = random.Random(7)
        while waiting(home):
            with sender(home) as process:
                before = len(front.submitted())
                until(partial(_moved_on, front, home, before), 60)
                time.sleep(chance.uniform(0.1, 1.0))
                if waiting(home):
                    process.send_signal(signal.SIGKILL)
                    kills += 1
        with sender(home):
            until(lambda: settled(home) == count, 60)
        times = Counter(one["to"] for one in front.submitted())
    outcomes = kinds(home)
    assert kills >= 2 and times.most_common(1)[0][1] == 1, "a text was submitted twice"
    assert outcomes[OutcomeKind.SENT] + outcomes[OutcomeKind.UNKNOWN] == count, "a text was lost"
    assert outcomes[OutcomeKind.SENT] <= len(times) <= count
    print(f"{count} texts, {kills} kills: {dict(outcomes)}, {len(times)} submitted")


def waiting(home: Path) -> int:
    with open_outbox(home) as outbox:
        return outbox.count_waiting()


def settled(home: Path) -> int:
    found = kinds(home)
    return sum(found[kind] for kind in (OutcomeKind.SENT, OutcomeKind.UNKNOWN, OutcomeKind.FAILED))


def test_the_smsc_of_kannels_own_tests_reads_what_is_submitted(home: Path, tmp_path: Path) -> None:
    port, output = free_port(), tmp_path / "smsc.txt"
    config = tmp_path / "smsc.conf"
    config.write_text(f"group = core\nadmin-port = {free_port()}\nadmin-password = x\nsmsbox-port = {free_port()}\n")
    front = SmppFront(port, output)
    (home / "fanzha.toml").write_text(front.settings("smsc", 'bind = "pair"\n'))
    with output.open("wb") as said:
        smsc = subprocess.Popen(
            ["timeout", "60", str(DRIVE_SMPP), "-v", "0", "-p", str(port), "-m", "0", "-c", str(config)],
            stdout=said, stderr=said,
        )  # fmt: skip
    try:
        until(lambda: listens(port))
        now = time.time_ns() // 1_000_000
        with open_outbox(home) as outbox:
            words = Words("", "Do not pay")
            outbox.add([OutgoingWarning("k", "text", "+8617000000900", words, now, now + 60_000)])
        with sender(home):
            until(lambda: b"short_message = <Do not pay>" in output.read_bytes())
            until(lambda: kinds(home)[OutcomeKind.SENT] == 1)
    finally:
        smsc.terminate()
        smsc.wait(10)
