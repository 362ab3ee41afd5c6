"""Subjects are split off, moved and merged by hand, and stay where a person put them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.command.campaigns.factories import campaign, number
from tests.command.people import World

from fanzha.command.campaigns.models import Campaign, CampaignState, Placement, Tie
from fanzha.command.campaigns.moves import MAX_SUBJECTS, merge_selected, transfer_subjects
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.django_db


def test_what_is_split_off_has_its_own_figures_and_is_held(world: World) -> None:
    row, viewer = campaign(world["carrier"], 5), world.viewer("carrier", Role.ANALYST)
    made = transfer_subjects(row.ref, [number(0).ref, number(1).ref], viewer, revision=1)
    held = Placement._base_manager.filter(campaign=made)
    assert {one.subject_id for one in held} == {number(0).pk, number(1).pk} and all(one.is_held for one in held)
    kept = Campaign._base_manager.get(pk=row.pk)
    assert (kept.subjects, made.subjects, kept.revision) == (3, 2, 2)
    assert (made.tie_kind, made.tie_value, made.owner_id) == ("trunk", "T0", world["carrier"].pk)


def test_one_subject_alone_gives_its_campaign_its_name(world: World) -> None:
    row, viewer = campaign(world["carrier"], 2), world.viewer("carrier", Role.ANALYST)
    assert "17000" not in transfer_subjects(row.ref, [number(0).ref], viewer).title.en


def test_subjects_are_moved_into_another_campaign(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    row, aim = campaign(world["carrier"], 3), campaign(world["carrier"], 2, first=10)
    assert transfer_subjects(row.ref, [number(0).ref], viewer, target=aim.ref).pk == aim.pk
    assert Campaign._base_manager.get(pk=aim.pk).subjects == 3


def test_merged_campaigns_bring_what_ties_them(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    one, other = campaign(world["carrier"]), campaign(world["carrier"], 4, first=10)
    kept = merge_selected(one.ref, [one.ref, other.ref], viewer)
    gone = Campaign._base_manager.get(pk=other.pk)
    assert (gone.state, gone.merged_into_id) == (CampaignState.MERGED, kept.pk)
    assert (kept.subjects, kept.findings) == (7, 7) and Tie._base_manager.filter(campaign=kept).count() == 2


@pytest.mark.parametrize(
    ("picked", "target", "revision"),
    [
        ([], "", None),
        (range(3), "", None),
        (range(20, 22), "", None),
        ([0], "nothing", None),
        ([0], "", 9),
        (range(MAX_SUBJECTS + 1), "", None),
    ],
    ids=["none", "all", "not in it", "no such target", "changed since", "too many"],
)
def test_what_makes_no_sense_is_refused(world: World, picked: object, target: str, revision: int | None) -> None:
    row = campaign(world["carrier"])
    refs = [number(place).ref if place < 30 else "x" for place in picked]  # type: ignore[attr-defined]
    with pytest.raises(Refusal):
        transfer_subjects(row.ref, refs, world.viewer("carrier", Role.ANALYST), target=target, revision=revision)
    assert Campaign._base_manager.count() == 1 and not Placement._base_manager.filter(is_held=True).exists()


def test_a_campaign_is_not_merged_with_itself_or_with_one_of_others(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    one, other = campaign(world["carrier"]), campaign(world["bank"], first=10)
    for refs in ([one.ref], [other.ref]):
        with pytest.raises(Refusal):
            merge_selected(one.ref, refs, viewer)


def test_what_moving_asks_does_not_grow_with_the_campaign(world: World) -> None:
    viewer, counts = world.viewer("carrier", Role.ANALYST), []
    for size, first in ((4, 0), (60, 100)):
        row = campaign(world["carrier"], size, first=first)
        with CaptureQueriesContext(connection) as asked:
            transfer_subjects(row.ref, [number(first).ref, number(first + 1).ref], viewer)
        counts.append(len(asked))
    assert counts[1] <= counts[0], "the first one begins the log, too"
