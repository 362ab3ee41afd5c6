"""`fanzha figures check` compares every figure with what DuckDB computes from the raw rows."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.command.people import World, make_world
from tests.command.statistics.month_made import MONTH, make_month

from fanzha.base.errors import NothingUsable, UsageError
from fanzha.cli import fanzha
from fanzha.command.statistics import raw_rows
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db


@pytest.fixture
def month() -> World:
    world = make_world()
    with unscoped("test"):
        make_month(world)
    return world


def test_figures_that_agree_end_with_0_and_one_that_does_not_with_1(
    month: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["figures", "check", "--period", MONTH.key, "--out", str(tmp_path), "--organization", "Example carrier"]
    result = CliRunner().invoke(fanzha, words)
    assert result.exit_code == 0 and "all equal" in result.output, result.output
    assert (tmp_path / "legs.parquet").exists()
    monkeypatch.setattr(raw_rows, "own_numbers", lambda figure: (-1.0, -1.0))
    result = CliRunner().invoke(fanzha, words)
    assert result.exit_code == 1 and "report_handling: -1 / -1 ≠" in result.output


def test_a_wrong_period_or_organisation_is_said() -> None:
    run = CliRunner().invoke
    assert isinstance(run(fanzha, ["figures", "check", "--period", "October"]).exception, UsageError)
    words = ["figures", "check", "--period", "2026-10"]
    assert isinstance(run(fanzha, [*words, "--organization", "nobody"]).exception, UsageError)
    assert isinstance(run(fanzha, words).exception, NothingUsable)
