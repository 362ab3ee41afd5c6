"""Simulate a province, analyse it like an export, and score the findings against the ground truth."""

from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.ingestion import ProgressListener
from fanzha.analyze.pipeline import Options, analyze
from fanzha.analyze.scoreboard import Scoreboard, score
from fanzha.analyze.simulation_files import command_arguments, write_simulation
from fanzha.base.errors import WrongCall
from fanzha.claims.finding import FINDING_SCHEMA
from fanzha.simulate import TRUTH_SCHEMA, Settings

MODES = ("live", "shadow")


class ScoredSimulation(msgspec.Struct, frozen=True):
    """The scoreboards of live and shadow findings, and the run that produced them."""

    simulation: str  # arguments that reproduce it, or the scored files
    detectors: list[str]  # name and version
    events: dict[str, int]
    seconds: float
    boards: dict[str, Scoreboard]


def score_simulation(
    settings: Settings, folder: Path, watcher: ProgressListener, detectors: tuple[str, ...] = ()
) -> ScoredSimulation:
    """Simulate into `folder`, analyse and score; the files are kept."""
    province, out = folder / "province", folder / "results"
    write_simulation(settings, province, watcher)
    summary = analyze(Options((province,), out, detectors=detectors), watcher)
    boards = score_files(out / "findings.parquet", province)
    return ScoredSimulation(command_arguments(settings), summary.detectors, summary.events, summary.seconds, boards)


def score_files(findings: Path, truth: Path) -> dict[str, Scoreboard]:
    """Score findings.parquet against truth.parquet or a folder that holds it. Raises WrongCall."""
    sheet = next(iter(sorted(truth.rglob("truth.parquet"))), None) if truth.is_dir() else truth
    if sheet is None:
        raise WrongCall(f"{truth} holds no truth.parquet", fix="name the folder that `fanzha simulate` wrote")
    answers, claims = _columns(sheet, TRUTH_SCHEMA.names), _columns(findings, FINDING_SCHEMA.names)
    return {mode: score(answers, claims, mode) for mode in MODES}


def _columns(path: Path, names: list[str]) -> pa.Table:
    try:
        table = pq.read_table(path)
    except (OSError, ValueError) as error:
        raise WrongCall(f"{path} is no Parquet file: {error}") from None
    if missing := [name for name in names if name not in table.column_names]:
        raise WrongCall(
            f"{path} lacks {', '.join(missing[:5])}", fix="findings of `fanzha analyze`, truth of `simulate`"
        )
    return table.select(names)
