"""An analysis makes profiles where nobody has them, and says why when it makes none."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.analyze.profile.made_up import FOREIGN, OURS, call, export, of_calls
from tests.analyze.profile.rescan import sorted_tables
from tests.analyze.test_pipeline import Silent

from fanzha.analyze.journal import Journal
from fanzha.analyze.pipeline import Options, analyze
from fanzha.analyze.profile.derived_table import TABLE, add_profiles
from fanzha.detect._profile.explain import FROM_WINDOWS
from fanzha.events.subscriber_profile import BY_WINDOWS
from fanzha.windows import DAY_MS


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal_folder = Journal(tmp_path / "out", "key")
    yield journal_folder
    journal_folder.close()


def calls(days: int, folder: Path, caller: str = OURS) -> dict[str, Path]:
    """One call a day."""
    every = (call(n * DAY_MS, call_id=str(n), caller=caller, proven_caller=caller, callee=FOREIGN) for n in range(days))
    return sorted_tables(of_calls(*every), folder)


def test_calls_of_28_days_make_profiles(journal: Journal, tmp_path: Path) -> None:
    tables, count, notes = add_profiles(calls(28, tmp_path), journal, Silent())
    (row,) = pq.read_table(tables[TABLE]).to_pylist()
    assert count == 1 and (row["subscriber"], row["calls"], row["call_days"]) == (OURS, 28, 28)
    assert row["source"] == BY_WINDOWS and row["simulated"] is False
    assert row["occurred_at"] == row["observed_at"]
    assert "2026-02-27" in notes[0].en and "2026-03-28" in notes[0].zh


def test_calls_of_fewer_days_make_none_and_it_is_said(journal: Journal, tmp_path: Path) -> None:
    tables, count, notes = add_profiles(calls(27, tmp_path), journal, Silent())
    assert TABLE not in tables and count == 0
    assert "27 of the 28 days" in notes[0].en and "27 天" in notes[0].zh


def test_profiles_of_a_source_stand(journal: Journal, tmp_path: Path) -> None:
    profiles = {**calls(28, tmp_path), TABLE: tmp_path / "of-the-source"}
    assert add_profiles(profiles, journal, Silent()) == (profiles, 0, [])


def test_without_calls_nothing_is_made_and_nothing_said(journal: Journal) -> None:
    assert add_profiles({}, journal, Silent()) == ({}, 0, [])


def test_when_no_number_is_our_own_nothing_is_handed_on(journal: Journal, tmp_path: Path) -> None:
    every = (call(n * DAY_MS, call_id=str(n), caller=FOREIGN, callee=OURS) for n in range(28))
    tables, count, _ = add_profiles(sorted_tables(of_calls(*every), tmp_path), journal, Silent())
    assert TABLE not in tables and count == 0


def test_an_analysis_judges_the_profiles_that_it_makes(tmp_path: Path) -> None:
    dialler = export(tmp_path / "calls.csv", days=30, calls_a_day=200)
    summary = analyze(Options((dialler,), tmp_path / "out", detectors=("fraud-subscriber",)), Silent())
    (finding,) = pq.read_table(tmp_path / "out" / "findings.parquet").to_pylist()
    assert finding["subject"] == OURS and FROM_WINDOWS.zh in finding["reasons_zh"]
    assert any("1 subscriber profiles were made" in note.en for note in summary.notes)


def test_an_analysis_without_a_detector_of_profiles_makes_none(tmp_path: Path) -> None:
    dialler = export(tmp_path / "calls.csv", days=30)
    summary = analyze(Options((dialler,), tmp_path / "out", detectors=("lookalike-website",)), Silent())
    assert summary.notes == []
