"""Score findings on a simulation: planted frauds found and how soon, innocents hit, victims warned in time."""

from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.alarm_rate import AlarmExposure, AlarmRate, alarm_rate
from fanzha.analyze.backtest.metrics import Proportion, proportion
from fanzha.analyze.ingestion import ProgressListener
from fanzha.analyze.pipeline import Options, analyze
from fanzha.analyze.simulation_files import command_arguments, write_simulation
from fanzha.base.errors import UsageError
from fanzha.claims.finding import FINDING_SCHEMA, OPTIONAL_COLUMNS
from fanzha.simulate import TRUTH_SCHEMA, Settings

DAY_MS = 86_400_000
CHINA_MS = 8 * 3_600_000
GRACE_MS = DAY_MS  # a finding of a daily tally may follow the last fraudulent event
TEN_THOUSAND = 10_000


class FraudScore(msgspec.Struct, frozen=True):
    """One fraud at one attacker level; an actor is found if any of its numbers, cards, devices, trunks, … is."""

    scenario: str
    level: int
    actors: Proportion  # found of planted
    gangs: Proportion  # gangs with an actor found or a victim named
    first_stop_median_ms: float | None  # first finding minus first fraudulent event, over gangs found
    first_stop_p90_ms: float | None


class InnocentScore(msgspec.Struct, frozen=True):
    """One scenario of innocents; `hits` is the share of subject-days with a finding."""

    scenario: str
    role: str
    subjects: int
    hits: Proportion

    @property
    def per_ten_thousand(self) -> float | None:
        """Hits on 10,000 subject-days."""
        return None if self.hits.value is None else self.hits.value * TEN_THOUSAND


class VictimScore(msgspec.Struct, frozen=True):
    """Victims of one fraud at one level who were named before the harm."""

    scenario: str
    level: int
    in_time: Proportion


class Scoreboard(msgspec.Struct, frozen=True):
    """The scores of the findings of one mode."""

    mode: str
    findings: int
    stopped: list[FraudScore]
    spared: list[InnocentScore]
    warned: list[VictimScore]
    pooled: InnocentScore  # all look-alikes together


def score(truth: pa.Table, findings: pa.Table, mode: str) -> Scoreboard:
    """Score the findings (FINDING_SCHEMA) of a mode against the ground truth (TRUTH_SCHEMA).

    A subject that is a victim or fraud at the moment of a finding does not count as an innocent hit.
    """
    with duckdb.connect(config={"threads": 1}) as database:
        database.register("sheet", truth)
        database.register("claims", findings)
        for statement in _VIEWS:
            database.execute(statement, [mode] if "?" in statement else [])
        spared = [_innocent_score(*row) for row in database.execute(_INNOCENT_QUERY).fetchall()]
        counted = database.execute("SELECT count(*) FROM found").fetchall()
        return Scoreboard(
            mode=mode,
            findings=int(counted[0][0]),
            stopped=[_fraud_score(*row) for row in database.execute(_FRAUD_QUERY).fetchall()],
            spared=spared,
            warned=[
                VictimScore(name, level, proportion(warned, all_))
                for name, level, warned, all_ in _rows(database, _VICTIM_QUERY)
            ],
            pooled=_pooled_look_alikes(spared),
        )


