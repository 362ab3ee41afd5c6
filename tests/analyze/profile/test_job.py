"""From an export to a table of profiles that an analysis reads, with its map, whatever stops it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.analyze.profile.made_up import OURS, export
from tests.analyze.profile.test_profile_writer import Stopping
from tests.analyze.test_pipeline import Silent

from fanzha.analyze.pipeline import Options, analyze
from fanzha.analyze.profile.job import MIXED_NOTICE, ProfileRequest, profile
from fanzha.base.clock import moment_ms
from fanzha.base.errors import NothingUsable, UsageError
from fanzha.events.subscriber_profile import BY_WINDOWS, EVENT

COLUMNS = """[columns]
call_id = "话单号"
caller = "主叫号码"
proven_caller = "已证实主叫"
callee = "被叫号码"
occurred_at = "开始时间"
talk_ms = "通话时长(秒)"
"""


class AtProfiling(Silent):
    """Stops a run when all is read and put between subscribers."""

    def stage(self, words: str, total: int | None) -> None:
        """Stop."""
        if "profiling" in words:
            raise KeyboardInterrupt


@pytest.fixture
def profile_request(tmp_path: Path) -> ProfileRequest:
    """What is asked of 40 days of an export."""
    (tmp_path / "in").mkdir()
    return ProfileRequest(
        (export(tmp_path / "in" / "calls.csv", days=40, calls_a_day=3),), tmp_path / "profiles.parquet"
    )


def test_the_last_30_days_are_looked_at(profile_request: ProfileRequest) -> None:
    summary = profile(profile_request, Silent())
    (row,) = pq.read_table(profile_request.out).to_pylist()
    assert (summary.first_day, summary.last_day, summary.profiles, summary.simulated) == (
        "2026-03-11",
        "2026-04-09",
        1,
        0,
    )
    assert (row["subscriber"], row["calls"], row["other_parties"], row["call_days"]) == (OURS, 90, 90, 30)
    assert summary.input.events == {"call_ended": 120, "call_offered": 120}


def test_or_the_30_days_up_to_a_day_that_is_named(profile_request: ProfileRequest) -> None:
    summary = profile(replace(profile_request, at=moment_ms("2026-03-30T00:00:00+08:00")), Silent())
    assert (summary.first_day, summary.last_day) == ("2026-03-01", "2026-03-30")
    assert pq.read_table(profile_request.out)["occurred_at"].to_pylist() == [moment_ms("2026-03-31T00:00:00+08:00") - 1]


def test_an_analysis_reads_the_table_as_it_stands(profile_request: ProfileRequest, tmp_path: Path) -> None:
    profile(profile_request, Silent())
    options = Options((profile_request.out,), tmp_path / "out", detectors=("fraud-subscriber",))
    summary = analyze(options, Silent())
    assert summary.events == {EVENT.name: 1} and summary.rejects == 0


def test_the_map_says_where_it_is_from_on_which_basis_and_whether_it_is_simulated(
    profile_request: ProfileRequest, tmp_path: Path
) -> None:
    text = 'table = "calls"\nsimulated = true\nbasis = "a \\"quoted\\" order"\n'
    (tmp_path / "in" / "fanzha-map.toml").write_text(text + COLUMNS, "utf-8")
    assert profile(profile_request, Silent()).simulated == 1
    column_map = (tmp_path / "profiles.parquet.toml").read_text("utf-8")
    assert (
        f'source = "{BY_WINDOWS}"' in column_map
        and "simulated = true" in column_map
        and '"a \\"quoted\\" order"' in column_map
    )


def test_simulated_and_real_calls_together_are_told_apart_in_a_note(
    profile_request: ProfileRequest, tmp_path: Path
) -> None:
    real = tmp_path / "in" / "real"
    real.mkdir()
    other_file = export(real / "other.csv", days=40)
    other_file.write_text(other_file.read_text("utf-8").replace(OURS, "+8617000000002").replace("ZJ", "X"), "utf-8")
    (tmp_path / "in" / "calls.csv.toml").write_text('table = "calls"\nsimulated = true\n' + COLUMNS, "utf-8")
    summary = profile(replace(profile_request, paths=(*profile_request.paths, other_file)), Silent())
    assert (summary.profiles, summary.simulated) == (2, 1) and MIXED_NOTICE in summary.notes


def test_rejected_rows_stand_beside_the_table(profile_request: ProfileRequest) -> None:
    (path,) = profile_request.paths
    path.write_text(path.read_text("utf-8") + "ZJ9,1,1,1,no time,9,移动\n", "utf-8")
    assert profile(profile_request, Silent()).input.rejects == 1
    assert "no time" in profile_request.out.with_name("profiles.parquet.rejects.jsonl").read_text("utf-8")


def test_a_stopped_run_goes_on_and_leaves_only_its_results_and_their_key(profile_request: ProfileRequest) -> None:
    with pytest.raises(KeyboardInterrupt):
        profile(profile_request, Stopping(2))
    assert not profile_request.out.exists()
    assert profile(profile_request, Silent()).input.resumed
    assert sorted(path.name for path in profile_request.out.parent.iterdir()) == [
        ".profiles.parquet.run-key",
        "in",
        "profiles.parquet",
        "profiles.parquet.toml",
    ]


def test_files_of_others_in_the_folder_of_parts_stay(profile_request: ProfileRequest) -> None:
    foreign_file = profile_request.out.with_name("profiles.parquet.parts") / "notes.txt"
    foreign_file.parent.mkdir()
    foreign_file.write_text("mine")
    profile(profile_request, Silent())
    assert [path.name for path in foreign_file.parent.iterdir()] == ["notes.txt"]


def test_when_the_day_was_wrong_nothing_is_read_again(profile_request: ProfileRequest) -> None:
    with pytest.raises(UsageError):
        profile(replace(profile_request, at=moment_ms("2026-04-10T00:00:00+08:00")), Silent())
    summary = profile(replace(profile_request, at=moment_ms("2026-04-08T00:00:00+08:00")), Silent())
    assert summary.input.resumed and summary.last_day == "2026-04-08"


def test_what_was_begun_for_one_day_is_not_taken_for_another(profile_request: ProfileRequest) -> None:
    with pytest.raises(KeyboardInterrupt):
        profile(replace(profile_request, at=moment_ms("2026-04-01T00:00:00+08:00")), AtProfiling())
    summary = profile(profile_request, Silent())
    assert summary.input.resumed and summary.last_day == "2026-04-09"
    assert pq.read_table(profile_request.out)["occurred_at"].to_pylist() == [summary.input.last]


def test_another_question_begins_anew(profile_request: ProfileRequest) -> None:
    with pytest.raises(KeyboardInterrupt):
        profile(profile_request, Stopping(2))
    assert not profile(replace(profile_request, basis="order 7"), Silent()).input.resumed


@pytest.mark.parametrize(
    ("change", "error", "why"),
    [
        (
            lambda profile_request: replace(profile_request, at=moment_ms("2026-04-10T00:00:00+08:00")),
            UsageError,
            "up to 2026-04-09",
        ),
        (
            lambda profile_request: replace(profile_request, at=moment_ms("2026-03-20T00:00:00+08:00")),
            NothingUsable,
            "cover 20 of",
        ),
        (
            lambda profile_request: replace(profile_request, at=moment_ms("2026-02-01T00:00:00+08:00")),
            NothingUsable,
            "cover 0 of",
        ),
        (lambda profile_request: replace(profile_request, table="site_seen"), NothingUsable, "no call"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(
    change: Callable[[ProfileRequest], ProfileRequest],
    error: type[Exception],
    why: str,
    profile_request: ProfileRequest,
) -> None:
    with pytest.raises(error, match=why):
        profile(change(profile_request), Silent())
