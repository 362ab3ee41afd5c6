"""The demo's screen refuses the bank's number from abroad, labels the unproven roamer, lets the hospital through."""

import pytest

from fanzha.run.demo import DemoFailed, check_screened
from fanzha.run.screening import CALLS, Screened, screened


def test_a_real_screen_answers_as_it_should() -> None:
    found = screened()
    assert found is not None
    assert [one.treatment for one in found] == ["refuse", "label", "allow"]
    assert found[1].reasons == "mobile_unproven,from_abroad"
    assert found[2].reasons == "spared"
    assert len(check_screened(found)) == 3


def test_an_answer_that_is_none_of_the_expected_fails_the_demo() -> None:
    with pytest.raises(DemoFailed, match="no answer"):
        check_screened([Screened(CALLS[0], "no answer")])


def test_without_the_extra_nothing_is_shown_and_nothing_fails() -> None:
    assert check_screened(None) == []
