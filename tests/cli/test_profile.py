"""`fanzha profile` leaves a table that the next command reads, and a usage error says what to write."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from tests.analyze.profile.made_up import export

from fanzha.base.errors import NothingUsable, UsageError
from fanzha.cli import fanzha


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return export(tmp_path / "calls.csv", days=31)


def profile(*arguments: str | Path) -> Result:
    return CliRunner().invoke(fanzha, ["profile", *map(str, arguments)])


def test_the_account_is_printed_as_json(calls: Path, tmp_path: Path) -> None:
    output = json.loads(profile(calls, "--out", tmp_path / "p.parquet", "--json").stdout)
    assert (output["profiles"], output["first_day"], output["last_day"]) == (1, "2026-03-02", "2026-03-31")
    assert output["input"]["events"] == {"call_ended": 31, "call_offered": 31}


def test_people_read_of_which_days_and_what_to_do_next(calls: Path, tmp_path: Path) -> None:
    output = profile(calls, "--out", tmp_path / "p.parquet", "--at", "2026-03-30").stdout.replace("\n", "")
    assert "2026-03-01 至 2026-03-30" in output and "1 subscriber profiles were made" in output
    assert f"fanzha analyze {tmp_path / 'p.parquet'}" in output
    assert pq.read_table(tmp_path / "p.parquet")["calls"].to_pylist() == [30]


def test_profiles_of_another_run_are_replaced_only_by_force(calls: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.parquet"
    assert profile(calls, "--out", out).exception is None
    assert profile(calls, "--out", out).exception is None  # repeated
    before = out.read_bytes()
    other = (calls, "--out", out, "--at", "2026-03-30")
    error = profile(*other).exception
    assert isinstance(error, UsageError) and "--force" in str(error) and out.read_bytes() == before
    assert profile(*other, "--force").exception is None
    assert pq.read_table(out)["calls"].to_pylist() == [30]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--out", "p.csv"), "name it p.csv.parquet"),
        (("--out", "gone/p.parquet"), "mkdir -p gone"),
        (("--out", "p.parquet", "--at", "yesterday"), "write 2026-03-31"),
        (("--out", "p.parquet", "--at", "2026-04-01"), "up to 2026-03-31"),
    ],
)
def test_a_usage_error_says_what_to_write(
    arguments: tuple[str, ...], why: str, calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error = profile(calls, *arguments).exception
    assert isinstance(error, UsageError) and why in str(error)


def test_too_short_a_history_ends_with_nothing_usable(tmp_path: Path) -> None:
    short = export(tmp_path / "short.csv", days=9)
    assert isinstance(profile(short, "--out", tmp_path / "p.parquet").exception, NothingUsable)
