"""Calls in the evidence stand on a line of time, each once, the other party masked; who reads no figures sees none."""

import json
from typing import Any

import pytest
from django.utils import translation
from tests.command.people import World
from tests.command.subjects.factories import NUMBER, finding_row, subject

from fanzha.command.subjects.call_timeline import MOST, Contact, draw_call_timeline, find_contacts
from fanzha.command.subjects.finding_codec import FindingTexts, pack
from fanzha.command.subjects.models import FindingRow
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db
AT_MS, OTHER = 1_772_440_000_000, "+8617000009876"


def call(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "event_id": f"e{number}",
        "occurred_at": AT_MS + number * 60_000,
        "caller": NUMBER,
        "callee": OTHER,
        "talk_ms": 36_000,
        **changes,
    }


def finding(world: World, *events: dict[str, Any], evidence: object = None) -> FindingRow:
    told = json.dumps({"windows": [{"window": "w", "value": 1, "events": events}]} if evidence is None else evidence)
    return finding_row(
        world["carrier"], packed=pack(FindingTexts(("理由",), ("reason",), evidence=told)), trigger=told[:9]
    )


def test_a_call_that_two_findings_name_is_there_once_and_others_calls_are_not(world: World) -> None:
    rows = [finding(world, call(2), call(1)), finding(world, call(1), call(3, caller=OTHER, callee="+8617000005555"))]
    found = find_contacts(NUMBER, rows)
    assert [(one.is_made, one.other, one.talk_ms) for one in found] == [(True, OTHER, 36_000)] * 2
    assert found[0].at < found[1].at


def test_what_was_received_and_texts_are_told_apart(world: World) -> None:
    text = {"event_id": "t", "occurred_at": AT_MS, "sender": OTHER, "recipient": NUMBER}
    found = find_contacts(NUMBER, [finding(world, text, call(1, caller=OTHER, callee=NUMBER, talk_ms=0))])
    assert [one[1:] for one in found] == [(True, False, OTHER, None), (False, False, OTHER, 0)]


@pytest.mark.parametrize("evidence", [[], {"windows": "none"}, {"windows": [{"events": [{"occurred_at": "x"}]}]}, {}])
def test_evidence_of_another_form_has_no_calls(world: World, evidence: object) -> None:
    row = finding(world, evidence=evidence)
    assert find_contacts(NUMBER, [row]) == [] and draw_call_timeline(subject(), [row]) is None


@pytest.mark.parametrize("occurred_at", [10**17, 2**63, 10**30])
def test_a_time_of_which_no_date_can_be_made_is_left_out(world: World, occurred_at: int) -> None:
    row = finding(world, call(1, occurred_at=occurred_at), call(2))
    chart = draw_call_timeline(subject(), [row])
    assert len(find_contacts(NUMBER, [row])) <= 1 and (chart is None or "<circle" in chart.svg)


@pytest.mark.parametrize("talk_ms", [-1, -5_000, 10**18])
def test_an_impossible_talk_time_counts_as_none(world: World, talk_ms: int) -> None:
    row = finding(world, call(1, talk_ms=talk_ms))
    assert [one.talk_ms for one in find_contacts(NUMBER, [row])] == [0]
    assert draw_call_timeline(subject(), [row]) is not None


def test_the_latest_are_kept(world: World) -> None:
    found: list[Contact] = find_contacts(NUMBER, [finding(world, *(call(place) for place in range(MOST + 20)))])
    assert len(found) == MOST and found[-1].at.timestamp() * 1000 == AT_MS + (MOST + 19) * 60_000


@pytest.mark.parametrize(("language", "made"), [("en", "made"), ("zh-hans", "发起")])
def test_marks_and_table_say_the_same_and_mask_the_other_party(world: World, language: str, made: str) -> None:
    with translation.override(language):
        chart = draw_call_timeline(subject(), [finding(world, call(1), call(2, caller=OTHER, callee=NUMBER))])
    assert chart is not None
    assert chart.svg.count("<circle") == len(chart.table.rows) == 2
    assert chart.table.rows[1][2] == made and f"· {made} ·" in chart.svg
    assert OTHER not in (shown := f"{chart.table.rows} {chart.svg}") and shown.count("+86 17•• ••0 9876") == 4


def test_only_who_reads_figures_sees_the_calls(world: World) -> None:
    finding(world, call(1))
    for role, expected in ((Role.ANALYST, True), (Role.CLERK, False)):
        page = world.client("carrier", role).get(f"/subjects/{subject().ref}/")
        assert ("Calls and texts in the findings" in page.content.decode()) is expected
