"""The log is read file by file within a period, and lines that are no record are counted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from fanzha.screen.event_log import HOUR_MS, EventLog, LogWriter
from fanzha.screen.log_reader import LogReader

START = int(datetime(2026, 11, 1, 8, tzinfo=UTC).timestamp()) * 1_000


def write_hours(folder: Path, hours: int) -> None:
    """Write one call an hour, half past."""
    log = EventLog(LogWriter(folder, waiting=1_000, days=3_650))
    for hour in range(hours):
        at = START + hour * HOUR_MS + HOUR_MS // 2
        log.append(at, "call", [hour])
        log.flush(at)
    log.close(START + hours * HOUR_MS)


def read(folder: Path, since: int | None = None, until: int | None = None) -> list[int]:
    reader = LogReader(folder, since, until)
    return [record.body[0] for path in reader.files() for record in reader.records(path)]


def test_records_of_the_period_are_read_in_order(tmp_path: Path) -> None:
    write_hours(tmp_path, 5)
    assert read(tmp_path) == [0, 1, 2, 3, 4]
    assert read(tmp_path, START + HOUR_MS, START + 3 * HOUR_MS) == [1, 2]
    assert read(tmp_path, START + 9 * HOUR_MS) == []


def test_files_outside_of_the_period_are_not_opened(tmp_path: Path) -> None:
    write_hours(tmp_path, 8)
    names = [path.stem for path in LogReader(tmp_path, START + 4 * HOUR_MS, START + 5 * HOUR_MS).files()]
    first = datetime(2026, 11, 1, 11, tzinfo=UTC)
    assert names == [f"{first + timedelta(hours=hour):%Y-%m-%dT%H}" for hour in range(3)]


def test_lines_that_are_no_record_are_counted_and_the_others_read(tmp_path: Path) -> None:
    write_hours(tmp_path, 1)
    (path,) = tmp_path.glob("*.jsonl")
    path.write_bytes(b"cut off\n\xff\n[1]\n" + path.read_bytes() + b'[2,3,"call"')
    (tmp_path / "9999-99-99T99.jsonl").write_text("not an hour")
    reader = LogReader(tmp_path)
    assert [record.body for file in reader.files() for record in reader.records(file)] == [[0]]
    assert reader.unreadable == 4


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert LogReader(tmp_path / "none").files() == []


def test_files_of_a_clock_that_was_set_back_are_read_by_their_own_hour(tmp_path: Path) -> None:
    write_hours(tmp_path, 3)
    log = EventLog(LogWriter(tmp_path, waiting=1_000, days=3_650))
    at = START + HOUR_MS + HOUR_MS // 2
    log.append(at, "call", ["again"])
    log.close(at)
    assert len(list(tmp_path.glob("*.jsonl"))) == 4
    assert read(tmp_path, START + HOUR_MS, START + 2 * HOUR_MS) == [1, "again"]
