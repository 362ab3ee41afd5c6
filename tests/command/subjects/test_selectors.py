"""A verdict is explained by its parts, whose they are; calls by hour come from what findings say."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from tests.command.campaigns.factories import number
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.command.subjects.finding_codec import FindingTexts, pack
from fanzha.command.subjects.models import PoliceCase
from fanzha.command.subjects.opinions import OpinionDraft, give_opinions
from fanzha.command.subjects.selectors import (
    draw_calls_by_hour,
    latest_subjects,
    load_subject_profile,
    summarize_subjects,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.command.web.viewer import Viewer

pytestmark = pytest.mark.django_db


def test_a_verdict_names_its_parts_and_whose_they_are(world: World) -> None:
    viewer = world.viewer("administration", Role.ANALYST)
    for name in ("bank", "carrier"):
        give_opinions(
            [subject()], OpinionDraft(Level.SUSPECTED, score=0.9), world.viewer(name, Role.ANALYST), timezone.now()
        )
    give_opinions([subject()], OpinionDraft(Level.WATCH, score=0.5), viewer, timezone.now())
    with scoped_to(viewer), override("en"):
        own = load_subject_profile(subject(), viewer).verdicts[0]
    assert own.is_own and own.scope == "anywhere"
    assert {(one.source, one.by) for one in own.why} == {
        ("opinion", f"Example {name}") for name in ("bank", "carrier", "administration")
    }


def chart_rows(viewer: Viewer) -> list[object]:
    with scoped_to(viewer), override("en"):
        chart = draw_calls_by_hour(subject())
    return [] if chart is None else [chart.title, *(row[1] for row in chart.table.rows)]


def test_calls_of_an_hour_are_the_most_that_a_finding_tells(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    assert chart_rows(viewer) == []
    finding_row(world["carrier"])
    assert chart_rows(viewer) == ["Findings by hour", 1]
    for calls in (31, 40):
        finding_row(
            world["carrier"], trigger=str(calls), packed=pack(FindingTexts(evidence=json.dumps({"calls": calls})))
        )
    finding_row(world["carrier"], trigger="odd", packed=pack(FindingTexts(evidence="no JSON")))
    assert chart_rows(viewer) == ["Calls by hour, from findings", 40]


pytestmark = pytest.mark.django_db


def test_verdict_case_and_figures_are_those_that_may_be_read(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    for place in range(12):
        finding_row(world["carrier"], number(place), score=0.7)
    finding_row(world["centre"], number(0), marking=Marking.GREEN, score=0.8)
    finding_row(world["bank"], number(0), score=0.9)
    give_opinions([number(0)], OpinionDraft(Level.SUSPECTED, score=1.0), viewer, timezone.now())
    PoliceCase._base_manager.create(
        subject=number(0), owner=world["police"], marking=Marking.GREEN, reference="A1", status="filed", at=AT
    )
    counts = []
    for many in (1, 12):
        with scoped_to(viewer), CaptureQueriesContext(connection) as held:
            known = summarize_subjects([number(place) for place in range(many)], viewer)
        counts.append(len(held) - many)  # the subjects themselves
    assert counts[0] == counts[1] == 4
    first, second = known[0], known[1]
    assert (first.findings, first.top_score) == (2, 0.8)
    assert first.verdict and first.verdict.owner_id == world["carrier"].pk
    assert first.case and first.case.reference == "A1"
    assert (second.findings, second.verdict, second.case) == (1, None, None)


pytestmark = pytest.mark.django_db


def test_pages_go_on_by_moment(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    for place in range(7):
        finding_row(world["carrier"], number(place), found_at=AT + timedelta(minutes=place // 2))
    seen: list[str] = []
    cursor = ""
    with scoped_to(viewer):
        for _ in range(4):
            page = latest_subjects(viewer, cursor, 2)
            seen, cursor = [*seen, *(row.value[-1] for row in page.rows)], page.next
        with pytest.raises(ValueError, match="nonsense"):
            latest_subjects(viewer, "nonsense_1")
    assert seen[0] == "6" and sorted(seen) == list("0123456") and cursor == ""
