"""After owner and standby both ended, the next owner goes on from the kept state and the log behind it."""

import os
from pathlib import Path

from tests.claims.snapshots import AT

from fanzha.screen.attempt import Attempt
from fanzha.screen.decide import Decider
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.log import Log, Writer
from fanzha.screen.site.kept import keep, recall
from fanzha.screen.site.memory import Memory


def memory(log: Path, run: str) -> Memory:
    return Memory(Decider(EmergencyCalls()), Log(Writer(log, waiting=1_000, days=30)), run)


def call_for_help(made: Memory, number: int) -> None:
    attempt = Attempt(AT + number, f"c-{number}", f"+861700000{number:04}", "120", "MSC-1", "mobile", True)
    made.decider.count(made.decider.read(attempt))
    made.log.append(attempt.at, "call", (attempt, ("allow", ()), 5))


def test_the_next_owner_knows_what_the_last_one_knew(tmp_path: Path) -> None:
    state, log = tmp_path / "state", tmp_path / "log"
    first = memory(log, "first")
    for number in range(5):
        call_for_help(first, number)
    first.log.flush(AT)
    assert os.waitpid(keep(first, state), 0)[1] == 0
    for number in range(5, 9):
        call_for_help(first, number)
    first.log.close(AT)
    second = memory(log, "second")
    assert recall(second, state, log) == 4
    assert second.decider.emergency.save() == first.decider.emergency.save()
    assert second.log.sequence == first.log.sequence
    second.log.close(AT)


def test_without_a_state_the_log_of_the_last_day_is_replayed(tmp_path: Path) -> None:
    first = memory(tmp_path / "log", "first")
    for number in range(9):
        call_for_help(first, number)
    first.log.close(AT)
    old = tmp_path / "log" / "2026-01-01T00.jsonl"
    old.write_bytes(b'[99,0,"call",null]\n')
    os.utime(old, (0, 0))
    second = memory(tmp_path / "log", "second")
    assert recall(second, tmp_path / "none", tmp_path / "log") == 9
    assert second.decider.emergency.save() == first.decider.emergency.save()
    second.log.close(AT)


def test_a_broken_state_and_a_cut_line_are_passed_over(tmp_path: Path) -> None:
    first = memory(tmp_path / "log", "first")
    call_for_help(first, 1)
    first.log.close(AT)
    (tmp_path / "state").write_bytes(b"\x93broken")
    path = next((tmp_path / "log").iterdir())
    path.write_bytes(b'[0,17,"cal\n' + path.read_bytes() + b'[2,17,"ca')
    second = memory(tmp_path / "log", "second")
    assert recall(second, tmp_path / "state", tmp_path / "log") == 1
    second.log.close(AT)
