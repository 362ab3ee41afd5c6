"""Nobody is told the same twice within a while, and what is remembered stays within bounds."""

import pytest

from fanzha.screen import warning_history
from fanzha.screen.warning_history import WarningHistory, warning_key

ONE, OTHER = warning_key("text", "+8617000000900", "a"), warning_key("text", "+8617000000900", "b")


def test_the_same_is_told_again_only_after_a_while() -> None:
    history = WarningHistory()
    assert not history.was_recent(ONE, 1_000, 500)
    history.add(ONE, 1_000)
    assert history.was_recent(ONE, 1_499, 500) and not history.was_recent(ONE, 1_500, 500)
    assert not history.was_recent(OTHER, 1_000, 500)


def test_what_did_not_go_out_is_forgotten() -> None:
    history = WarningHistory()
    history.add(ONE, 0)
    history.forget(ONE)
    history.forget(OTHER)
    assert not history.was_recent(ONE, 1, 500)


def test_the_oldest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warning_history, "MAX_REMEMBERED", 2)
    history = WarningHistory()
    for at, key in enumerate([ONE, OTHER, ONE, "third"]):
        history.add(key, at)
    assert list(history.save()) == [ONE, "third"]


def test_it_goes_on_from_what_was_saved() -> None:
    history, second = WarningHistory(), WarningHistory()
    history.add(ONE, 7)
    second.restore(history.save())
    assert second.save() == {ONE: 7}


def test_a_mark_tells_no_number_and_keeps_channels_numbers_and_words_apart() -> None:
    marks = {warning_key(*parts) for parts in (("a", "1", "x"), ("b", "1", "x"), ("a", "2", "x"), ("a", "1", "y"))}
    assert len(marks) == 4 and not any("17000000900" in key for key in (ONE, *marks))
