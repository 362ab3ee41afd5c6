"""Opinions of others are read with agreement, ThreatExchange's labels and reactions; the rest is passed over."""

from typing import Any

import pytest

from fanzha.claims.verdict import Level
from fanzha.share.stix import read_opinions

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
    (reaction,) = read_opinions([OPINION | change])
    assert (reaction.level, reaction.confidence, reaction.about) == (level, confidence, (ABOUT,))


@pytest.mark.parametrize(
    "change",
    [
        {"opinion": "neutral"},
        {"opinion": None, "labels": ["reaction:want_more_info"]},
        {"object_refs": None},
        {"modified": "now"},
        {"type": "note"},
    ],
    ids=["neutral", "a question", "about nothing", "no time", "no opinion"],
)
def test_what_says_nothing_is_passed_over(change: dict[str, Any]) -> None:
    assert read_opinions([OPINION | change, "no object", 5]) == []
