"""A source is read once into parts, and its account adds up."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fanzha.analyze.journal import Journal
from fanzha.analyze.spool import SpooledSource, spool
from fanzha.base.clock import moment_ms
from fanzha.read import ReadContext, SourceFile, find_sources

CONTEXT = ReadContext(observed_at=moment_ms("2026-03-02"))
ROWS = "域名,时间\n" + "".join(f"site{n}.example,2026-03-01 0{n}:00:00\n" for n in range(8)) + "bad.example,never\n"


@pytest.fixture
def source(tmp_path: Path) -> SourceFile:
    (tmp_path / "sites.csv").write_text(ROWS, "utf-8")
    (found,) = find_sources([tmp_path / "sites.csv"])
    return found


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "out", "a run")


def test_events_and_rejects_stand_in_parts_and_the_account_counts_both(source: SourceFile, journal: Journal) -> None:
    spooled = spool(source, 1, CONTEXT, journal)
    assert pq.read_metadata(spooled.parts["site_seen"]).num_rows == 8
    (reject,) = (json.loads(line) for line in Path(spooled.rejects).read_text("utf-8").splitlines())
    assert (reject["row"], reject["column"]) == (10, "时间")
    account = spooled.account
    assert (account.read, account.used, account.rejected, account.tables) == (9, 8, 1, {"site_seen": 8})


def test_events_outside_the_time_asked_for_are_counted_not_kept(source: SourceFile, journal: Journal) -> None:
    zone = "+08:00"
    since, until = moment_ms(f"2026-03-01T02:00:00{zone}"), moment_ms(f"2026-03-01T05:00:00{zone}")
    spooled = spool(source, 1, CONTEXT, journal, since=since, until=until)
    moments = pq.read_table(spooled.parts["site_seen"]).column("occurred_at").to_pylist()
    assert moments == [since, since + 3_600_000, since + 7_200_000]
    assert spooled.account.outside == 5


def test_a_source_already_read_is_not_opened_again(source: SourceFile, journal: Journal) -> None:
    first = spool(source, 1, CONTEXT, journal)
    source.path.unlink()
    assert spool(source, 1, CONTEXT, journal) == first


def test_progress_ends_at_the_size_of_the_source(source: SourceFile, journal: Journal) -> None:
    steps: list[int] = []
    spool(source, 1, CONTEXT, journal, advance=steps.append)
    assert sum(steps) == source.size
    assert isinstance(journal.recall("spool/000001", SpooledSource), SpooledSource)
