"""A rule waits for windows only where facts that were not seen could make it fire wrongly."""

import pytest

from fanzha.rules import check, format_expression, parse
from fanzha.rules._engine.awaited_windows import awaited_windows

CALLS = "count(call_ended by caller, 1h)"
TALK = "sum(talk_ms of call_ended by caller, 1h)"
CALLEES = "distinct(callee of call_ended by caller, 1h)"
SHARE = "share(answered of call_ended by caller, 1h)"
NESTED = f"count(call_ended by callee where {CALLS} >= 3, 1h)"


def awaited(when: str, unless: str = "", score: str = "0.5") -> set[str]:
    clauses = [f"when {when}", *([f"except {unless}"] if unless else [])]
    text = (
        f"rule r\n  on call_ended\n  {'  '.join(line + chr(10) for line in clauses)}  then find callee score {score}\n"
    )
    (rule,) = check(parse(text)).rules
    return {format_expression(window) for window in awaited_windows(rule)}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (f"{CALLS} >= 30", set()),
        (f"30 < {CALLS}", set()),
        (f"{CALLS} >= 30 and {CALLEES} >= 25 or {TALK} > 3 min", set()),
        (f"not {CALLS} < 3", set()),
        (f"{CALLS} + 2 * {CALLEES} >= 30", set()),
        (f"points(0.4 when {CALLS} >= 30, 0.3 when {CALLEES} >= 9) >= 0.6", set()),
        (f"{CALLS} <= 3", {CALLS}),
        (f"{CALLS} = 3", {CALLS}),
        (f"{CALLS} - {CALLEES} >= 3", {CALLEES}),
        (f"{CALLS} >= 2 * {CALLEES}", {CALLEES}),
        (f"{CALLS} * {CALLEES} >= 3", {CALLS, CALLEES}),
        (f"{CALLS} / {CALLEES} >= 3", {CALLS, CALLEES}),
        (f"-1 * {CALLS} >= -3", {CALLS}),
        (f"points(0.4 when {CALLS} = 0, 0.3 when {CALLEES} >= 9) >= 0.6", {CALLS}),
        (f"points(0.4 when {CALLS} >= 1, 0.3 when {CALLEES} >= 9) < 0.6", {CALLS, CALLEES}),
        (f"{SHARE} >= 50%", {SHARE}),
        ("min(talk_ms of call_ended by caller, 1h) >= 3 s", {"min(talk_ms of call_ended by caller, 1h)"}),
        ("max(talk_ms of call_ended by caller, 1h) >= 3 s", set()),
        ("sum(talk_ms - 3 s of call_ended by caller, 1h) >= 3 s", {"sum(talk_ms - 3 s of call_ended by caller, 1h)"}),
        (f"{NESTED} >= 3", {NESTED}),
    ],
)
def test_windows_of_conditions(when: str, expected: set[str]) -> None:
    assert awaited(when) == expected


def test_an_exception_that_more_facts_would_make_true_is_waited_for() -> None:
    assert awaited("answered", unless=f"{CALLS} >= 30") == {CALLS}
    assert awaited("answered", unless=f"{CALLS} < 30") == set()


def test_a_score_that_fewer_facts_would_raise_is_waited_for() -> None:
    assert awaited("answered", score=f"{CALLS} / 100") == set()
    assert awaited("answered", score=SHARE) == {SHARE}
