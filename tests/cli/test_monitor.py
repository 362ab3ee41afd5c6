"""`fanzha monitor` says what changed, for people and for machines, and draws it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.monthly_findings import write_quarter

from fanzha.cli import fanzha


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_quarter(tmp_path_factory.mktemp("quarter"))


def run(*words: str) -> Result:
    return CliRunner().invoke(fanzha, ["monitor", *words])


def test_people_read_shift_words_and_rising_families(quarter: Path, tmp_path: Path) -> None:
    shown = run(str(quarter), "--out", str(tmp_path / "report.html"))
    assert shown.exit_code == 0, shown.output + str(shown.exception)
    assert "显著变化" in shown.output and "上升 rising" in shown.output and "保障" in shown.output
    assert (tmp_path / "report.html").is_file()


def test_machines_get_the_whole_result(quarter: Path) -> None:
    result = json.loads(run(str(quarter), "--by", "week", "--json").stdout)
    assert result["by"] == "week" and result["periods"][0] == "2026-W31"
    assert result["findings"] == 659 and result["rate_unit"] == "day"


def test_a_wrong_count_is_explained(quarter: Path) -> None:
    assert "--judged 2026-10=1200000" in str(run(str(quarter), "--judged", "many").exception)
