"""Partial records of one call become one call with its whole talk time, across files; incomplete ones are counted."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fanzha.analyze.event_order import GROUP_ROWS
from fanzha.analyze.ingestion import first_started_at, read_sources, sort_tables
from fanzha.analyze.journal import Journal
from fanzha.analyze.partial_calls import merge_partial_calls
from fanzha.analyze.summary import Summary
from fanzha.read import find_sources

HEAD = "主叫号码,被叫号码,IMEI,开始时间,通话时长(秒),部分话单标志"
FIRST = "19100000001,19900000001,350000000000017,2026-03-01 08:00:00,1800,1"
SECOND = "19100000001,19900000001,350000000000017,2026-03-01 08:30:00,1800,2"
LAST = "19100000001,19900000001,350000000000017,2026-03-01 09:00:01,300,3"
WHOLE = "19100000002,19900000001,350000000000025,2026-03-01 08:00:00,60,0"
OTHER_DEVICE = "19100000001,19900000001,350000000000033,2026-03-01 09:00:00,40,0"
MAP = """table = "calls"
source = "exchange"
[columns]
{columns}caller = "主叫号码"
callee = "被叫号码"
device = "IMEI"
occurred_at = "开始时间"
talk_ms = "通话时长(秒)"
partial = {{ from = "部分话单标志", values = {{ "0" = "false", "1" = "true", "2" = "true", "3" = "false" }} }}
"""


class Silent:
    """Shows no progress."""

    def stage(self, words: str, total: int | None) -> None:
        """A stage begins."""

    def advance(self, steps: int = 1) -> None:
        """Steps are done."""


def gather(folder: Path, *files: list[str], head: str = HEAD, map_: str = MAP.format(columns="")) -> Summary:
    """Read the files in this order and sort their events."""
    (folder / "in").mkdir()
    for number, lines in enumerate(files):
        (folder / "in" / f"{number}.csv").write_text("\n".join([head, *lines]) + "\n", "utf-8")
    (folder / "map.toml").write_text(map_, "utf-8")
    journal = Journal(folder / "out", "a run")
    summary = Summary(version="1", started_at=first_started_at(journal))
    sources = list(find_sources([folder / "in"], map_file=folder / "map.toml"))
    tables = sort_tables(read_sources(sources, summary, journal, Silent()), summary, journal, Silent())
    again = sort_tables(read_sources(sources, summary, journal, Silent()), summary, journal, Silent())
    assert again == tables
    summary.out = str(tables["call_ended"])
    return summary


def ends(summary: Summary) -> list[tuple[int, bool]]:
    """Return talk time in s and the flag of each call, by time."""
    rows = pq.read_table(summary.out).to_pylist()
    offered = pq.read_table(Path(summary.out).with_name("call_offered.parquet")).to_pylist()
    assert len({row["call_id"] for row in rows}) == len(rows) == len(offered)
    assert {row["call_id"] for row in rows} == {row["call_id"] for row in offered}
    return [(row["talk_ms"] // 1_000, bool(row["partial"])) for row in rows]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_parts_of_a_call_in_two_files_become_one_call_in_any_order(tmp_path: Path, order: tuple[int, int]) -> None:
    files = [FIRST, WHOLE], [SECOND, LAST, OTHER_DEVICE]
    summary = gather(tmp_path, *(files[place] for place in order))
    assert ends(summary) == [(60, False), (40, False), (3_900, False)]
    assert (summary.partial.records, summary.partial.calls, summary.partial.incomplete) == (3, 1, 0)
    assert summary.events == {"call_answered": 3, "call_ended": 3, "call_offered": 3}
    assert summary.used == 5


def test_a_call_without_its_last_part_is_kept_and_counted(tmp_path: Path) -> None:
    summary = gather(tmp_path, [FIRST, SECOND, WHOLE])
    assert ends(summary) == [(60, False), (3_600, True)]
    assert (summary.partial.records, summary.partial.calls, summary.partial.incomplete) == (2, 1, 1)


def test_a_single_part_stays_a_call_and_is_counted_as_incomplete(tmp_path: Path) -> None:
    summary = gather(tmp_path, [FIRST, WHOLE])
    assert ends(summary) == [(60, False), (1_800, True)]
    assert (summary.partial.records, summary.partial.calls, summary.partial.incomplete) == (0, 0, 1)


def test_parts_with_one_call_reference_are_one_call_though_a_part_is_missing(tmp_path: Path) -> None:
    lines = [f"{reference},{line}" for reference, line in (("7", FIRST), ("7", LAST), ("8", WHOLE))]
    summary = gather(tmp_path, lines, head=f"呼叫标识,{HEAD}", map_=MAP.format(columns='call_id = "呼叫标识"\n'))
    assert ends(summary) == [(60, False), (2_100, True)]
    assert (summary.partial.records, summary.partial.calls, summary.partial.incomplete) == (2, 1, 1)


def test_a_part_that_comes_twice_counts_once(tmp_path: Path) -> None:
    lines = [f"{number},{line}" for number, line in enumerate([FIRST, FIRST, SECOND, LAST, LAST])]
    summary = gather(tmp_path, lines, head=f"话单序号,{HEAD}", map_=MAP.format(columns='event_id = "话单序号"\n'))
    assert ends(summary) == [(3_900, False)]


def test_parts_that_do_not_touch_stay_apart(tmp_path: Path) -> None:
    summary = gather(tmp_path, [FIRST, LAST])
    assert ends(summary) == [(1_800, True), (300, False)]
    assert summary.partial.incomplete == 1


def test_records_without_partial_ones_are_not_rewritten(tmp_path: Path) -> None:
    summary = gather(tmp_path, [WHOLE, OTHER_DEVICE])
    assert summary.partial.words.en.startswith("partial records: 0") and "sorted" in summary.out


def test_a_call_whose_parts_lie_in_several_groups_of_rows_is_merged(tmp_path: Path) -> None:
    count, parts = GROUP_ROWS + 10, [3, GROUP_ROWS - 1, GROUP_ROWS, GROUP_ROWS + 4]
    records = [f"r{row:06d}" for row in range(count)]
    calls = pa.array(["long" if row in parts else record for row, record in enumerate(records)])
    nothing = pa.nulls(count, pa.string())
    numbers = {"caller": pa.array(["19100000001"] * count), "callee": pa.array(["19900000001"] * count)}
    offered = {"event_id": [f"{record}-1" for record in records], "occurred_at": range(count), "call_id": calls}
    ended = {
        "event_id": [f"{record}-3" for record in records],
        "occurred_at": range(1_000, count + 1_000),
        "call_id": calls,
        "talk_ms": [1_000] * count,
        "partial": [row in parts[:-1] for row in range(count)],
    }
    devices = {"device": pa.array(records), "sim_card": nothing, "trunk": nothing}
    pq.write_table(pa.table(offered | numbers | devices), tmp_path / "offered.parquet")
    pq.write_table(pa.table(ended), tmp_path / "ended.parquet")
    (tmp_path / "merged").mkdir()
    tables = {"call_offered": tmp_path / "offered.parquet", "call_ended": tmp_path / "ended.parquet"}
    merged, counts = merge_partial_calls(tables, tmp_path / "merged")
    assert (counts.records, counts.calls, counts.incomplete) == (4, 1, 1)  # they do not follow at once
    offers, last = pq.read_table(merged["call_offered"]), pq.read_table(merged["call_ended"])
    assert offers.column("event_id").to_pylist() == [f"r{row:06d}-1" for row in range(count) if row not in parts[1:]]
    rows = [row for row in range(count) if row not in parts[:-1]]
    assert last.column("event_id").to_pylist() == [f"r{row:06d}-3" for row in rows]
    assert last.column("talk_ms").to_pylist() == [4_000 if row == parts[-1] else 1_000 for row in rows]
    assert last.column("call_id").to_pylist() == ["long" if row == parts[-1] else f"r{row:06d}" for row in rows]
