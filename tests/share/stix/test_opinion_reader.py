"""Opinions of others are read with agreement, ThreatExchange's labels and reactions; the rest is passed over."""

from typing import Any

import pytest

from fanzha.claims.verdict import Level
from fanzha.share.items import RejectReason
from fanzha.share.stix import read_objects

ABOUT = "indicator--3b1c1d1e-1111-4222-8333-444444444444"
OPINION: dict[str, Any] = {
    "type": "opinion",
    "spec_version": "2.1",
    "id": "opinion--3b1c1d1e-1111-4222-8333-555555555555",
    "created": "2026-11-02T08:00:00Z",
    "modified": "2026-11-02T08:00:00Z",
    "opinion": "strongly-agree",
    "explanation": "seen here, too",
    "object_refs": [ABOUT],
}


@pytest.mark.parametrize(
    ("change", "level", "confidence"),
    [
        ({}, None, 0.8),
        ({"opinion": "agree"}, None, 0.5),
        ({"opinion": "disagree"}, Level.CLEAR, 0.3),
        ({"opinion": "strongly-disagree", "labels": ["precision:low"]}, Level.CLEAR, 0.25),
        ({"labels": ["SUSPICIOUS"]}, Level.WATCH, 0.8),
        ({"opinion": None, "labels": ["reaction:SAW_THIS_TOO"]}, None, 0.5),
    ],
    ids=["strongly agrees", "agrees", "disagrees", "low precision", "status", "reaction"],
)
def test_an_opinion_says_a_level_or_agrees(change: dict[str, Any], level: Level | None, confidence: float) -> None:
    (reaction,) = read_objects([OPINION | change]).reactions
    assert (reaction.level, reaction.confidence, reaction.about) == (level, confidence, (ABOUT,))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"opinion": "neutral"}, RejectReason.NO_OPINION),
        ({"opinion": None, "labels": ["reaction:want_more_info"]}, RejectReason.NO_OPINION),
        ({"object_refs": None}, RejectReason.UNREADABLE),
        ({"modified": "now"}, RejectReason.UNREADABLE),
        ({"object_marking_refs": ["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]}, RejectReason.MARKING),
    ],
    ids=["neutral", "a question", "about nothing", "no time", "red"],
)
def test_what_says_nothing_is_counted_with_its_reason(change: dict[str, Any], reason: RejectReason) -> None:
    read = read_objects([OPINION | change, "no object", 5])
    assert not read.reactions and read.rejected == {reason: 1}


def test_a_revoked_opinion_is_read_as_withdrawn_whatever_it_says() -> None:
    (reaction,) = read_objects([OPINION | {"opinion": "neutral", "revoked": True}]).reactions
    assert reaction.is_withdrawn
