"""The graph shows two hops of what one may read, few of many, at one price; of others it counts and shows nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from tests.command.campaigns.factories import campaign, number
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.ids import digest
from fanzha.base.marking import Marking
from fanzha.command.campaigns.models import Campaign, Placement, Tie, TieLink
from fanzha.command.campaigns.subject_links import MAX_SUBJECTS, build_graph
from fanzha.command.subjects.graph import SubjectGraph
from fanzha.command.subjects.models import Subject
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def tie(row: Campaign, kind: str, value: str, *places: int, hub: bool = False) -> Tie:
    """One more thing that numbers of a campaign have in common."""
    made: Tie = Tie._base_manager.create(
        owner=row.owner,
        kind=kind,
        value=value,
        key=digest(kind, value),
        subjects=len(places),
        is_hub=hub,
        campaign=None if hub else row,
    )
    for place in places:
        TieLink.objects.create(tie=made, subject=number(place))
    return made


def graph(world: World, about: Subject, name: str = "carrier") -> SubjectGraph:
    viewer = world.viewer(name, Role.ANALYST)
    with scoped_to(viewer), override("en"):
        return build_graph(about, viewer)


def test_subjects_are_found_two_hops_far(world: World) -> None:
    row = campaign(world["carrier"], 2)
    campaign(world["carrier"], 3, first=10)
    tie(row, "device", "490154203237518", 1, 10)
    shown = graph(world, number(0))
    hops = {node.subject.value[-3:]: node.hop for node in shown.nodes}
    assert hops == {"000": 0, "001": 1, "010": 2}
    assert [edge.words.split()[0] for edge in shown.edges] == ["trunk", "device"]


def test_a_hub_is_named_and_not_followed(world: World) -> None:
    row = campaign(world["carrier"], 1)
    campaign(world["carrier"], 5, first=10)
    tie(row, "domain", "shop.example", 0, 10, 11, 12, hub=True)
    shown = graph(world, number(0))
    assert len(shown.nodes) == 1
    assert [(one.words, one.is_hub) for one in shown.common if one.is_hub] == [("domain shop.example", True)]


def test_of_others_only_counts_are_told(world: World) -> None:
    campaign(world["carrier"], 2)
    theirs = campaign(world["other_carrier"], 0, first=50)
    Tie._base_manager.filter(campaign=theirs).update(key=digest("trunk", 0), subjects=7, value="their own words")
    finding_row(world["other_carrier"], number(60))
    TieLink.objects.create(tie=Tie._base_manager.get(campaign=theirs), subject=number(60))
    shown = graph(world, number(0))
    (common,) = shown.common
    assert (common.other_organizations, common.other_subjects) == (1, 7)
    assert {node.subject.pk for node in shown.nodes} == {number(0).pk, number(1).pk}
    assert "their own words" not in repr(shown)


def test_who_supervises_reads_the_graphs_below_unless_they_are_for_named_readers(world: World) -> None:
    campaign(world["carrier"], 3)
    campaign(world["carrier"], 3, first=10, marking=Marking.RED)
    assert len(graph(world, number(0), "administration").nodes) == 3
    assert graph(world, number(10), "administration").common == []


def test_of_thousands_a_few_are_shown_in_as_many_queries(world: World) -> None:
    campaign(world["carrier"], 3)
    large = campaign(world["carrier"], 60, first=100)
    for n in range(12):
        tie(large, "contact", f"account-{n}", *range(100 + n, 150))
    counts = []
    for about in (number(0), number(120)):
        with CaptureQueriesContext(connection) as held:
            shown = graph(world, about)
        counts.append(len(held))
    assert len(shown.nodes) <= 1 + sum(MAX_SUBJECTS) and shown.more > 0
    assert counts[1] - counts[0] <= 1  # what is asked only where there is a second hop


def test_a_subject_by_itself_has_no_graph(world: World) -> None:
    finding_row(world["carrier"])
    shown = graph(world, subject())
    assert (len(shown.nodes), shown.edges, shown.common, shown.more) == (1, [], [], 0)


def test_placements_of_others_lead_nowhere(world: World) -> None:
    row = campaign(world["carrier"], 2)
    Placement._base_manager.filter(campaign=row).update(owner=world["bank"])
    assert graph(world, number(0), "other_carrier").common == []
