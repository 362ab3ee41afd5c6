"""Profiles of months and shares end in one file, in order, the same after a stop at any step."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.analyze.profile.made_up import MONTH, OURS, call, of_calls
from tests.analyze.profile.rescan import sorted_tables

from fanzha.analyze.journal import Journal
from fanzha.analyze.profile.month import ProfileMonth
from fanzha.analyze.profile.profile_writer import write_profiles
from fanzha.windows import DAY_MS

BEFORE = ProfileMonth(MONTH.begin, MONTH.begin - 1)
NUMBERS = [f"+861700000{number:04}" for number in range(20)]


class Stopping:
    """Watches, and is stopped after so many steps."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.stages: list[str] = []

    def stage(self, words: str, total: int | None) -> None:
        """Keep what began."""
        self.stages.append(words)

    def advance(self, steps: int = 1) -> None:
        """Stop when it is time."""
        self.steps -= steps
        if self.steps < 0:
            raise KeyboardInterrupt


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, Path]:
    """Calls between twenty numbers in two months."""
    (tmp_path / "in").mkdir()
    begins = [n * DAY_MS for n in range(-29, 30)]
    calls = [
        call(begin + n, call_id=f"{begin} {n}", caller=one, proven_caller=one, callee=NUMBERS[n - 1])
        for begin in begins
        for n, one in enumerate(NUMBERS)
    ]
    return sorted_tables(of_calls(*calls), tmp_path / "in")


def write(tables: dict[str, Path], out: Path, steps: int = 1_000) -> tuple[Path, int]:
    return write_profiles(tables, [BEFORE, MONTH], Journal(out, "key"), Stopping(steps), events_per_share=300)


def test_months_stand_in_order_each_subscriber_once_in_each(tables: dict[str, Path], tmp_path: Path) -> None:
    path, count = write(tables, tmp_path / "out")
    rows = pq.read_table(path, columns=["occurred_at", "subscriber", "calls"]).to_pylist()
    assert count == len(rows) == 40
    assert [row["occurred_at"] for row in rows] == 20 * [BEFORE.at] + 20 * [MONTH.at]
    assert {(row["occurred_at"], row["subscriber"]) for row in rows} == {
        (month.at, number) for month in (BEFORE, MONTH) for number in NUMBERS
    }
    assert {row["calls"] for row in rows} == {58, 60}
    assert not list((tmp_path / "out").rglob("contacts.parquet"))


@pytest.mark.parametrize("steps", [0, 2, 3])
def test_a_stopped_run_goes_on_and_ends_with_the_same(steps: int, tables: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write(tables, tmp_path / "out", steps)
    done = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("[0-9].parquet")}
    assert len(done) == steps + 1
    path, _ = write(tables, tmp_path / "out")
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert pq.read_table(path).equals(pq.read_table(write(tables, tmp_path / "whole")[0]))


def test_what_is_written_is_not_made_again(tables: dict[str, Path], tmp_path: Path) -> None:
    first = write(tables, tmp_path / "out")
    watcher = Stopping(0)
    again = write_profiles(tables, [BEFORE, MONTH], Journal(tmp_path / "out", "key"), watcher, events_per_share=300)
    assert again == first and watcher.stages == []


def test_a_month_without_calls_gives_no_profiles(tables: dict[str, Path], tmp_path: Path) -> None:
    later = ProfileMonth(MONTH.end + 40 * DAY_MS, MONTH.end)
    path, count = write_profiles(tables, [later], Journal(tmp_path / "out", "key"), Stopping(9))
    assert count == pq.read_metadata(path).num_rows == 0
    assert OURS not in pq.read_table(path)["subscriber"].to_pylist()
