"""What windows take is told where it is wrong: texts of `last`, values of `stddev`, spans."""

import pytest
from tests.rules.rule_texts import codes, text


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ('prefix(last(callee of call_ended by caller, 1h), 3) = "170"', "R416"),
        ('last(callee of call_ended by caller, 1h) in ("1", "2")', "R416"),
        ("last(callee of call_ended by caller, 1h) in known_list", "R416"),
        ('(last(callee of call_ended by caller, 1h) else "1") = callee', "R416"),
        ("distinct(last(callee of call_ended by caller, 1h) of call_ended by caller, 1h) > 1", "R416"),
        ("last(callee of call_ended by caller, 2 days) = callee", "R504"),
        ("last(answered of call_ended by caller, 1h)", "R408"),
        ("last(call_ended by caller, 1h) = callee", "R219"),
        ("stddev(talk_ms / 2 of call_ended by caller, 1h) < 3 s", "R417"),
        ("stddev(mean(talk_ms of call_ended by caller, 1h) of call_ended by caller, 1h) < 3 s", "R417"),
        ("stddev(callee of call_ended by caller, 1h) < 3", "R408"),
    ],
)
def test_a_wrong_window_is_told(condition: str, code: str) -> None:
    assert codes(text(condition)) == [code]


@pytest.mark.parametrize(
    "condition",
    [
        "last(callee of call_ended by caller, 1h) = callee",
        "callee != last((callee else trunk) of call_ended by caller, 1h before)",
        "last(callee of call_ended by caller, 1h) is not known",
        "talk_ms < 2 * last(talk_ms of call_ended by caller, 1h)",
        "last(callee of call_ended by caller, 1h) = last(callee of call_ended by trunk, 1h)",
        "stddev(talk_ms of call_ended by caller, 7 days) / mean(talk_ms of call_ended by caller, 7 days) < 10%",
        "stddev(2 * release_cause - 1 of call_ended by caller, 1h) < 3",
    ],
)
def test_what_windows_take_is_right(condition: str) -> None:
    assert codes(text(condition)) == []


def test_new_windows_remain_names() -> None:
    assert codes(text("last and stddev", lets="  let last = answered\n  let stddev = answered\n")) == []
