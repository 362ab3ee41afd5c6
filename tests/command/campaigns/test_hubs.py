"""What too many have in common holds nobody together any more; the largest part keeps the campaign and its history."""

from typing import Any

import pytest
from tests.command.campaigns.findings import found
from tests.command.people import World
from tests.command.subjects.made import AT

from fanzha.command.campaigns.models import Campaign, Placement, Tie
from fanzha.command.campaigns.placing import place
from fanzha.command.campaigns.ties import MOST
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.ingest.parser import Found
from fanzha.command.web.scoping import everything


@pytest.fixture
def owner(world: World, monkeypatch: pytest.MonkeyPatch) -> Organization:
    monkeypatch.setitem(MOST, "trunk", 4)
    return world["carrier"]


def tied(owner: Organization, place_: int, **evidence: Any) -> Found:
    return found(owner, place_, {"trunk": "T", **evidence}, event_ids=(f"e{place_}",))


def test_a_campaign_falls_apart_into_what_other_ties_hold_together(owner: Organization) -> None:
    with everything("test"):
        place([tied(owner, 1, kit="a"), tied(owner, 2, kit="a"), tied(owner, 3, kit="b"), tied(owner, 4)], AT)
        (first,) = Campaign.objects.all()
        place([tied(owner, 5, kit="b"), tied(owner, 6, kit="a")], AT)
        sizes = {row.pk: row.subjects for row in Campaign.objects.all()}
        assert sorted(sizes.values()) == [1, 2, 3] and sizes[first.pk] == 3
        names = {(row.tie_kind, row.tie_value, row.tie_subjects) for row in Campaign.objects.all()}
        assert names == {("kit", "a", 3), ("kit", "b", 2), ("call", "example-004", 1)}
        hub = Tie.objects.get(kind="trunk")
        assert hub.is_hub and hub.campaign is None and hub.subjects == 6
        kits = {tie.value: tie.campaign_id for tie in Tie.objects.filter(kind="kit")}
        assert kits["a"] == first.pk != kits["b"]


def test_who_comes_by_a_hub_alone_stands_alone(owner: Organization) -> None:
    with everything("test"):
        place([tied(owner, number) for number in range(1, 6)], AT)
        assert Campaign.objects.count() == 5
        place([tied(owner, 6)], AT)
        assert Campaign.objects.count() == 6


def test_who_a_person_put_there_stays(owner: Organization) -> None:
    with everything("test"):
        place([tied(owner, number) for number in range(1, 5)], AT)
        kept = Placement.objects.get(subject=found(owner, 4).subject)
        Placement.objects.filter(pk=kept.pk).update(is_held=True)
        place([tied(owner, 5)], AT)
        assert Placement.objects.get(pk=kept.pk).campaign_id == kept.campaign_id
        assert Campaign.objects.get(pk=kept.campaign_id).subjects == 2  # the one held, and the largest part
