"""Decided cases are matched with hits: recall counts only confirmed subjects that the history shows in time."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.analyze.backtest.history import MINUTE, START, calls, number, together

from fanzha.analyze.backtest.decided_cases import CaseReplay, DecidedCase, replay_cases

HOUR = 60 * MINUTE


def case(n: int, *, confirmed: bool = True, hours: float = 10, since: int | None = None) -> DecidedCase:
    return DecidedCase(f"S{n}", "phone_number", number(n), confirmed, START + int(hours * HOUR), since)


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, Path]:
    """Numbers 1 to 6 call three times each, the first at the start of the history."""
    batch = together(*(calls(number(n), 3) for n in range(1, 7)))["call_offered"]
    pq.write_table(pa.Table.from_batches([batch]), tmp_path / "call_offered.parquet")
    return {"call_offered": tmp_path / "call_offered.parquet"}


def replay(tables: dict[str, Path], *cases: DecidedCase, hits: Sequence[tuple[str, int, float]]) -> CaseReplay:
    """Replay cases beside hits, each a label, a number and hours after the start."""
    folder = tables["call_offered"].parent
    table = {
        "rule": [label for label, _, _ in hits],
        "subject_kind": ["phone_number"] * len(hits),
        "subject": [number(n) for _, n, _ in hits],
        "moment": pa.array([START + int(hours * HOUR) for _, _, hours in hits], pa.int64()),
    }
    pq.write_table(pa.table(table), folder / "hits.parquet")
    return replay_cases(cases, folder / "hits.parquet", tables, ["A", "B"], folder)


def test_confirmed_subjects_are_found_late_or_missed(tables: dict[str, Path]) -> None:
    hits = [("A", 1, 4), ("A", 1, 6), ("A", 2, 11), ("B", 3, 10)]
    replayed = replay(tables, case(1), case(2), case(3), hits=hits)
    a, b = replayed.versions
    assert (a.found, a.late, a.missed) == (["S1"], ["S2"], ["S3"])
    assert (b.found, b.late, b.missed) == (["S3"], [], ["S1", "S2"])
    assert (a.recall.part, a.recall.whole, a.median_lead_hours, b.median_lead_hours) == (1, 3, 6.0, 0.0)
    assert a.recall.low is not None and 0 < a.recall.low < 1 / 3


def test_cleared_subjects_count_whenever_they_are_hit(tables: dict[str, Path]) -> None:
    replayed = replay(tables, case(1, confirmed=False), case(2, confirmed=False), hits=[("A", 1, 40)])
    assert (replayed.cleared, replayed.covered_cleared, replayed.versions[0].hit_cleared) == (2, 2, ["S1"])
    assert (replayed.versions[0].cleared_share.part, replayed.versions[0].cleared_share.whole) == (1, 2)
    assert replayed.versions[0].recall.value is None


def test_what_the_history_could_not_show_is_in_no_share(tables: dict[str, Path]) -> None:
    unseen, early = case(50), case(2, hours=-1)
    later_holder = case(3, since=START + HOUR)
    replayed = replay(tables, case(1), unseen, early, later_holder, case(51, confirmed=False), hits=[("A", 3, 0.01)])
    assert (replayed.confirmed, replayed.covered_confirmed) == (4, ["S1"])
    assert (replayed.cleared, replayed.covered_cleared) == (1, 0)
    assert replayed.versions[0].recall.whole == 1 and replayed.versions[0].missed == ["S1"]
