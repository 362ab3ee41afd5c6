"""Scopes cover what lies in them, and sources' own names of services become the few that snapshots know."""

import pytest

from fanzha.claims.verdict import (
    CASE_WORDS,
    CASES,
    DIRECTIONS,
    INGRESSES,
    LEVEL_WORDS,
    LEVELS,
    SCOPE_WORDS,
    SERVICES,
    VerdictScope,
    verdict_scope,
)


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        (VerdictScope(), VerdictScope("incoming", "voice", "voip"), True),
        (VerdictScope(service="voice"), VerdictScope("outgoing", "voice"), True),
        (VerdictScope(service="voice"), VerdictScope(service="text"), False),
        (VerdictScope(service="voice"), VerdictScope(), False),
    ],
)
def test_a_scope_covers_what_lies_in_it(wide: VerdictScope, narrow: VerdictScope, covers: bool) -> None:
    assert wide.covers(narrow) is covers
    assert narrow.covers(narrow)


def test_channels_of_texts_are_one_service_and_unknown_ones_are_no_other() -> None:
    assert {verdict_scope(service=name).service for name in ("sms", "mms", "im", "text")} == {"text"}
    assert verdict_scope("sideways", "telex", "by pigeon") == VerdictScope("", "other", "")
    assert VerdictScope("", "voice", "").width == 2


def test_every_level_and_status_has_its_words() -> None:
    assert list(LEVEL_WORDS) == list(LEVELS) and list(CASE_WORDS) == list(CASES)
    assert {*SCOPE_WORDS, ""} == {*DIRECTIONS, *SERVICES, *INGRESSES}
    assert all(words.zh and words.en for words in (*LEVEL_WORDS.values(), *CASE_WORDS.values()))


def test_scopes_are_told_in_both_languages() -> None:
    assert VerdictScope().words == ("不限", "anywhere")
    assert VerdictScope("outgoing", "voice").words == ("呼出、语音", "outgoing, voice")
