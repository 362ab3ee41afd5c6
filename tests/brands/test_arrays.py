"""Answers begin empty: nothing is owned or imitated until the kernel says so."""

from fanzha.brands import _arrays as tables
from fanzha.brands.allowance import GROUP_NAMES


def test_answers_begin_empty() -> None:
    answers = tables.answers(3)
    assert answers.brand.tolist() == answers.owner.tolist() == [-1, -1, -1]
    assert answers.score.sum() == 0


def test_every_group_of_tricks_has_a_name() -> None:
    assert len(GROUP_NAMES) == tables.GROUPS
    assert GROUP_NAMES[tables.WHOLE] == "whole" and GROUP_NAMES[tables.CHINESE] == "chinese"


def test_room_holds_the_longest_host() -> None:
    assert tables.scratch().text.size > 253
