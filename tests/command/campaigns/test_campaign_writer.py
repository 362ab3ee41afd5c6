"""Rows of campaigns: begun, merged, named and come back, without touching what people did with them."""

from collections.abc import Iterator

import pytest
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.subjects.factories import AT

from fanzha.command.campaigns.campaign_writer import (
    campaign_stats,
    insert_campaigns,
    merge_rows,
    propose_name,
    update_rows,
)
from fanzha.command.campaigns.models import Campaign, CampaignState, Placement, Tie
from fanzha.command.web.scoping import unscoped


@pytest.fixture(autouse=True)
def everywhere() -> Iterator[None]:
    with unscoped("test"):
        yield


def test_new_campaigns_come_back_in_the_order_given(world: World) -> None:
    figures = [campaign_stats(campaign(world["carrier"], size, first=size * 100)) for size in (3, 1, 2)]
    rows = insert_campaigns(world["carrier"].pk, figures)
    assert [Campaign.objects.get(pk=row.pk).subjects for row in rows] == [3, 1, 2]


def test_what_is_merged_is_kept_in_one_and_leads_there(world: World) -> None:
    owner = world["carrier"]
    kept, other, older = campaign(owner, 2), campaign(owner, 3, first=10), campaign(owner, 1, first=20)
    merge_rows(other, [older])
    other.refresh_from_db()
    merge_rows(kept, [other])
    update_rows([kept])
    kept.refresh_from_db()
    assert {row.merged_into_id for row in Campaign.objects.filter(state=CampaignState.MERGED)} == {kept.pk}
    assert Placement.objects.filter(campaign=kept).count() == 6
    assert Tie.objects.filter(campaign=kept).count() == 3
    assert kept.findings == 5  # what `older` had was written to no row here
    assert (kept.tie_value, kept.tie_subjects) == ("T10", 3)


def test_what_was_cleared_is_open_again_when_an_open_one_is_merged_into_it(world: World) -> None:
    kept = campaign(world["carrier"], state=CampaignState.CLEARED, cleared_at=AT)
    merge_rows(kept, [campaign(world["carrier"], first=10)])
    assert kept.state == CampaignState.OPEN


def test_a_name_gives_way_to_a_tie_that_more_have_and_of_equals_to_the_one_that_says_more() -> None:
    row = Campaign(tie_kind="range", tie_value="r", tie_subjects=3)
    propose_name(row, "script", "s", 2)
    assert row.tie_kind == "range"
    propose_name(row, "trunk", "t", 3)
    assert row.tie_kind == "trunk"
    propose_name(row, "range", "r", 4)
    assert (row.tie_kind, row.tie_subjects) == ("range", 4)
