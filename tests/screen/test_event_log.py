"""The log of an owner: in order, whole, and never a reason to wait; what the disk does not take is counted."""

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.clock import from_ms
from fanzha.screen.event_log import EventLog, LogWriter, RecordDecoder, file_name

NOON = 1_772_366_400_000  # 2026-03-01T12:00Z
HOUR = 3_600_000


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not reached() and time.monotonic() < end:
        time.sleep(0.001)
    assert reached()


def read(folder: Path) -> list[list[object]]:
    lines = RecordDecoder()
    decoded = [lines.feed(path.read_bytes()) for path in sorted(folder.glob("*.jsonl"))]
    return [[record.sequence, record.what, record.body] for records in decoded for record in records]


def test_records_are_written_in_order_a_file_an_hour(tmp_path: Path) -> None:
    log = EventLog(LogWriter(tmp_path / "log", waiting=100, days=30), sequence=7)
    log.append(NOON, "call", {"caller": "+8617000000001"})
    log.flush(NOON)
    log.append(NOON + HOUR, "ended", {"talk_ms": 5})
    log.close(NOON + HOUR)
    assert read(tmp_path / "log") == [[8, "call", {"caller": "+8617000000001"}], [9, "ended", {"talk_ms": 5}]]
    assert [path.name for path in sorted((tmp_path / "log").iterdir())] == [
        "2026-03-01T12.jsonl",
        "2026-03-01T13.jsonl",
    ]


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    log = EventLog(LogWriter(tmp_path / "log", waiting=100, days=30))
    log.append(NOON, "call", None)
    log.close(NOON)
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "log" / "2026-03-01T12.jsonl").stat().st_mode) == 0o600


def test_a_full_device_loses_records_says_so_and_holds_nobody_up() -> None:
    writer = LogWriter(Path("/dev/full"), waiting=100, days=30)
    log = EventLog(writer)
    for _ in range(10):
        log.append(NOON, "call", None)
        log.flush(NOON)
    log.close(NOON)
    assert (writer.written, writer.lost) == (0, 10)
    assert "No space left" in writer.error


def test_records_go_on_being_written_when_the_disk_is_there_again(tmp_path: Path) -> None:
    in_the_way = tmp_path / "disk"
    in_the_way.touch()
    writer = LogWriter(in_the_way / "log", waiting=100, days=30)
    log = EventLog(writer)
    log.append(NOON, "call", 1)
    log.flush(NOON)
    until(lambda: writer.lost == 1)
    assert "Not a directory" in writer.error
    in_the_way.unlink()
    log.append(NOON, "call", 2)
    log.close(NOON)
    assert (writer.written, writer.lost, writer.error) == (1, 1, "")
    assert read(in_the_way / "log") == [[2, "call", 2]]


def test_what_is_too_much_for_a_slow_disk_is_counted_as_lost(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    os.mkfifo(folder)  # opening it waits for a reader: as slow as a disk can be
    writer = LogWriter(folder, waiting=5, days=30)
    log = EventLog(writer)
    for _ in range(20):
        log.append(NOON, "call", None)
        log.flush(NOON)
    assert writer.lost == 15
    reader = os.open(folder, os.O_RDONLY | os.O_NONBLOCK)
    log.close(NOON)
    os.close(reader)
    assert writer.written == 5


def fill_hours(folder: Path, first: int, count: int) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        (folder / f"{from_ms(first + number * HOUR):%Y-%m-%dT%H}.jsonl").touch()


def test_hours_that_are_kept_no_longer_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    fill_hours(folder, NOON - 24 * HOUR, 24)
    for name in ("2026-01-01T00.jsonl", "2026-02-27T11_00001_2026-02-26T11.jsonl", "notes.jsonl"):
        (folder / name).touch()
    log = EventLog(LogWriter(folder, waiting=5, days=2))
    log.append(NOON, "call", None)
    log.close(NOON)
    names = {path.name for path in folder.iterdir()}
    assert len(names) == 26 and {"2026-02-28T12.jsonl", "2026-03-01T12.jsonl", "notes.jsonl"} <= names


def test_a_clock_that_steps_forward_deletes_no_log(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    fill_hours(folder, NOON - 24 * HOUR, 24)
    for day in range(3):
        at = NOON + (365 + day) * 24 * HOUR
        log = EventLog(LogWriter(folder, waiting=5, days=2))
        log.append(at, "call", None)
        log.close(at)
    assert len(list(folder.iterdir())) == 27


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=12))
def test_names_of_files_sort_in_the_order_of_writing_whatever_the_clock_does(steps: list[int]) -> None:
    with TemporaryDirectory() as folder:
        names, at = list[str](), NOON
        for step in steps:
            at += step * HOUR // 2
            names.append(file_name(Path(folder), at))
            (Path(folder) / names[-1]).touch()
            assert names[-1].removesuffix(".jsonl").endswith(f"{from_ms(at):%Y-%m-%dT%H}")
    assert names == sorted(names)


def test_sinks_get_the_same_bytes_at_once(tmp_path: Path) -> None:
    log = EventLog(LogWriter(tmp_path, waiting=5, days=2))
    got: list[bytes] = []
    log.sinks.append(got.append)
    log.append(NOON, "call", [1])
    log.append(NOON, "call", [2])
    log.flush(NOON)
    log.close(NOON)
    assert b"".join(got) == b'[1,1772366400000,"call",[1]]\n[2,1772366400000,"call",[2]]\n'


@given(st.lists(st.integers(1, 40), max_size=30), st.integers(1, 20))
def test_a_stream_is_put_together_whatever_its_cuts(cuts: list[int], count: int) -> None:
    whole = b"".join(b'[%d,0,"call",null]\n' % n for n in range(count))
    lines, records, at = RecordDecoder(), list[int](), 0
    for cut in [*cuts, len(whole)]:
        records += [record.sequence for record in lines.feed(whole[at : at + cut])]
        at += cut
    assert records == list(range(count))


def test_a_line_that_a_crash_cut_does_not_spoil_the_next(tmp_path: Path) -> None:
    (tmp_path / "2026-03-01T12.jsonl").write_bytes(b'[1,0,"call",null]\n[2,0,"ca')
    log = EventLog(LogWriter(tmp_path, waiting=5, days=2), sequence=1)
    log.append(NOON, "call", None)
    log.close(NOON)
    assert (tmp_path / "2026-03-01T12.jsonl").read_bytes().splitlines()[-1] == b'[2,1772366400000,"call",null]'
