"""Findings placed one by one, or all at once, in any order and cut anywhere, come to the same campaigns and figures."""

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.command.campaigns.findings import found
from tests.command.people import World
from tests.command.subjects.factories import AT

from fanzha.command.campaigns.campaign_writer import campaign_stats
from fanzha.command.campaigns.clustering import cluster_findings
from fanzha.command.campaigns.models import Campaign, CampaignState, Placement, Tie, TieLink
from fanzha.command.campaigns.ties import MAX_SUBJECTS
from fanzha.command.campaigns.union_find import components
from fanzha.command.collaboration.services import subscribe
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import Notification
from fanzha.command.subjects.ingest.parser import StoredFinding
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

_KITS = 4
Said = tuple[int, int, float]  # subject, site template (or none beyond the last), score

said = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, _KITS), st.sampled_from([0.25, 0.5, 1.0])), min_size=1, max_size=14
)


def findings(world: World, given: Sequence[Said]) -> list[StoredFinding]:
    made = []
    for number, (place_, kit, score) in enumerate(given):
        evidence = {"kit": f"kit-{kit}", "calls": number} if kit < _KITS else {"calls": number}
        made.append(found(world["carrier"], place_, evidence, score=score, event_ids=(f"e{number}",)))
    return made


def campaigns() -> dict[frozenset[int], tuple[Any, ...]]:
    """The figures of each campaign, by who is in it."""
    held: dict[int, set[int]] = {}
    for campaign, subject in Placement.objects.values_list("campaign", "subject"):
        held.setdefault(campaign, set()).add(subject)
    rows = Campaign.objects.in_bulk(held)
    return {
        frozenset(subjects): tuple(campaign_stats(rows[key])._replace(heat=round(rows[key].heat, 6)))
        for key, subjects in held.items()
    }


def placed(batches: Sequence[Sequence[StoredFinding]]) -> dict[frozenset[int], tuple[Any, ...]]:
    """Place batches, look, and forget them again."""
    with transaction.atomic():
        for batch in batches:
            cluster_findings(batch, AT)
        result = campaigns()
        transaction.set_rollback(True)
    return result


@pytest.mark.parametrize("most", [2, 3, 100])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(given_=said, draw=st.randoms(use_true_random=False))
def test_order_and_cuts_change_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, most: int, given_: list[Said], draw: Random
) -> None:
    monkeypatch.setitem(MAX_SUBJECTS, "kit", most)
    all_ = findings(world, given_)
    mixed = all_[:]
    draw.shuffle(mixed)
    batches = []
    while mixed:
        size = draw.randint(1, len(mixed))
        batches.append(mixed[:size])
        mixed = mixed[size:]
    with unscoped("test"):
        at_once, cut = placed([all_]), placed(batches)
        one_by_one = placed([[one] for one in all_])
    assert at_once == cut == one_by_one
    assert set(at_once) == {frozenset(one) for one in together(all_, most)}


def together(all_: Sequence[StoredFinding], most: int) -> list[set[int]]:
    """What the links alone say."""
    links = {(one.subject_pk, _kit(one)) for one in all_ if _kit(one) >= 0}
    many = [tie for _, tie in links]
    return components(links, {one.subject_pk for one in all_}, {tie for tie in many if many.count(tie) > most})


def _kit(one: StoredFinding) -> int:
    kit = one.parsed.facts.kit
    return int(kit.partition("-")[2]) if kit else -1


def test_each_owner_has_campaigns_of_its_own(world: World) -> None:
    with unscoped("test"):
        cluster_findings([found(world[name], 1, {"kit": "k"}) for name in ("carrier", "bank")], AT)
        assert sorted(Campaign.objects.values_list("owner", flat=True)) == sorted(
            (world["carrier"].pk, world["bank"].pk)
        )


def test_who_a_person_put_somewhere_stays_there_and_brings_nobody_along(world: World) -> None:
    owner = world["carrier"]
    with unscoped("test"):
        cluster_findings([found(owner, 1, {"kit": "a"}), found(owner, 2, {"kit": "b"})], AT)
        Placement.objects.filter(subject=found(owner, 1).subject_pk).update(is_held=True)
        cluster_findings([found(owner, 1, {"kit": "b"}, event_ids=("e9",)), found(owner, 3, {"kit": "b"})], AT)
        sizes = sorted(len(one) for one in campaigns())
        assert sizes == [1, 2]
        assert sorted(row.findings for row in Campaign.objects.all()) == [2, 2]


