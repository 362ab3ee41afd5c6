"""Of evidence what adds up is read, whatever else the detector tells; what is no object is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.command.subjects.evidence_facts import EvidenceFacts, parse_evidence

CALLS, PEOPLE = "count(call_ended by caller, 1h)", "distinct(callee of call_ended by caller, 1h)"


def facts(**evidence: Any) -> EvidenceFacts:
    return parse_evidence(json.dumps(evidence))


def test_of_windows_the_largest_count_of_calls_stands() -> None:
    windows = [{"window": CALLS, "value": 31}, {"window": CALLS, "value": 44}, {"window": PEOPLE, "value": 999}]
    assert facts(windows=windows, calls=40).call_count == 44
    assert facts(calls=50, windows=windows).call_count == 50


@pytest.mark.parametrize("calls", [-3, "many", None, 1e12, True, [1]])
def test_what_is_no_count_counts_nothing(calls: Any) -> None:
    assert facts(calls=calls).call_count in (0, 1)
    assert facts(windows=[{"window": CALLS, "value": None}]).call_count == 0


@pytest.mark.parametrize(("amount", "fen"), [(12.345, 1_234), (0, 0), (-5, 0), ("100", 0), (1e15, 0)])
def test_money_is_in_fen(amount: Any, fen: int) -> None:
    assert facts(amount_yuan=amount).money_fen == fen


@pytest.mark.parametrize("name", ["url", "unread"])
def test_what_is_nested_too_deep_to_be_read_is_refused(name: str) -> None:
    with pytest.raises(Malformed, match="evidence is no JSON"):
        parse_evidence(f'{{"{name}": {"[" * 100_000}{"]" * 100_000}}}')


def test_fields_that_mean_something_else_there_are_left_alone() -> None:
    assert facts(windows="none", trunk="T") == EvidenceFacts()


@pytest.mark.parametrize("evidence", ["[1]", "7", '"text"', "{", "", "null"])
def test_what_is_no_object_is_refused(evidence: str) -> None:
    with pytest.raises(Malformed, match="evidence is no JSON"):
        parse_evidence(evidence)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from([*EvidenceFacts.__struct_fields__, "x"]), json_values))
def test_whatever_an_object_says_is_read(evidence: dict[str, Any]) -> None:
    found = facts(**evidence)
    assert found.call_count >= 0 and found.money_fen >= 0
