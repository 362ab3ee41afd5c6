"""A verdict is explained by its parts, whose they are; calls by hour come from what findings say."""

import json

import pytest
from django.utils import timezone
from django.utils.translation import override
from tests.command.people import World
from tests.command.subjects.made import finding_row, subject

from fanzha.claims.verdict import Level
from fanzha.command.subjects.giving_opinions import Saying, give
from fanzha.command.subjects.packed import Detail, pack
from fanzha.command.subjects.reading import calls_by_hour, reasons_of, shown_to
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import seen_by
from fanzha.command.web.viewer import Viewer

pytestmark = pytest.mark.django_db


def test_a_verdict_names_its_parts_and_whose_they_are(world: World) -> None:
    viewer = world.viewer("administration", Role.ANALYST)
    for name in ("bank", "carrier"):
        give([subject()], Saying(Level.SUSPECTED, score=0.9), world.viewer(name, Role.ANALYST), timezone.now())
    give([subject()], Saying(Level.WATCH, score=0.5), viewer, timezone.now())
    with seen_by(viewer), override("en"):
        own = shown_to(subject(), viewer).verdicts[0]
    assert own.is_own and own.scope == "anywhere"
    assert {(one.source, one.by) for one in own.why} == {
        ("opinion", f"Example {name}") for name in ("bank", "carrier", "administration")
    }


def chart_rows(viewer: Viewer) -> list[object]:
    with seen_by(viewer), override("en"):
        chart = calls_by_hour(subject())
    return [] if chart is None else [chart.title, *(row[1] for row in chart.table.rows)]


def test_calls_of_an_hour_are_the_most_that_a_finding_tells(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    assert chart_rows(viewer) == []
    finding_row(world["carrier"])
    assert chart_rows(viewer) == ["Findings by hour", 1]
    for calls in (31, 40):
        finding_row(world["carrier"], trigger=str(calls), packed=pack(Detail(evidence=json.dumps({"calls": calls}))))
    finding_row(world["carrier"], trigger="odd", packed=pack(Detail(evidence="no JSON")))
    assert chart_rows(viewer) == ["Calls by hour, as findings tell", 40]


def test_others_read_what_the_person_concerned_is_told(world: World) -> None:
    detail = Detail(("31 通",), ("31 calls",), "呼叫异常", "unusual calling", "", (), "{}")
    row = finding_row(world["carrier"], packed=pack(detail))
    with override("en"):
        assert reasons_of(row, world.viewer("carrier", Role.ANALYST)) == ("31 calls",)
        assert reasons_of(row, world.viewer("carrier", Role.EXECUTOR)) == ("unusual calling",)
    with override("zh-hans"):
        assert reasons_of(row, world.viewer("carrier", Role.EXECUTOR)) == ("呼叫异常",)