def test_what_was_cleared_comes_back_with_what_is_found_later(world: World) -> None:
    owner = world["carrier"]
    with unscoped("test"):
        cluster_findings([found(owner, 1, {"kit": "a"})], AT)
        Campaign.objects.update(state=CampaignState.CLEARED, cleared_at=AT)
        cluster_findings([found(owner, 2, {"kit": "a"})], AT)  # found before it was cleared
        assert Campaign.objects.get().state == CampaignState.CLEARED
        Campaign.objects.update(cleared_at="2026-01-01T00:00Z")
        cluster_findings([found(owner, 3, {"kit": "a"})], AT)
        row = Campaign.objects.get()
        assert (row.state, row.came_back_at, row.subjects) == (CampaignState.OPEN, AT, 3)


def test_followers_of_an_ordered_campaign_are_told_once_a_day_of_what_joins_it(world: World) -> None:
    owner, analyst = world["carrier"], world.person("carrier", Role.ANALYST)
    with unscoped("test"):
        cluster_findings([found(owner, 1, {"kits": ["script:ab"]})], AT)
        row = Campaign.objects.get()
        subscribe("campaign", row.ref, owner.pk, analyst.pk, AT)
        cluster_findings([found(owner, 2, {"kits": ["script:ab"]})], AT)
        assert not Notification.objects.exists()  # no order yet
        Campaign.objects.update(state=CampaignState.ORDERED, process="P" * 26)
        for place in (3, 4):
            cluster_findings([found(owner, place, {"kits": ["script:ab"]})], AT)
        (told,) = Notification.objects.all()
        assert told.person == analyst and "1 new after the order" in told.text_en and row.ref in told.path
        assert Campaign.objects.get().came_back_at == AT


def test_no_more_is_asked_for_many_findings_than_for_few(world: World) -> None:
    owner = world["carrier"]
    many = [found(owner, number, {"kit": f"k{number % 7}"}) for number in range(60)]

    def asked(batch: list[StoredFinding]) -> int:
        with CaptureQueriesContext(connection) as context:
            cluster_findings(batch, AT)
        return sum(query["sql"].startswith("SELECT") for query in context.captured_queries)

    with unscoped("test"):
        cluster_findings(many[:10], AT)
        assert asked(many[10:20]) == asked(many[20:])
        assert TieLink.objects.count() == 60


@pytest.fixture
def owner(world: World, monkeypatch: pytest.MonkeyPatch) -> Organization:
    monkeypatch.setitem(MAX_SUBJECTS, "trunk", 4)
    return world["carrier"]


def tied(owner: Organization, place_: int, **evidence: Any) -> StoredFinding:
    return found(owner, place_, {"trunk": "T", **evidence}, event_ids=(f"e{place_}",))


def test_a_campaign_falls_apart_into_what_other_ties_hold_together(owner: Organization) -> None:
    with unscoped("test"):
        cluster_findings(
            [tied(owner, 1, kit="a"), tied(owner, 2, kit="a"), tied(owner, 3, kit="b"), tied(owner, 4)], AT
        )
        (first,) = Campaign.objects.all()
        cluster_findings([tied(owner, 5, kit="b"), tied(owner, 6, kit="a")], AT)
        sizes = {row.pk: row.subjects for row in Campaign.objects.all()}
        assert sorted(sizes.values()) == [1, 2, 3] and sizes[first.pk] == 3
        names = {(row.tie_kind, row.tie_value, row.tie_subjects) for row in Campaign.objects.all()}
        assert names == {("kit", "a", 3), ("kit", "b", 2), ("call", "example-004", 1)}
        hub = Tie.objects.get(kind="trunk")
        assert hub.is_hub and hub.campaign is None and hub.subjects == 6
        kits = {tie.value: tie.campaign_id for tie in Tie.objects.filter(kind="kit")}
        assert kits["a"] == first.pk != kits["b"]


def test_who_comes_by_a_hub_alone_stands_alone(owner: Organization) -> None:
    with unscoped("test"):
        cluster_findings([tied(owner, number) for number in range(1, 6)], AT)
        assert Campaign.objects.count() == 5
        cluster_findings([tied(owner, 6)], AT)
        assert Campaign.objects.count() == 6


def test_who_a_person_put_there_stays(owner: Organization) -> None:
    with unscoped("test"):
        cluster_findings([tied(owner, number) for number in range(1, 5)], AT)
        kept = Placement.objects.get(subject=found(owner, 4).subject_pk)
        Placement.objects.filter(pk=kept.pk).update(is_held=True)
        cluster_findings([tied(owner, 5)], AT)
        assert Placement.objects.get(pk=kept.pk).campaign_id == kept.campaign_id
        assert Campaign.objects.get(pk=kept.campaign_id).subjects == 2  # the one held, and the largest part
