"""An answer that says no says why, and one that passes something on says to whom."""

from typing import Any

import pytest

from fanzha.dispose import ANSWER_WORDS, Answer, AnswerState, Proof


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        (AnswerState.REFUSED, {"reason": " "}),
        (AnswerState.FAILED, {}),
        (AnswerState.FORWARDED, {}),
        (AnswerState.ACKNOWLEDGED, {"leg": ""}),
        (AnswerState.ACKNOWLEDGED, {"leg": "a\0"}),
        (AnswerState.REFUSED, {"reason": "no\0"}),
        (AnswerState.EXECUTED, {"proof": Proof(kind="system_record", at=1, result="\0")}),
    ],
)
def test_an_answer_that_says_nothing_is_none(state: AnswerState, fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Answer(**{"leg": "a", "state": state, "at": 1, **fields})


def test_every_state_has_a_name_in_both_languages() -> None:
    assert set(ANSWER_WORDS) == set(AnswerState) and all(all(words) for words in ANSWER_WORDS.values())
