"""Hits are right or wrong by the answer sheet, within its periods, and every share has its interval."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.analyze.backtest.ground_truth import GROUND_TRUTH_SCHEMA
from fanzha.analyze.backtest.hits import Hit
from fanzha.analyze.backtest.metrics import VersionMetrics, assign_roles, compute_metrics, proportion
from fanzha.claims.allowlist import Trigger
from fanzha.detect.rules.firings import FiringSubject


def hit(subject: str, moment: int = 5, version: int = 0, kind: str = "phone_number") -> Hit:
    return Hit(version, FiringSubject(kind, subject), moment, 0.5, f"e{moment}", Trigger(), None, False, ())


def answers(*rows: dict[str, object]) -> pa.Table:
    plain = {"kind": "", "actor": None, "scenario": "", "since": None, "until": None}
    whole = [{**plain, **row} for row in rows]
    return pa.Table.from_pylist(
        [{**row, "actor": row["actor"] or row["subject"]} for row in whole], schema=GROUND_TRUTH_SCHEMA
    )


def judged(hits: list[Hit], sheet: pa.Table, versions: int = 1) -> list[VersionMetrics]:
    return compute_metrics(hits, assign_roles(hits, sheet), sheet, versions, 0, 100)


SHEET = answers(
    {"subject": "f1", "role": "fraud", "scenario": "burst"},
    {"subject": "f2", "role": "fraud", "scenario": "burst"},
    {"subject": "v", "role": "victim", "scenario": "at risk"},
    {"subject": "l", "role": "look_alike", "scenario": "couriers"},
    {"subject": "i", "role": "innocent"},
)


def test_subjects_are_counted_by_what_they_are() -> None:
    (one,) = judged([hit("f1"), hit("f1", 6), hit("v"), hit("l"), hit("stranger")], SHEET)
    assert one.roles == {"fraud": 1, "victim": 1, "look_alike": 1, "innocent": 0, "unlabelled": 1}
    assert (one.precision.part, one.precision.whole) == (2, 3)
    assert (one.recall.part, one.recall.whole) == (2, 3)


def test_recall_stands_by_scenario_and_look_alikes_hit_too() -> None:
    (one,) = judged([hit("f1"), hit("l")], SHEET)
    metrics = {(each.scenario, each.role): (each.hit.part, each.hit.whole) for each in one.scenarios}
    assert metrics == {("burst", "fraud"): (1, 2), ("at risk", "victim"): (0, 1), ("couriers", "look_alike"): (1, 1)}


def test_a_label_holds_in_its_period_only() -> None:
    sheet = answers({"subject": "f", "role": "fraud", "since": 10, "until": 20})
    assert assign_roles([hit("f", moment) for moment in (9, 10, 20, 21)], sheet) == [
        "unlabelled",
        "fraud",
        "fraud",
        "unlabelled",
    ]


def test_who_was_not_at_it_during_the_history_is_not_missed() -> None:
    sheet = answers(
        {"subject": "before", "role": "fraud", "since": -20, "until": -10},
        {"subject": "after", "role": "fraud", "since": 200, "until": 300},
        {"subject": "within", "role": "fraud", "since": 10, "until": 20},
    )
    assert judged([], sheet)[0].recall.whole == 1


def test_a_kind_that_is_told_must_be_the_same() -> None:
    sheet = answers({"subject": "7", "role": "fraud", "kind": "sim_card"})
    assert assign_roles([hit("7"), hit("7", kind="sim_card")], sheet) == ["unlabelled", "fraud"]


def test_finding_any_subject_of_an_actor_finds_the_actor() -> None:
    sheet = answers(
        {"subject": "number", "role": "fraud", "actor": "gang"},
        {"subject": "trunk", "role": "fraud", "actor": "gang"},
    )
    (one,) = judged([hit("trunk")], sheet)
    assert (one.recall.part, one.recall.whole) == (1, 1)


def test_of_several_labels_at_once_the_gravest_holds() -> None:
    sheet = answers({"subject": "x", "role": "innocent"}, {"subject": "x", "role": "fraud", "since": 5})
    assert assign_roles([hit("x", 4), hit("x", 5)], sheet) == ["innocent", "fraud"]


def test_versions_are_judged_apart() -> None:
    one, other = judged([hit("f1"), hit("l", version=1)], SHEET, versions=2)
    assert (one.precision.value, other.precision.value) == (1.0, 0.0)


def test_without_hits_precision_is_unknown_and_recall_nothing() -> None:
    (one,) = judged([], SHEET)
    assert one.precision.value is None and one.recall.value == 0.0


def test_the_interval_is_wilsons() -> None:
    one = proportion(9, 10)
    assert one.low == pytest.approx(0.5958, abs=1e-4)
    assert one.high == pytest.approx(0.9821, abs=1e-4)


@given(st.integers(1, 10_000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_a_share_lies_in_its_interval_which_lies_between_nothing_and_all(counts: tuple[int, int]) -> None:
    one = proportion(*counts)
    assert one.value is not None and one.low is not None and one.high is not None
    assert 0 <= one.low <= one.value + 1e-12 and one.value - 1e-12 <= one.high <= 1
