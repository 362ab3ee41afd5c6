"""Campaigns, what is in them, what ties them and what was done with them is read by whom the marking allows."""

import pytest
from django.db import IntegrityError, transaction
from django_scopes.exceptions import ScopeError
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.subjects.factories import AT

from fanzha.base.marking import Marking
from fanzha.command.campaigns.models import Campaign, CampaignAction, Placement, Tie, TieLink
from fanzha.command.web.scoping import scoped_to, unscoped

READERS = {
    Marking.RED: {"carrier"},
    Marking.AMBER: {"carrier", "administration", "ministry"},
    Marking.GREEN: {"carrier", "administration", "ministry", "other_carrier", "bank"},
}


@pytest.mark.parametrize("marking", READERS)
def test_a_campaign_and_all_of_it_is_read_by_whom_its_marking_allows(world: World, marking: Marking) -> None:
    row = campaign(world["carrier"], marking=marking)
    CampaignAction._base_manager.create(campaign=row, together="T" * 26, action="take", revision=1, at=AT)
    for name in ("carrier", "administration", "ministry", "other_carrier", "bank"):
        with scoped_to(world.viewer(name)):
            reads = name in READERS[marking]
            assert Campaign.objects.exists() == reads, name
            assert CampaignAction.objects.exists() == reads, name


def test_what_ties_others_is_not_told(world: World) -> None:
    campaign(world["carrier"], marking=Marking.GREEN)
    with scoped_to(world.viewer("other_carrier")):
        assert not Tie.objects.exists() and not Placement.objects.exists()
    with scoped_to(world.viewer("administration")):
        assert Placement.objects.count() == 3


def test_without_a_viewer_nothing_is_found(world: World) -> None:
    for model in (Campaign, CampaignAction, Placement, Tie):
        with pytest.raises(ScopeError):
            model.objects.count()


def test_a_subject_is_in_one_campaign_and_has_a_tie_once(world: World) -> None:
    row = campaign(world["carrier"], 1)
    with unscoped("test"):
        placed, tie, link = Placement.objects.get(), Tie.objects.get(), TieLink.objects.get()
    for again in (
        Placement(
            campaign=row, owner=row.owner, subject=placed.subject, heat=0, marking="TLP:AMBER", first_at=AT, last_at=AT
        ),
        Tie(owner=row.owner, kind="trunk", value="T", key=tie.key),
        TieLink(tie=tie, subject=link.subject),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save()
