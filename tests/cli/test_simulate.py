"""`fanzha simulate` leaves files and an account, and never mixes two simulations in a folder."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from fanzha.base.errors import UsageError
from fanzha.cli import fanzha


def simulate(out: Path, *more: str) -> Result:
    small = [
        "--subscribers",
        "120",
        "--days",
        "1",
        "--attackers",
        "0",
        "--strength",
        "gangs=1",
        "--scenario",
        "wangiri",
    ]
    return CliRunner().invoke(fanzha, ["simulate", "--out", str(out), *small, *more])


def test_the_account_is_printed_as_json_and_the_files_are_there(tmp_path: Path) -> None:
    result = simulate(tmp_path / "province", "--json")
    written = json.loads(result.stdout)
    assert written["planted"] == {"fraud": 3}
    assert written["files"] == len(list((tmp_path / "province").glob("*.parquet")))
    assert written["events"]["call_offered"] > 500


def test_people_read_that_it_is_simulated_and_what_to_do_next(tmp_path: Path) -> None:
    output = simulate(tmp_path / "province").stdout
    assert "模拟数据 SIMULATED" in output
    assert f"fanzha analyze {tmp_path / 'province'}" in output.replace("\n", "")


def test_a_folder_with_files_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("x")
    assert isinstance(simulate(tmp_path).exception, UsageError)


def test_the_limits_the_attackers_believe_in_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "limits.toml").write_text("[wangiri]\ncallees_per_hour = 10\n")
    believed = ("--attackers", "1", "--limits", str(tmp_path / "limits.toml"), "--json", "--tidy")
    wise = json.loads(simulate(tmp_path / "wise", *believed).stdout)
    blunt = json.loads(simulate(tmp_path / "blunt", "--json", "--tidy").stdout)
    assert wise["events"]["call_offered"] < blunt["events"]["call_offered"] / 10
