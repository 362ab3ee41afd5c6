"""Sources become sorted tables, each event once, and what was read or sorted is not done again after a stop."""

from pathlib import Path

import pyarrow.parquet as pq

from fanzha.analyze.ingestion import first_started_at, read_sources, sort_tables
from fanzha.analyze.journal import Journal
from fanzha.analyze.summary import Summary
from fanzha.base.clock import moment_ms
from fanzha.read import find_sources

LATE = "域名,时间\nlate.example,2026-03-01 09:00:00\nearly.example,2026-03-01 01:00:00\n"
OTHER = "域名,时间\nmiddle.example,2026-03-01 05:00:00\nlate.example,2026-03-01 09:00:00\n"


class Watching:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.stages: list[str] = []

    def stage(self, words: str, total: int | None) -> None:
        """A stage begins."""
        self.stages.append(words)

    def advance(self, steps: int = 1) -> None:
        """Nothing is counted."""


def gather(folder: Path) -> tuple[Summary, dict[str, Path]]:
    journal = Journal(folder / "out", "a run")
    summary = Summary(version="1", started_at=first_started_at(journal))
    read = read_sources(list(find_sources([folder / "in"])), summary, journal, Watching())
    return summary, sort_tables(read, summary, journal, Watching())


def test_events_of_all_sources_stand_in_order_each_once(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(LATE, "utf-8")
    (tmp_path / "in" / "b.csv").write_text(OTHER, "utf-8")
    summary, tables = gather(tmp_path)
    hosts = pq.read_table(tables["site_seen"]).column("host").to_pylist()
    assert hosts == ["early.example", "middle.example", "late.example"]
    assert (summary.events, summary.repeats, len(summary.sources)) == ({"site_seen": 3}, 1, 2)
    assert (summary.first, summary.last) == (moment_ms("2026-02-28T17:00"), moment_ms("2026-03-01T01:00"))


def test_what_was_gathered_is_not_read_again_and_keeps_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(LATE, "utf-8")
    first, tables = gather(tmp_path)
    written = {path: path.stat().st_mtime_ns for path in tables.values()}
    again, _ = gather(tmp_path)
    assert again.started_at == first.started_at and again.events == first.events
    assert {path: path.stat().st_mtime_ns for path in tables.values()} == written


def test_nothing_usable_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    summary, tables = gather(tmp_path)
    assert tables == {} and summary.first is None


def test_the_watcher_is_told_each_stage(tmp_path: Path) -> None:
    journal, watching = Journal(tmp_path / "out", "a run"), Watching()
    summary = Summary(version="1", started_at=1)
    sort_tables(read_sources([], summary, journal, watching), summary, journal, watching)
    assert watching.stages == ["读取 reading", "排序 ordering"]
