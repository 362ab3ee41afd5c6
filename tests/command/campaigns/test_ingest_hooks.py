"""Figures follow the findings that stand, and whom nothing is left of leaves its campaign."""

from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.command.campaigns.factories import campaign
from tests.command.campaigns.findings import incoming
from tests.command.people import World
from tests.command.subjects.factories import AT
from tests.findings import finding

from fanzha.base.clock import to_ms
from fanzha.command.campaigns.campaign_writer import campaign_stats
from fanzha.command.campaigns.ingest_hooks import recount_subjects
from fanzha.command.campaigns.models import Campaign, CampaignState, Placement
from fanzha.command.subjects.ingest.loader import load_batch
from fanzha.command.subjects.ingest.sources import FindingBatch
from fanzha.command.subjects.models import Delivery, FindingRow
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db
call = partial(
    finding,
    subject_kind="call",
    evidence='{"trunk": "T", "calls": 31}',
    found_at=to_ms(AT) - 1_000,
    valid_until=to_ms(AT) + 86_400_000,
)


@pytest.fixture(autouse=True)
def taken(world: World) -> None:
    """Two calls in one campaign, one of them told of twice."""
    delivery = Delivery._base_manager.create(name="d", begins="b", owner=world["carrier"], began_at=AT, changed_at=AT)
    found = [call(subject="c1"), call(subject="c1", event_ids=("e2",), score=0.9), call(subject="c2")]
    load_batch(delivery, FindingBatch([incoming(one) for one in found], [], 3, 3), AT)


def withdrawn(world: World, **which: object) -> None:
    with unscoped("test"):
        rows = FindingRow.objects.filter(**which)
        subjects = set(rows.values_list("subject", flat=True))
        rows.update(withdrawn_at=AT)
        recount_subjects(world["carrier"].pk, subjects, AT)


def test_counting_again_what_stands_changes_nothing(world: World) -> None:
    before = campaign_stats(Campaign._base_manager.get())
    withdrawn(world, score=2.0)
    with unscoped("test"):
        recount_subjects(world["carrier"].pk, list(Placement.objects.values_list("subject", flat=True)), AT)
    after = campaign_stats(Campaign._base_manager.get())
    assert after == before._replace(heat=after.heat) and after.heat == pytest.approx(before.heat)


def test_a_withdrawn_finding_counts_no_more(world: World) -> None:
    withdrawn(world, score=0.9)
    row = Campaign._base_manager.get()
    assert (row.findings, row.subjects, row.top_score) == (2, 2, 0.4)


def test_whom_nothing_is_left_of_leaves_and_an_empty_campaign_is_cleared(world: World) -> None:
    withdrawn(world, subject__value="c2")
    assert (Campaign._base_manager.get().subjects, Placement._base_manager.count()) == (1, 1)
    withdrawn(world, subject__value="c1")
    row = Campaign._base_manager.get()
    assert (row.findings, row.state, row.cleared_at) == (0, CampaignState.CLEARED, AT)


def test_what_a_later_version_replaces_is_not_counted_beside_it(world: World) -> None:
    with unscoped("test"):
        delivery = Delivery.objects.get()
        later = call(subject="c1", event_ids=("e2",), score=0.5, version="2")
        load_batch(delivery, FindingBatch([incoming(later)], [], 4, 4), AT)
    row = Campaign._base_manager.get()
    assert (row.findings, row.top_score) == (3, 0.5)


def test_what_it_asks_does_not_grow_with_subjects_and_campaigns(world: World) -> None:
    counts = []
    for rows in ([campaign(world["bank"], 2)], [campaign(world["bank"], 20, first=100 * one) for one in (1, 2, 3)]):
        subjects = Placement._base_manager.filter(campaign__in=rows).values_list("subject", flat=True)
        keys = list(subjects)
        with CaptureQueriesContext(connection) as asked:
            recount_subjects(world["bank"].pk, keys, AT)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8
