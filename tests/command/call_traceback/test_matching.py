"""The call that is asked for is found among calls to the same number, also when its calling number was altered."""

import pytest

from fanzha.command.call_traceback.matching import CallQuestion, canonical_number, match_call
from fanzha.store.call_records import KeptCall

CALLED, CALLING, OTHER = "+8617000000001", "+8617000000002", "+8617000000003"


def record(
    call_id: str, at: int = 0, caller: str = CALLING, trunk: str = "T-1", talk_ms: int | None = 41_000
) -> KeptCall:
    return KeptCall(call_id, at, caller, CALLED, "", "interconnect", trunk, talk_ms)


def question(**more: object) -> CallQuestion:
    return CallQuestion(CALLED, CALLING, 0, 41_000)._replace(**more)  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["17000000002", "0086 170 0000 0002", "+86-17000000002", "8617000000002"])
def test_numbers_are_compared_in_one_form(written: str) -> None:
    match = match_call(question(calling=written), [record("a")], 3_000)
    assert match.matched_by == "number" and not match.caller_changed
    assert canonical_number(written) == CALLING


def test_the_nearest_call_of_the_same_caller_is_taken() -> None:
    match = match_call(question(), [record("late", 9_000, trunk="T-2"), record("near", 500)], 3_000)
    assert match.record is not None and match.record.call_id == "near" and match.candidates == 2


def test_another_caller_is_found_by_time_and_duration() -> None:
    match = match_call(question(), [record("a", 700, OTHER), record("b", 100, OTHER, talk_ms=5_000)], 3_000)
    assert match.record is not None and match.record.call_id == "a"
    assert match.matched_by == "call" and match.caller_changed


def test_a_withheld_caller_is_no_change() -> None:
    assert not match_call(question(calling=""), [record("a")], 3_000).caller_changed
    assert not match_call(question(), [record("a", caller="")], 3_000).caller_changed


def test_calls_of_two_trunks_that_nothing_tells_apart_are_left_to_a_person() -> None:
    match = match_call(question(), [record("a", 100, OTHER), record("b", 900, OTHER, trunk="T-2")], 3_000)
    assert match_call(question(), [record("a", 100, OTHER), record("b", 900, "+8617000000004")], 3_000).record is None
    assert match.record is None and match.candidates == 2
    same = match_call(question(), [record("a", 100), record("b", 900, trunk="T-2")], 3_000)
    assert same.record is None and same.matched_by == "number"


def test_the_id_of_the_call_decides() -> None:
    match = match_call(question(call_id="b"), [record("a"), record("b", 900, trunk="T-2")], 3_000)
    assert match.record is not None and match.record.call_id == "b" and match.matched_by == "call_id"


def test_a_duration_that_only_one_side_knows_excludes_nothing() -> None:
    assert match_call(question(), [record("a", talk_ms=None)], 3_000).record is not None
    assert match_call(question(duration_ms=None), [record("a")], 3_000).record is not None
    assert match_call(question(), [record("a", talk_ms=90_000)], 3_000).record is None


def test_no_call_is_no_match() -> None:
    assert match_call(question(), [], 3_000).candidates == 0


def test_a_strangers_call_is_not_taken_for_it() -> None:
    stranger = record("a", 100, OTHER)
    assert match_call(question(duration_ms=None), [stranger], 3_000) == (None, "call", 1, False)
    assert match_call(question(), [stranger._replace(talk_ms=None)], 3_000).record is None
    assert match_call(question(), [stranger._replace(at=29_000)], 3_000).record is None
    assert match_call(question(), [stranger], 3_000).record == stranger


def test_a_record_with_a_shown_and_a_proven_caller_has_either() -> None:
    both = record("a", 0, OTHER)._replace(proven_caller=CALLING)
    for calling in (OTHER, CALLING):
        match = match_call(question(calling=calling), [both], 3_000)
        assert match.matched_by == "number" and not match.caller_changed
