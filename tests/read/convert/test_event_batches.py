"""One row a call tells the facts that it can tell, and no others."""

import pyarrow as pa

from fanzha.read._arrow import ArrowColumn
from fanzha.read._convert.event_batches import split_call

START = 1_772_323_815_000


def told(**columns: object) -> dict[str, list[dict[str, object]]]:
    """The facts of one call, as rows without what is not known."""
    given: dict[str, ArrowColumn] = {"occurred_at": pa.array([START])}
    types = {"answered": pa.bool_(), "partial": pa.bool_(), "released_by": pa.string()}
    given |= {name: pa.array([value], types.get(name, pa.int64())) for name, value in columns.items()}
    facts = split_call(given, 1)
    rows = {name: pa.table(fact).to_pylist() for name, fact in facts.items()}
    return {name: [{k: v for k, v in row.items() if v is not None} for row in found] for name, found in rows.items()}


def test_a_talk_time_makes_an_answered_call() -> None:
    facts = told(talk_ms=60_000)
    assert len(facts["call_answered"]) == 1
    assert facts["call_ended"][0]["answered"] is True
    assert facts["call_ended"][0]["occurred_at"] == START + 60_000


def test_no_talk_makes_an_unanswered_one() -> None:
    facts = told(talk_ms=0)
    assert facts["call_answered"] == []
    assert facts["call_ended"] == [{"occurred_at": START, "answered": False, "talk_ms": 0}]


def test_an_answer_without_talk_is_an_answer() -> None:
    assert told(talk_ms=0, answered_at=START + 5_000)["call_ended"][0]["answered"] is True


def test_ringing_is_told_by_the_answer_or_by_the_whole_time() -> None:
    assert told(answered_at=START + 5_000, talk_ms=1)["call_answered"][0]["ring_ms"] == 5_000
    assert told(total_ms=65_000, talk_ms=60_000)["call_answered"][0]["ring_ms"] == 5_000
    assert "ring_ms" not in told(talk_ms=60_000)["call_answered"][0]


def test_talk_follows_from_answer_and_end() -> None:
    facts = told(answered_at=START + 5_000, ended_at=START + 65_000)
    assert facts["call_ended"][0]["talk_ms"] == 60_000


def test_a_source_that_says_answered_but_not_how_long_leaves_the_talk_open() -> None:
    facts = told(answered=True)
    assert facts["call_ended"] == [{"occurred_at": START, "answered": True}]


def test_a_call_that_nobody_answers_ends_when_it_has_rung() -> None:
    assert told(answered=False, ring_ms=20_000)["call_ended"][0]["occurred_at"] == START + 20_000


def test_no_fact_stands_before_one_that_it_follows() -> None:
    assert told(answered=True, ring_ms=5_000)["call_ended"][0]["occurred_at"] == START + 5_000
    assert told(answered_at=START + 5_000, ended_at=START + 1_000)["call_ended"][0]["occurred_at"] == START + 5_000


def test_a_source_that_tells_no_end_has_none() -> None:
    assert set(told()) == {"call_offered", "call_answered"}
    assert told()["call_answered"] == []


def test_a_partial_record_without_an_end_tells_no_end() -> None:
    facts = told(answered=True, partial=True, ended_at=None)
    assert len(facts["call_answered"]) == 1 and facts["call_ended"] == []


def test_an_end_before_the_answer_is_no_negative_talk() -> None:
    facts = told(answered_at=START + 5_000, ended_at=START + 1_000)
    assert facts["call_ended"][0]["talk_ms"] == 0


def test_a_cause_alone_tells_an_end_but_not_whether_it_was_answered() -> None:
    facts = told(release_cause=31)
    assert "answered" not in facts["call_ended"][0] and facts["call_ended"][0]["release_cause"] == 31