def _rows(database: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return database.execute(query).fetchall()


def _fraud_score(
    name: str,
    level: int,
    found_actors: int,
    actors: int,
    found_gangs: int,
    gangs: int,
    median: float | None,
    p90: float | None,
) -> FraudScore:
    return FraudScore(name, level, proportion(found_actors, actors), proportion(found_gangs, gangs), median, p90)


def _innocent_score(name: str, role: str, subjects: int, hits: int, days: int) -> InnocentScore:
    return InnocentScore(name, role, subjects, proportion(hits, days))


def _pooled_look_alikes(spared: list[InnocentScore]) -> InnocentScore:
    look_alikes = [row for row in spared if row.role == "look_alike"]
    hits = proportion(sum(row.hits.part for row in look_alikes), sum(row.hits.whole for row in look_alikes))
    return InnocentScore("", "look_alike", sum(row.subjects for row in look_alikes), hits)


#: A sender may be a port or a phone number; rules then name it by its field.
_VIEWS = (
    """CREATE MACRO family(kind) AS CASE
        WHEN kind IN ('phone_number', 'short_code', 'caller', 'sender') THEN 'number'
        WHEN kind IN ('website', 'host') THEN 'host' ELSE kind END""",
    "CREATE TABLE found AS SELECT family(subject_kind) AS kind, subject, found_at FROM claims WHERE mode = ?",
    "CREATE TABLE truth AS SELECT *, family(subject_kind) AS kind FROM sheet",
    f"""CREATE TABLE met AS SELECT t.*, f.found_at FROM truth t JOIN found f
        ON f.kind = t.kind AND f.subject = t.subject
        AND f.found_at >= t.from_ms AND f.found_at < t.until_ms + {GRACE_MS}""",
)

_FRAUD_QUERY = """
WITH planted AS (
    SELECT scenario, level, gang, actor, min(from_ms) AS began FROM truth WHERE role = 'fraud' GROUP BY ALL),
caught AS (SELECT DISTINCT scenario, level, gang, actor, 1 AS hit FROM met WHERE role = 'fraud'),
stops AS (
    SELECT scenario, level, gang, min(found_at) AS first_at FROM met WHERE role IN ('fraud', 'victim') GROUP BY ALL),
by_gang AS (
    SELECT scenario, level, gang, count(*) AS actors, count(hit) AS found, any_value(first_at) - min(began) AS took
    FROM planted LEFT JOIN caught USING (scenario, level, gang, actor) LEFT JOIN stops USING (scenario, level, gang)
    GROUP BY ALL)
SELECT scenario, level, sum(found)::BIGINT, sum(actors)::BIGINT, count(took), count(*),
    quantile_cont(took, 0.5), quantile_cont(took, 0.9)
FROM by_gang GROUP BY ALL ORDER BY scenario, level
"""

_INNOCENT_QUERY = f"""
WITH innocent AS (
    SELECT scenario, role, actor, ceil((max(until_ms) - min(from_ms)) / {DAY_MS})::BIGINT AS days
    FROM truth WHERE role IN ('look_alike', 'ordinary') GROUP BY ALL),
guilty AS (SELECT kind, subject, found_at FROM met WHERE role IN ('fraud', 'victim')),
hits AS (
    SELECT scenario, count(DISTINCT (actor, (found_at + {CHINA_MS}) // {DAY_MS})) AS hits
    FROM met ANTI JOIN guilty USING (kind, subject, found_at) WHERE role IN ('look_alike', 'ordinary') GROUP BY ALL)
SELECT scenario, role, count(*), coalesce(any_value(hits), 0), sum(days)::BIGINT
FROM innocent LEFT JOIN hits USING (scenario) GROUP BY scenario, role ORDER BY role, scenario
"""

_VICTIM_QUERY = """
WITH victims AS (SELECT DISTINCT scenario, level, gang, actor, from_ms, until_ms FROM truth WHERE role = 'victim'),
timely AS (
    SELECT DISTINCT scenario, level, gang, actor, from_ms FROM met WHERE role = 'victim' AND found_at <= until_ms)
SELECT scenario, level, count(t.actor), count(*)
FROM victims v LEFT JOIN timely t USING (scenario, level, gang, actor, from_ms)
GROUP BY ALL ORDER BY scenario, level
"""


MODES = ("live", "shadow")


class ScoredSimulation(msgspec.Struct, frozen=True):
    """The scoreboards of live and shadow findings, and the run that produced them.

    An alarm is one subject accused on one day; `false_alarms` are hits on innocents, one a subject and day, by mode.
    """

    simulation: str  # arguments that reproduce it, or the scored files
    detectors: list[str]  # name and version
    events: dict[str, int]
    seconds: float
    boards: dict[str, Scoreboard]
    exposure: AlarmExposure | None = None  # lines and days of the records
    alarms: dict[str, AlarmRate] = {}  # by maturity: of the guilty and of innocents
    warnings: dict[str, AlarmRate] = {}
    false_alarms: dict[str, AlarmRate] = {}


def score_simulation(
    settings: Settings, folder: Path, watcher: ProgressListener, detectors: tuple[str, ...] = ()
) -> ScoredSimulation:
    """Simulate into `folder`, analyse and score; the files are kept."""
    province, out = folder / "province", folder / "results"
    write_simulation(settings, province, watcher)
    summary = analyze(Options((province,), out, detectors=detectors), watcher)
    boards = score_files(out / "findings.parquet", province)
    return ScoredSimulation(
        command_arguments(settings),
        summary.detectors,
        summary.events,
        summary.seconds,
        boards,
        summary.exposure,
        summary.alarms_by_maturity,
        summary.warnings_by_maturity,
        {mode: false_alarm_rate(board, summary.exposure) for mode, board in boards.items()},
    )


def false_alarm_rate(board: Scoreboard, exposure: AlarmExposure | None) -> AlarmRate:
    """Return the hits on innocents, look-alikes and others, per million lines a day."""
    return alarm_rate(sum(row.hits.part for row in board.spared), exposure)


def score_files(findings: Path, truth: Path) -> dict[str, Scoreboard]:
    """Score findings.parquet against truth.parquet or a folder that holds it. Raise UsageError."""
    sheet = next(iter(sorted(truth.rglob("truth.parquet"))), None) if truth.is_dir() else truth
    if sheet is None:
        raise UsageError(f"{truth} holds no truth.parquet", fix="name the folder that `fanzha simulate` wrote")
    wanted = [name for name in FINDING_SCHEMA.names if name not in OPTIONAL_COLUMNS]
    answers, claims = _columns(sheet, TRUTH_SCHEMA.names), _columns(findings, wanted)
    return {mode: score(answers, claims, mode) for mode in MODES}


def _columns(path: Path, names: list[str]) -> pa.Table:
    try:
        table = pq.read_table(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is no Parquet file: {error}") from None
    if missing := [name for name in names if name not in table.column_names]:
        raise UsageError(
            f"{path} lacks {', '.join(missing[:5])}", fix="findings of `fanzha analyze`, truth of `simulate`"
        )
    return table.select(names)
