"""What is found, how soon, and who is hit: counted on an answer sheet and findings small enough to count by hand."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.analyze.test_simulation_files import Quiet
from tests.findings import finding

from fanzha.analyze.scoreboard import (
    FraudScore,
    InnocentScore,
    Scoreboard,
    ScoredSimulation,
    score,
    score_files,
    score_simulation,
)
from fanzha.base.clock import moment_ms
from fanzha.base.errors import UsageError
from fanzha.claims import Mode
from fanzha.claims.finding import to_table
from fanzha.simulate import TRUTH_SCHEMA, Settings

DAY_MS = 86_400_000
START = 1_772_380_800_000  # midnight in Beijing


def row(kind: str, subject: str, role: str, scenario: str, **more: object) -> dict[str, object]:
    plain = {"actor": subject, "level": 0 if role in ("fraud", "victim") else None, "gang": scenario}
    span = {"from_ms": START, "until_ms": START + 2 * DAY_MS}
    return {"subject_kind": kind, "subject": subject, "role": role, "scenario": scenario} | plain | span | more


SHEET = [
    row("phone_number", "+1", "fraud", "box", gang="a"),
    row("sim_card", "460", "fraud", "box", gang="a", actor="+1"),
    row("phone_number", "+2", "fraud", "box", gang="a"),
    row("phone_number", "+3", "fraud", "box", gang="b"),
    row("trunk", "T", "fraud", "ring", level=2),
    row("short_code", "1069", "fraud", "sender"),
    row("phone_number", "+5", "look_alike", "couriers"),
    row("phone_number", "+6", "look_alike", "couriers"),
    row("phone_number", "+8", "ordinary", "life"),
    row("phone_number", "+6", "victim", "talk", from_ms=START + 10, until_ms=START + 500),
    row("phone_number", "+9", "victim", "talk", from_ms=START + 10, until_ms=START + 500),
]


def board(*scores: tuple[str, str, int], mode: str = "live", sheet: list[dict[str, object]] = SHEET) -> Scoreboard:
    claims = [
        finding(subject_kind=kind, subject=subject, found_at=START + after, mode=Mode.LIVE)
        for kind, subject, after in scores
    ]
    return score(pa.Table.from_pylist(sheet, schema=TRUTH_SCHEMA), to_table(claims), mode)


def stopped(result: Scoreboard, scenario: str) -> FraudScore:
    return next(score_row for score_row in result.stopped if score_row.scenario == scenario)


def spared(result: Scoreboard, scenario: str) -> InnocentScore:
    return next(score_row for score_row in result.spared if score_row.scenario == scenario)


def test_an_actor_is_found_once_by_number_or_card() -> None:
    result = stopped(board(("sim_card", "460", 50), ("phone_number", "+1", 90)), "box")
    assert (result.actors.part, result.actors.whole) == (1, 3)
    assert (result.gangs.part, result.gangs.whole) == (1, 2)
    assert result.first_stop_median_ms == result.first_stop_p90_ms == 50


def test_time_to_first_stop_is_that_of_the_gang_by_whoever_is_named_first() -> None:
    result = stopped(board(("phone_number", "+2", 70), ("phone_number", "+1", 90), ("phone_number", "+3", 10)), "box")
    assert result.first_stop_median_ms == 40
    assert result.first_stop_p90_ms == pytest.approx(64)


def test_what_is_not_found_has_no_time_and_an_interval_from_zero() -> None:
    result = stopped(board(), "ring")
    assert (result.level, result.actors.part, result.first_stop_median_ms) == (2, 0, None)
    assert result.actors.low == 0 and result.actors.high is not None and result.actors.high > 0.5


@pytest.mark.parametrize(("after", "scores"), [(-1, 0), (0, 1), (3 * DAY_MS - 1, 1), (3 * DAY_MS, 0)])
def test_a_finding_counts_while_the_fraud_is_at_it_and_a_day_after(after: int, scores: int) -> None:
    assert stopped(board(("trunk", "T", after)), "ring").actors.part == scores


def test_a_sender_may_be_named_as_number_or_short_code_but_a_trunk_is_no_number() -> None:
    assert stopped(board(("phone_number", "1069", 5)), "sender").actors.part == 1
    assert stopped(board(("sender", "1069", 5)), "sender").actors.part == 1
    assert stopped(board(("phone_number", "T", 5)), "ring").actors.part == 0


def test_hits_on_the_innocent_count_once_a_day() -> None:
    scores = [("phone_number", "+5", after) for after in (5, 6, DAY_MS, DAY_MS + 1)]
    result = board(*scores, ("phone_number", "+8", 7))
    couriers = spared(result, "couriers")
    assert (couriers.subjects, couriers.hits.part, couriers.hits.whole) == (2, 2, 4)
    assert couriers.per_ten_thousand == 5_000
    assert spared(result, "life").hits.part == 1
    assert (result.pooled.hits.part, result.pooled.hits.whole) == (2, 4)  # look-alikes alone


def test_who_is_a_victim_at_that_moment_is_warned_and_not_hit() -> None:
    result = board(("phone_number", "+6", 100), ("phone_number", "+9", 600))
    assert spared(result, "couriers").hits.part == 0
    (talk,) = result.warned
    assert (talk.in_time.part, talk.in_time.whole) == (1, 2)


def test_a_gang_is_stopped_when_its_victim_is_named_but_its_trunk_is_not_found() -> None:
    sheet = [
        row("trunk", "V", "fraud", "talk"),
        row("phone_number", "+9", "victim", "talk", from_ms=START + 10, until_ms=START + 500),
    ]
    result = stopped(board(("phone_number", "+9", 40), sheet=sheet), "talk")
    assert (result.actors.part, result.gangs.part, result.first_stop_median_ms) == (0, 1, 40)


def test_live_and_shadow_findings_are_counted_apart() -> None:
    live, shadow = board(("trunk", "T", 5)), board(("trunk", "T", 5), mode="shadow")
    assert (live.findings, shadow.findings) == (1, 0)
    assert (stopped(live, "ring").actors.part, stopped(shadow, "ring").actors.part) == (1, 0)


def test_nothing_planted_and_nothing_found_is_an_empty_board() -> None:
    result = board(sheet=[])
    assert (len(result.stopped), len(result.spared), len(result.warned)) == (0, 0, 0)
    assert result.pooled.per_ten_thousand is None


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
    assert sum(score_row.actors.part for board in boards for score_row in board.stopped) == 1
    assert [score_row.hits.part for board in boards for score_row in board.spared] == [0, 0]
    assert scored.events["call_offered"] > 100


def test_files_are_scored_alike(run: tuple[Path, ScoredSimulation]) -> None:
    folder, scored = run
    assert score_files(folder / "results" / "findings.parquet", folder / "province") == scored.boards
    sheet = folder / "province" / "truth" / "truth.parquet"
    assert score_files(folder / "results" / "findings.parquet", sheet) == scored.boards


def test_files_that_are_none_are_a_usage_error(run: tuple[Path, ScoredSimulation], tmp_path: Path) -> None:
    findings = run[0] / "results" / "findings.parquet"
    with pytest.raises(UsageError, match="no truth"):
        score_files(findings, tmp_path)
    pq.write_table(pa.table({"subject": ["x"]}), tmp_path / "truth.parquet")
    with pytest.raises(UsageError, match="lacks"):
        score_files(findings, tmp_path)
    (tmp_path / "truth.parquet").write_text("no")
    with pytest.raises(UsageError, match="Parquet"):
        score_files(findings, tmp_path)
