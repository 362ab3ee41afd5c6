"""A small province is simulated, analysed and scored as one; files of a run before can be scored again."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.analyze.test_simulation_files import Quiet

from fanzha.analyze.scored import ScoredSimulation, score_files, score_simulation
from fanzha.base.clock import moment_ms
from fanzha.base.errors import WrongCall
from fanzha.simulate import Settings

SETTINGS = Settings(
    200,
    2,
    4,
    moment_ms("2026-03-02T00:00:00+08:00"),
    (0,),
    {"gangs": 1, "simbox.cards": 4},
    only=("spoofed_caller", "couriers"),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ScoredSimulation]:
    folder = tmp_path_factory.mktemp("scored")
    return folder, score_simulation(SETTINGS, folder, Quiet(), ("gateway-guard",))


def test_the_gateway_guard_finds_the_blunt_spoofer_and_spares_couriers(run: tuple[Path, ScoredSimulation]) -> None:
    _, scored = run
    boards = scored.boards.values()
    assert sum(one.actors.part for board in boards for one in board.stopped) == 1
    assert [one.hits.part for board in boards for one in board.spared] == [0, 0]
    assert scored.events["call_offered"] > 100


def test_files_are_scored_alike(run: tuple[Path, ScoredSimulation]) -> None:
    folder, scored = run
    assert score_files(folder / "results" / "findings.parquet", folder / "province") == scored.boards
    sheet = folder / "province" / "truth" / "truth.parquet"
    assert score_files(folder / "results" / "findings.parquet", sheet) == scored.boards


def test_files_that_are_none_are_a_wrong_call(run: tuple[Path, ScoredSimulation], tmp_path: Path) -> None:
    findings = run[0] / "results" / "findings.parquet"
    with pytest.raises(WrongCall, match="no truth"):
        score_files(findings, tmp_path)
    pq.write_table(pa.table({"subject": ["x"]}), tmp_path / "truth.parquet")
    with pytest.raises(WrongCall, match="lacks"):
        score_files(findings, tmp_path)
    (tmp_path / "truth.parquet").write_text("no")
    with pytest.raises(WrongCall, match="Parquet"):
        score_files(findings, tmp_path)
