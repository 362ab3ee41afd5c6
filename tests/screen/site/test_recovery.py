"""After owner and standby both ended, the next owner goes on from the kept state and the log behind it."""

import os
from pathlib import Path

import msgspec
import pytest
from tests.claims.snapshots import AT

from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decider import Decider
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.event_log import EventLog, LogWriter
from fanzha.screen.site import recovery
from fanzha.screen.site.owner_state import OwnerState
from fanzha.screen.site.recovery import (
    MissingRecords,
    RecentLines,
    last_written_sequence,
    read_records_after,
    restore_state,
    save_state,
)


def memory(log: Path, run: str) -> OwnerState:
    return OwnerState(Decider(EmergencyCalls()), EventLog(LogWriter(log, waiting=1_000, days=30)), run)


def call_for_help(state: OwnerState, number: int) -> None:
    attempt = CallAttempt(AT + number, f"c-{number}", f"+861700000{number:04}", "120", "MSC-1", "mobile", True)
    state.decider.count(state.decider.read(attempt))
    state.log.append(attempt.at, "call", (attempt, ("allow", ()), 5))


def test_the_next_owner_knows_what_the_last_one_knew(tmp_path: Path) -> None:
    state, log = tmp_path / "state", tmp_path / "log"
    first = memory(log, "first")
    for number in range(5):
        call_for_help(first, number)
    first.log.flush(AT)
    assert os.waitpid(save_state(first, state), 0)[1] == 0
    for number in range(5, 9):
        call_for_help(first, number)
    first.log.close(AT)
    second = memory(log, "second")
    assert restore_state(second, state, log) == 4
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
    assert restore_state(second, tmp_path / "none", tmp_path / "log") == 9
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
    assert restore_state(second, tmp_path / "state", tmp_path / "log") == 1
    second.log.close(AT)


@pytest.mark.parametrize("step_ms", [-7_200_000, 40 * 86_400_000])
def test_what_was_logged_before_and_after_a_step_of_the_clock_is_counted(step_ms: int, tmp_path: Path) -> None:
    first = memory(tmp_path / "log", "first")
    for number, at in enumerate((0, step_ms, 1)):  # the clock steps, and is set right again
        attempt = CallAttempt(AT + at, f"c-{number}", f"+861700000{number:04}", "120", "MSC-1", "mobile", True)
        first.log.append(attempt.at, "call", (attempt, ("allow", ()), 5))
        first.log.flush(attempt.at)
    first.log.close(AT)
    second = memory(tmp_path / "log", "second")
    assert restore_state(second, tmp_path / "none", tmp_path / "log") == 3
    assert last_written_sequence(tmp_path / "log") == 3
    assert [record.sequence for record in read_records_after(tmp_path / "log", 1)] == [2, 3]
    second.log.close(AT)


def damaged_state(data: bytes, how: str) -> bytes:
    if how == "truncated":
        return data[: len(data) // 2]
    middle = len(data) - 9
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize("how", ["truncated", "bit flipped"])
def test_a_damaged_state_is_reported_and_the_log_is_replayed(how: str, tmp_path: Path) -> None:
    first, path = memory(tmp_path / "log", "first"), tmp_path / "state"
    for number in range(5):
        call_for_help(first, number)
    first.log.close(AT)
    assert os.waitpid(save_state(first, path), 0)[1] == 0
    path.write_bytes(damaged_state(path.read_bytes(), how))
    second, reports = memory(tmp_path / "log", "second"), list[str]()
    assert restore_state(second, path, tmp_path / "log", reports.append) == 5
    assert second.decider.emergency.save() == first.decider.emergency.save()
    assert len(reports) == 1 and "it is damaged" in reports[0]
    second.log.close(AT)


def test_a_state_that_an_earlier_version_saved_is_read(tmp_path: Path) -> None:
    first = memory(tmp_path / "log", "first")
    call_for_help(first, 1)
    (tmp_path / "state").write_bytes(first.save())
    second = memory(tmp_path / "log", "second")
    assert restore_state(second, tmp_path / "state", tmp_path / "none") == 0
    assert second.decider.emergency.save() == first.decider.emergency.save()
    for state in (first, second):
        state.log.close(AT)


def lines(first: int, last: int) -> bytes:
    return b"".join(msgspec.json.encode((n, 5, "fact", "x")) + b"\n" for n in range(first, last + 1))


@pytest.mark.parametrize("cut", [1, 7, 1_000])
def test_lines_behind_the_disk_are_told_whatever_the_cuts(cut: int) -> None:
    recent, data = RecentLines(), lines(1, 20)
    for start in range(0, len(data), cut):
        recent.add(data[start : start + cut])
    assert recent.missing_after(15) == MissingRecords(lines(16, 20), 5, 0)
    assert recent.missing_after(20) == MissingRecords(b"", 0, 0)


def test_a_line_that_never_came_whole_is_not_written() -> None:
    recent = RecentLines()
    recent.add(lines(1, 2) + b"[3,5,")
    assert recent.missing_after(0) == MissingRecords(lines(1, 2), 2, 0)


def test_what_is_remembered_by_nobody_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "MAX_BYTES", 100)
    recent = RecentLines()
    for number in range(1, 21):
        recent.add(lines(number, number))
    behind = recent.missing_after(3)
    assert behind.records < 17 and behind.lost + behind.records == 17
    assert RecentLines().missing_after(3) == MissingRecords(b"", 0, 0)


def test_the_last_whole_record_of_the_newest_file_counts(tmp_path: Path) -> None:
    assert last_written_sequence(tmp_path) is None
    assert last_written_sequence(Path("/dev/null")) is None
    (tmp_path / "2026-03-02T09.jsonl").write_bytes(lines(1, 9))
    (tmp_path / "2026-03-02T10.jsonl").write_bytes(b"")
    assert last_written_sequence(tmp_path) == 9
    (tmp_path / "2026-03-02T10.jsonl").write_bytes(lines(10, 12) + b"[13,5,")
    assert last_written_sequence(tmp_path) == 12


def test_records_on_disk_after_a_sequence_number_are_read_from_the_ends_of_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "_TAIL", 64)
    older, newer = tmp_path / "2026-03-01T00.jsonl", tmp_path / "2026-03-01T01.jsonl"
    older.write_bytes(
        b"".join(b'[%d,0,"fact",["table",{"text":"%s"}]]\n' % (number, b"x" * number) for number in range(90))
    )
    newer.write_bytes(b"".join(b'[%d,0,"fact",null]\nbroken\n' % number for number in range(90, 95)) + b'[95,0,"fact"')
    assert [record.sequence for record in read_records_after(tmp_path, 80)] == [*range(81, 95)]
    assert [record.sequence for record in read_records_after(tmp_path, -1)] == [*range(95)]
    assert read_records_after(tmp_path, 94) == [] == read_records_after(tmp_path / "none", 0)
    assert last_written_sequence(tmp_path) == 94


def test_the_begin_of_a_line_of_an_ended_owner_is_forgotten() -> None:
    lines = RecentLines()
    lines.add(b'[1,0,"fact",null]\n[2,0,"fa')
    lines.drop_partial()
    lines.add(b'[7,0,"fact",null]\n')
    assert lines.missing_after(1).lines == b'[7,0,"fact",null]\n'
