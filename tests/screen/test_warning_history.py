"""Nobody is told the same twice within a while, and what is remembered stays within bounds."""

import pytest

from fanzha.screen import warning_history
from fanzha.screen.warning_history import Warned, mark

ONE, OTHER = mark("text", "+8617000000900", "a"), mark("text", "+8617000000900", "b")


def test_the_same_is_told_again_only_after_a_while() -> None:
    made = Warned()
    assert not made.lately(ONE, 1_000, 500)
    made.add(ONE, 1_000)
    assert made.lately(ONE, 1_499, 500) and not made.lately(ONE, 1_500, 500)
    assert not made.lately(OTHER, 1_000, 500)


def test_what_did_not_go_out_is_forgotten() -> None:
    made = Warned()
    made.add(ONE, 0)
    made.forget(ONE)
    made.forget(OTHER)
    assert not made.lately(ONE, 1, 500)


def test_the_oldest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warning_history, "MOST_REMEMBERED", 2)
    made = Warned()
    for at, one in enumerate([ONE, OTHER, ONE, "third"]):
        made.add(one, at)
    assert list(made.save()) == [ONE, "third"]


def test_it_goes_on_from_what_was_saved() -> None:
    made, other = Warned(), Warned()
    made.add(ONE, 7)
    other.restore(made.save())
    assert other.save() == {ONE: 7}


def test_a_mark_tells_no_number_and_keeps_channels_numbers_and_words_apart() -> None:
    marks = {mark(*parts) for parts in (("a", "1", "x"), ("b", "1", "x"), ("a", "2", "x"), ("a", "1", "y"))}
    assert len(marks) == 4 and not any("17000000900" in one for one in (ONE, *marks))
