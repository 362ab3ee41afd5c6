"""The demo's screen refuses the bank's number from abroad, labels the unproven roamer and allows the hospital."""

import pytest

from fanzha.run.demo import DemoFailed, check_screening
from fanzha.run.demo_screening import CALLS, ScreenAnswer, screen_demo_calls


@pytest.mark.field
def test_a_real_screen_answers_as_it_should() -> None:
    answers = screen_demo_calls()
    assert answers is not None
    assert [answer.treatment for answer in answers] == ["refuse", "label", "allow"]
    assert answers[1].reasons == "mobile_unproven,from_abroad"
    assert answers[2].reasons == "spared"
    assert len(check_screening(answers)) == 3


def test_an_answer_that_is_none_of_the_expected_fails_the_demo() -> None:
    with pytest.raises(DemoFailed, match="no answer"):
        check_screening([ScreenAnswer(CALLS[0], "no answer")])


def test_without_the_extra_nothing_is_shown_and_nothing_fails() -> None:
    assert check_screening(None) == []
