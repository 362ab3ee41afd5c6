"""What one press did is undone by one press, as long as nothing else was done since."""

import pytest
from tests.command.campaigns.factories import campaign, number
from tests.command.people import World

from fanzha.command.campaigns.models import Campaign, CampaignAction, CampaignState, Placement, Tie
from fanzha.command.campaigns.moves import merge_selected, transfer_subjects
from fanzha.command.campaigns.services import apply_transition
from fanzha.command.campaigns.transitions import CampaignTransition, TransitionKind
from fanzha.command.campaigns.undo import undo_transition
from fanzha.command.subjects.models import OpinionRow, VerdictRow
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.django_db


def state(row: Campaign) -> tuple[object, ...]:
    """What undo must put back."""
    now = Campaign._base_manager.get(pk=row.pk)
    return now.state, now.assignee_id, now.confirmed_at, now.subjects, now.findings, now.merged_into_id


def last(row: Campaign) -> str:
    """The ref of the last press on a campaign."""
    return CampaignAction._base_manager.filter(campaign=row).order_by("-pk")[0].together


def test_opinions_go_and_what_was_said_before_stands_again(world: World) -> None:
    row, viewer = campaign(world["carrier"]), world.viewer("carrier", Role.ANALYST)
    before = state(row)
    first = apply_transition({row.ref: None}, CampaignTransition(TransitionKind.CONFIRM), viewer)
    second = apply_transition({row.ref: None}, CampaignTransition(TransitionKind.CLEAR, "no"), viewer)
    assert set(OpinionRow._base_manager.filter(OpinionRow.standing()).values_list("level", flat=True)) == {"clear"}
    undo_transition(second.together, viewer)
    standing = OpinionRow._base_manager.filter(OpinionRow.standing())
    assert set(standing.values_list("level", flat=True)) == {"suspected"} and standing.count() == 3
    undo_first = last(row)
    with pytest.raises(Refusal):  # the undoing itself came since
        undo_transition(first.together, viewer)
    assert CampaignAction._base_manager.get(together=undo_first).action == "undo"
    assert before[0] == state(row)[0]


def test_many_are_undone_together_but_for_those_that_changed_since(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    rows = [campaign(world["carrier"], first=place * 10) for place in range(3)]
    done = apply_transition({row.ref: None for row in rows}, CampaignTransition(TransitionKind.CLEAR, "no"), viewer)
    apply_transition({rows[0].ref: None}, CampaignTransition(TransitionKind.REOPEN), viewer)
    undone = undo_transition(done.together, viewer)
    assert [row.pk for row in undone.done] == [rows[1].pk, rows[2].pk]
    assert [row.pk for row, _ in undone.refused] == [rows[0].pk]
    assert {Campaign._base_manager.get(pk=row.pk).state for row in rows} == {CampaignState.OPEN}
    assert OpinionRow._base_manager.filter(OpinionRow.standing()).count() == 3  # of the one that changed
    assert VerdictRow._base_manager.filter(superseded_at=None, level="clear").count() == 3


def test_subjects_go_back_where_they_were(world: World) -> None:
    row, viewer = campaign(world["carrier"], 4), world.viewer("carrier", Role.ANALYST)
    before = state(row)
    made = transfer_subjects(row.ref, [number(1).ref, number(2).ref], viewer)
    assert state(row)[3] == 2
    undo_transition(last(row), viewer)
    assert state(row) == before and not Placement._base_manager.filter(is_held=True).exists()
    empty = Campaign._base_manager.get(pk=made.pk)
    assert (empty.state, empty.merged_into_id) == (CampaignState.MERGED, row.pk)


def test_campaigns_that_were_merged_are_two_again(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    one, other = campaign(world["carrier"]), campaign(world["carrier"], first=10)
    before = state(one), state(other)
    merge_selected(one.ref, [other.ref], viewer)
    undo_transition(last(one), viewer)
    assert (state(one), state(other)) == before
    assert Tie._base_manager.filter(campaign=other).count() == 1
    assert Placement._base_manager.filter(campaign=other).count() == 3


def test_others_cannot_undo(world: World) -> None:
    row = campaign(world["carrier"])
    done = apply_transition(
        {row.ref: None}, CampaignTransition(TransitionKind.TAKE), world.viewer("carrier", Role.ANALYST)
    )
    with pytest.raises(Refusal):
        undo_transition(done.together, world.viewer("other_carrier", Role.ANALYST))
    undo_transition(done.together, world.viewer("carrier", Role.REVIEWER))
    with pytest.raises(Refusal):
        undo_transition(done.together, world.viewer("carrier", Role.REVIEWER))
