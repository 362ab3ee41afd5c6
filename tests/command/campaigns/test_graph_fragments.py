"""A piece of the graph is one hop of what the viewer may read, capped; of others only counts are told."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.command.campaigns.factories import campaign, number
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.base.marking import Marking
from fanzha.claims.finding import SubjectRole
from fanzha.command.campaigns.graph_fragments import (
    SUBJECTS_OF_TIE,
    GraphFragment,
    expand_campaign,
    expand_subject,
    expand_tie,
    tie_ident,
)
from fanzha.command.campaigns.models import Tie
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.finding_codec import FindingTexts, pack
from fanzha.command.subjects.models import FindingRow, Subject
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def about(world: World, row: Subject, name: str = "carrier", role: Role = Role.ANALYST) -> GraphFragment:
    viewer = world.viewer(name, role)
    with scoped_to(viewer):
        return expand_subject(row, viewer)


def calls(caller: Subject, callee: Subject, many: int, ident: str = "c") -> bytes:
    """Return the packed evidence of so many calls, one a minute."""
    event = {"caller": caller.value, "callee": callee.value, "talk_ms": 9_000}
    events = [{**event, "event_id": f"{ident}{n}", "occurred_at": to_ms(AT) + n * 60_000} for n in range(many)]
    return pack(FindingTexts(evidence=json.dumps({"windows": [{"window": "w", "events": events}]})))


def called(owner: Organization, caller: Subject, callee: Subject, many: int) -> None:
    finding_row(owner, caller, detector="bursts", packed=calls(caller, callee, many))


def test_a_subject_brings_its_ties_and_who_shares_them(world: World) -> None:
    campaign(world["carrier"], 3)
    piece = about(world, number(0))
    assert {node.subject.pk for node in piece.subjects} == {number(place).pk for place in range(3)}
    (tie,) = piece.ties
    assert (tie.kind, tie.value, tie.subjects) == ("trunk", "T0", 3)
    assert {edge.subject_pk for edge in piece.tie_edges} == {number(place).pk for place in range(3)}
    assert {edge.tie for edge in piece.tie_edges} == {tie.ident} and piece.more == 0


def test_an_ident_tells_nothing_of_the_value() -> None:
    assert tie_ident("device", "490154203237518") != digest("device", "490154203237518", "")[:20]
    assert tie_ident("device", "1") == tie_ident("device", "1") != tie_ident("kit", "1")


def test_a_tie_brings_its_subjects_by_and_by(world: World) -> None:
    campaign(world["carrier"], SUBJECTS_OF_TIE + 5)
    tie, viewer = Tie._base_manager.get(), world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        first = expand_tie([tie.pk], viewer)
        rest = expand_tie([tie.pk], viewer, first.next)
    assert (len(first.subjects), len(rest.subjects), rest.next) == (SUBJECTS_OF_TIE, 5, 0)
    assert not {node.subject.pk for node in first.subjects} & {node.subject.pk for node in rest.subjects}


def test_a_tie_lists_no_victims(world: World) -> None:
    campaign(world["carrier"], 3)
    FindingRow._base_manager.filter(subject=number(1)).update(role=SubjectRole.VICTIM)
    viewer = world.viewer("carrier", Role.INSPECTOR)
    with scoped_to(viewer):
        piece = expand_tie([Tie._base_manager.get().pk], viewer)
    shown = {number(0).pk, number(2).pk}
    assert {node.subject.pk for node in piece.subjects} == {edge.subject_pk for edge in piece.tie_edges} == shown


def test_a_campaign_brings_its_subjects_with_role_and_times(world: World) -> None:
    row = campaign(world["carrier"], 2)
    finding_row(world["carrier"], number(1), found_at=AT + timedelta(hours=2), role=SubjectRole.CONDUIT)
    finding_row(world["carrier"], number(0), role=SubjectRole.VICTIM)
    FindingRow._base_manager.filter(subject=number(1), found_at=AT).update(role=SubjectRole.VICTIM)
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        piece = expand_campaign(row, viewer)
    figures = {node.subject.pk: node.figures for node in piece.subjects}
    assert figures[number(0).pk].role is SubjectRole.SUSPECT  # also a victim, which its page tells
    assert (figures[number(1).pk].role, figures[number(1).pk].findings) == (SubjectRole.CONDUIT, 2)
    assert figures[number(1).pk].last_at == AT + timedelta(hours=2)


def test_of_equal_ties_of_others_only_counts_are_told(world: World) -> None:
    campaign(world["carrier"], 2)
    theirs = campaign(world["other_carrier"], 4, first=50)
    Tie._base_manager.filter(campaign=theirs).update(key=digest("trunk", 0), value="their own words")
    piece = about(world, number(0))
    (tie,) = piece.ties
    assert (tie.other_organizations, tie.other_subjects) == (1, 4)
    assert len(piece.subjects) == 2 and "their own words" not in repr(piece)


def test_ties_of_others_cannot_be_expanded(world: World) -> None:
    campaign(world["carrier"], 3)
    tie = Tie._base_manager.get()
    for name, seen in (("carrier", 3), ("other_carrier", 0), ("administration", 3)):
        viewer = world.viewer(name, Role.ANALYST)
        with scoped_to(viewer):
            assert len(expand_tie([tie.pk], viewer).subjects) == seen, name


def test_what_is_for_named_readers_is_not_in_a_supervisors_graph(world: World) -> None:
    campaign(world["carrier"], 3, marking=Marking.RED)
    viewer = world.viewer("administration", Role.ANALYST)
    with scoped_to(viewer):
        piece = expand_tie([Tie._base_manager.get().pk], viewer)
    assert not piece.subjects and not piece.ties


def test_calls_lead_to_subjects_and_others_are_counted(world: World) -> None:
    carrier = world["carrier"]
    campaign(carrier, 1)
    finding_row(carrier, number(9), role=SubjectRole.VICTIM)
    called(carrier, number(0), number(9), 3)
    finding_row(world["other_carrier"], number(77))
    finding_row(carrier, number(0), detector="more", packed=calls(number(0), number(77), 1, "d"))
    piece = about(world, number(0))
    (edge,) = piece.contact_edges
    assert (edge.source, edge.target, edge.count) == (number(0).ref, number(9).ref, 3)
    assert edge.last_at - edge.first_at == timedelta(minutes=2)
    assert piece.unknown_contacts == 1 and number(77).pk not in {node.subject.pk for node in piece.subjects}


def test_who_reads_no_reasons_sees_no_calls(world: World) -> None:
    campaign(world["carrier"], 1)
    finding_row(world["carrier"], number(9))
    called(world["carrier"], number(0), number(9), 3)
    assert about(world, number(0), role=Role.CLERK).contact_edges == []
    assert len(about(world, number(0)).contact_edges) == 1


def test_a_piece_costs_the_same_whatever_the_tie_has(world: World) -> None:
    campaign(world["carrier"], 3)
    campaign(world["carrier"], 60, first=100)
    counts = []
    about(world, number(0))  # the person who looks is made
    for row in (number(0), number(120)):
        with CaptureQueriesContext(connection) as held:
            about(world, row)
        counts.append(len(held))
    assert counts[0] == counts[1] <= 12


def test_a_victim_stands_beside_her_caller_for_those_alone_who_reach_victims(world: World) -> None:
    carrier = world["carrier"]
    campaign(carrier, 2)
    FindingRow._base_manager.filter(subject=number(1)).update(role=SubjectRole.VICTIM)
    finding_row(carrier, number(9), role=SubjectRole.VICTIM)
    called(carrier, number(0), number(9), 3)
    piece = about(world, number(0))
    assert {node.subject.pk for node in piece.subjects} == {number(place).pk for place in (0, 1, 9)}
    assert len(piece.contact_edges) == 1 and piece.unknown_contacts == 0
    hidden = about(world, number(0), role=Role.INSPECTOR)
    assert [node.subject.pk for node in hidden.subjects] == [number(0).pk]
    assert hidden.contact_edges == [] and hidden.unknown_contacts == 1
    assert {edge.subject_pk for edge in hidden.tie_edges} == {number(0).pk}
