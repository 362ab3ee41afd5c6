"""Findings and decisions of one organisation become columns; victims and other organisations do not."""

import json

import numpy as np
import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.research.research_world import decide, found

from fanzha.claims.verdict import Level
from fanzha.command.research.feature_columns import column_names
from fanzha.command.research.feature_rows import label_arrays, read_features, read_labels
from fanzha.command.subjects.finding_codec import FindingTexts, pack

pytestmark = pytest.mark.django_db
EVIDENCE = {
    "windows": [
        {"window": "count(call_ended by proven_caller, 1h)", "value": 31},
        {"window": "distinct(callee of call_ended by proven_caller, 1h)", "value": 28},
        {"window": "distinct(callee of call_ended by proven_caller, 1d)", "value": 90},
        {"window": "count(message by sender, 1h)", "value": "many"},
    ],
    "amount_yuan": 500,
}


def test_windows_of_the_evidence_are_columns(world: World) -> None:
    found(world, 1, packed=pack(FindingTexts(evidence=json.dumps(EVIDENCE))))
    rows = read_features(world["carrier"].pk, "phone_number", {}, timezone.now(), 30, 100)
    named = dict(zip(column_names(), rows.values[0], strict=True))
    assert [named[name] for name in ("calls", "callees", "callers", "texts", "money_yuan")] == [31, 90, 0, 0, 500]


def test_only_own_findings_on_others_than_victims_count(world: World) -> None:
    own = found(world, 1)
    found(world, 2, owner="other_carrier")
    found(world, 3, role="victim")
    found(world, 4, simulated=False)
    rows = read_features(world["carrier"].pk, "phone_number", {}, timezone.now(), 30, 100)
    assert rows.subjects.tolist() == [own.pk]


def test_the_latest_subjects_are_taken_if_there_are_too_many(world: World) -> None:
    subjects = [found(world, place) for place in range(5)]
    rows = read_features(world["carrier"].pk, "phone_number", {}, timezone.now(), 30, 2)
    assert rows.subjects.tolist() == [subjects[3].pk, subjects[4].pk]


def test_the_latest_decision_is_the_label(world: World) -> None:
    first, second = found(world, 1), found(world, 2)
    decide(world, [first, second], Level.SUSPECTED)
    decide(world, [second], Level.CLEAR)
    labels = read_labels(world["carrier"].pk)
    assert label_arrays(np.array([first.pk, second.pk, 0]), labels).tolist() == [1, 0, -1]
