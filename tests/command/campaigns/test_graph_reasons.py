"""An edge says which findings or calls are behind it, how many, first and last."""

import json
from datetime import timedelta

import pytest
from django.utils.translation import override
from tests.command.campaigns.factories import campaign, number
from tests.command.campaigns.test_graph_fragments import called
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row

from fanzha.base.ids import digest
from fanzha.command.campaigns.graph_reasons import EdgeReasons, explain_contact, explain_tie
from fanzha.command.campaigns.models import Tie, TieLink
from fanzha.command.subjects.finding_codec import FindingTexts, pack
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db
TRUNK = pack(FindingTexts(sentence_en="Called 21 strangers", evidence=json.dumps({"trunk": "SBC-7"})))


def explain(world: World, tie: Tie, name: str = "carrier") -> EdgeReasons | None:
    viewer = world.viewer(name, Role.ANALYST)
    with scoped_to(viewer), override("en"):
        return explain_tie(number(0), [tie.pk], viewer)


def test_a_tie_names_the_findings_that_made_it(world: World) -> None:
    campaign(world["carrier"], 2)
    tie = Tie._base_manager.get()
    Tie._base_manager.update(value="SBC-7", key=digest("trunk", "SBC-7", ""))
    for hours in (1, 5):
        finding_row(world["carrier"], number(0), packed=TRUNK, found_at=AT + timedelta(hours=hours))
    reasons = explain(world, tie)
    assert reasons is not None
    assert (reasons.count, reasons.first_at, reasons.last_at) == (
        "2 findings",
        AT + timedelta(hours=1),
        AT + timedelta(hours=5),
    )
    assert reasons.items[0].sentence == "Called 21 strangers" and reasons.title.endswith("trunk SBC-7")


def test_a_tie_without_findings_says_so(world: World) -> None:
    campaign(world["carrier"], 2)
    reasons = explain(world, Tie._base_manager.get())
    assert reasons is not None and not reasons.items and "withdrawn" in reasons.note


def test_a_person_may_be_the_reason(world: World) -> None:
    campaign(world["carrier"], 2)
    Tie._base_manager.update(kind="hand")
    reasons = explain(world, Tie._base_manager.get())
    assert reasons is not None and reasons.note.startswith("Grouped with the others by a person")


def test_edges_of_others_are_not_explained(world: World) -> None:
    campaign(world["carrier"], 2)
    tie = Tie._base_manager.get()
    assert explain(world, tie, "other_carrier") is None
    TieLink.objects.all().delete()
    assert explain(world, tie) is None


def test_calls_between_two_are_counted_once(world: World) -> None:
    carrier = world["carrier"]
    campaign(carrier, 1)
    called(carrier, number(0), number(9), 3)
    finding_row(carrier, number(9), packed=TRUNK)
    for role, seen in ((Role.ANALYST, "3 calls"), (Role.CLERK, None)):
        viewer = world.viewer("carrier", role)
        with scoped_to(viewer), override("en"):
            reasons = explain_contact(number(0), number(9), viewer)
        assert (reasons.count if reasons else None) == seen
