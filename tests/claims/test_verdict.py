"""Scopes cover what lies in them, and sources' own names of services become the few that snapshots know."""

import pytest

from fanzha.claims.verdict import CASE_WORDS, CASES, LEVEL_WORDS, LEVELS, Scope, scope


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        (Scope(), Scope("incoming", "voice", "voip"), True),
        (Scope(service="voice"), Scope("outgoing", "voice"), True),
        (Scope(service="voice"), Scope(service="text"), False),
        (Scope(service="voice"), Scope(), False),
    ],
)
def test_a_scope_covers_what_lies_in_it(wide: Scope, narrow: Scope, covers: bool) -> None:
    assert wide.covers(narrow) is covers
    assert narrow.covers(narrow)


def test_channels_of_texts_are_one_service_and_unknown_ones_are_no_other() -> None:
    assert {scope(service=name).service for name in ("sms", "mms", "im", "text")} == {"text"}
    assert scope("sideways", "telex", "by pigeon") == Scope("", "other", "")
    assert Scope("", "voice", "").width == 2


def test_every_level_and_status_has_its_words() -> None:
    assert list(LEVEL_WORDS) == list(LEVELS) and list(CASE_WORDS) == list(CASES)
    assert all(words.zh and words.en for words in (*LEVEL_WORDS.values(), *CASE_WORDS.values()))
