"""What is simulated is read back by the real reader: every record, its last version, and marked as simulated."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fanzha.analyze.pipeline import Options, analyze
from fanzha.analyze.simulation_files import SimulationSummary, command_arguments, write_simulation
from fanzha.base.clock import moment_ms
from fanzha.read import ReadContext, find_sources, read_source
from fanzha.simulate import Province, Settings, simulate

SETTINGS = Settings(
    300, 2, 4, moment_ms("2026-03-02T00:00:00+08:00"), attackers=(0,), parameters={"gangs": 1, "simbox.cards": 4}
)


class Quiet:
    """Nobody is told anything."""

    def stage(self, words: str, total: int | None) -> None:
        """Pass."""

    def advance(self, steps: int = 1) -> None:
        """Pass."""


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SimulationSummary]:
    folder = tmp_path_factory.mktemp("simulated") / "province"
    return folder, write_simulation(SETTINGS, folder, Quiet())


def test_every_source_is_understood_without_a_reject(province: tuple[Path, SimulationSummary]) -> None:
    sources = list(find_sources([province[0]]))
    assert {source.format for source in sources} == {"parquet"}
    assert len(sources) == province[1].files
    wholes = [read_source(source, ReadContext(observed_at=0)) for source in sources]
    assert [whole.rejects for whole in wholes if whole.rejects] == []
    assert sum(whole.read for whole in wholes) == sum(province[1].events.values())


def test_analysis_keeps_each_fact_once_in_its_last_version(
    province: tuple[Path, SimulationSummary], tmp_path: Path
) -> None:
    summary = analyze(Options((province[0],), tmp_path / "out", detectors=("gateway-guard",)), Quiet())
    told: dict[str, int] = {}
    for day in simulate(SETTINGS):
        for table, batch in day.items():
            told[table] = told.get(table, 0) + batch.num_rows
    assert summary.events == told
    assert summary.rejects == 0
    assert summary.findings == summary.simulated > 0


def test_values_come_back_as_they_were_told(province: tuple[Path, SimulationSummary]) -> None:
    read: dict[tuple[object, ...], dict[str, object]] = {}
    for source in find_sources([province[0]]):
        if "call_offered" in source.name:
            for row in read_source(source, ReadContext(observed_at=0)).tables["call_offered"].to_pylist():
                read[row["occurred_at"], row["caller"], row["callee"], row["call_id"]] = row
    envelope = ("event_id", "observed_at", "source", "basis", "call_id")
    for day in simulate(SETTINGS):
        for row in day["call_offered"].to_pylist()[::37]:
            back = read[row["occurred_at"], row["caller"], row["callee"], f"simulated/{row['call_id']}"]
            assert {k: v for k, v in back.items() if k not in envelope} == {
                k: v for k, v in row.items() if k not in envelope
            }


def test_the_answer_sheet_lies_beside_and_the_folder_says_what_it_is(province: tuple[Path, SimulationSummary]) -> None:
    folder, written = province
    assert pq.read_table(folder / "truth" / "truth.parquet").equals(Province(SETTINGS).truth)
    readme = (folder / "README.txt").read_text("utf-8")
    assert "SIMULATED 模拟数据" in readme and command_arguments(SETTINGS) in readme
    assert set(written.planted) == {"fraud", "look_alike", "ordinary", "victim"}


def test_the_same_arguments_give_the_same_files(province: tuple[Path, SimulationSummary], tmp_path: Path) -> None:
    write_simulation(SETTINGS, tmp_path / "again", Quiet())
    for path in sorted(province[0].rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(province[0])).read_bytes()


def test_orderly_records_come_once(tmp_path: Path) -> None:
    written = write_simulation(SETTINGS, tmp_path / "orderly", Quiet(), orderly=True)
    assert written.events["call_offered"] == sum(day["call_offered"].num_rows for day in simulate(SETTINGS))


def test_arguments_name_all_that_makes_the_same_again() -> None:
    settings = Settings(
        9, 2, 4, SETTINGS.start_ms, (1, 3), {"gangs": 2.0}, {"simbox": {"cards_per_cell": 5.0}}, ("simbox",)
    )
    assert command_arguments(settings) == (
        "--subscribers 9 --days 2 --seed 4 --start 2026-03-02 --attackers 1,3 --strength gangs=2 --scenario simbox\n"
        "Limits believed: simbox.cards_per_cell = 5"
    )
