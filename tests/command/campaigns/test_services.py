"""People decide on campaigns: once, on record, with what follows for subjects; the second is told who was first."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.campaigns.models import Campaign, CampaignAction, CampaignState
from fanzha.command.campaigns.services import apply_transition
from fanzha.command.campaigns.transitions import CampaignTransition, TransitionKind
from fanzha.command.processes.models import Notification
from fanzha.command.subjects.models import OpinionRow, VerdictRow
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Reason, Refusal

pytestmark = pytest.mark.django_db


def again(row: Campaign) -> Campaign:
    """The campaign as it stands in the database."""
    return Campaign._base_manager.get(pk=row.pk)


def test_who_takes_a_campaign_has_it_and_the_log_says_so(world: World) -> None:
    row, viewer = campaign(world["carrier"]), world.viewer("carrier", Role.ANALYST)
    done = apply_transition({row.ref: 1}, CampaignTransition(TransitionKind.TAKE), viewer)
    assert [one.ref for one in done.done] == [row.ref]
    assert (again(row).assignee_id, again(row).revision) == (viewer.person, 2)
    entry = LogEntry._base_manager.get(about=row.ref)
    assert entry.kind == "campaign" and '"take"' in entry.facts


def test_the_second_is_told_who_was_first(world: World) -> None:
    row = campaign(world["carrier"])
    apply_transition({row.ref: 1}, CampaignTransition(TransitionKind.TAKE), world.viewer("carrier", Role.ANALYST))
    with pytest.raises(Refusal) as refused:
        apply_transition({row.ref: 1}, CampaignTransition(TransitionKind.TAKE), world.viewer("carrier", Role.REVIEWER))
    assert "carrier analyst was first" in refused.value.words.en and "carrier analyst" in refused.value.words.zh


def test_to_confirm_is_to_say_of_each_subject_that_it_is_suspected(world: World) -> None:
    row, viewer = campaign(world["carrier"]), world.viewer("carrier", Role.ANALYST)
    apply_transition({row.ref: None}, CampaignTransition(TransitionKind.CONFIRM), viewer)
    opinions = OpinionRow._base_manager.filter(owner=world["carrier"])
    assert {(one.level, one.fraud_type, one.person_id) for one in opinions} == {
        ("suspected", "fake_loan", viewer.person)
    }
    assert opinions.count() == 3 and again(row).confirmed_at is not None and again(row).assignee_id == viewer.person
    assert VerdictRow._base_manager.filter(owner=world["carrier"], superseded_at=None).count() == 3


def test_to_set_aside_needs_a_reason_and_clears_the_subjects(world: World) -> None:
    row, viewer = campaign(world["carrier"]), world.viewer("carrier", Role.ANALYST)
    with pytest.raises(Refusal) as refused:
        apply_transition({row.ref: None}, CampaignTransition(TransitionKind.CLEAR), viewer)
    assert set(refused.value.fields) == {"note"}
    apply_transition({row.ref: None}, CampaignTransition(TransitionKind.CLEAR, "a courier firm"), viewer)
    assert (again(row).state, again(row).cleared_why) == (CampaignState.CLEARED, "a courier firm")
    assert set(OpinionRow._base_manager.values_list("level", flat=True)) == {"clear"}


def test_to_snooze_says_until_when(world: World) -> None:
    row, viewer, now = campaign(world["carrier"]), world.viewer("carrier", Role.ANALYST), timezone.now()
    for until in (None, now - timedelta(hours=1), now + timedelta(days=40)):
        with pytest.raises(Refusal):
            apply_transition({row.ref: None}, CampaignTransition(TransitionKind.SNOOZE, until=until), viewer)
    apply_transition({row.ref: None}, CampaignTransition(TransitionKind.SNOOZE, until=now + timedelta(days=2)), viewer)
    assert again(row).state == CampaignState.SNOOZED
    with pytest.raises(Refusal, match="snoozed"):
        apply_transition(
            {row.ref: None}, CampaignTransition(TransitionKind.SNOOZE, until=now + timedelta(days=2)), viewer
        )
    apply_transition({row.ref: None}, CampaignTransition(TransitionKind.REOPEN), viewer)
    assert again(row).state == CampaignState.OPEN


def test_who_takes_over_is_told_by_whom_and_why(world: World) -> None:
    row, viewer = campaign(world["carrier"]), world.viewer("carrier", Role.ANALYST)
    to = world.person("carrier", Role.DUTY_OFFICER)
    apply_transition({row.ref: None}, CampaignTransition(TransitionKind.HAND_OVER, "the trunk is yours", to=to), viewer)
    assert (again(row).assignee_id, again(row).handed_over_by_id) == (to.pk, viewer.person)
    told = Notification._base_manager.get()
    assert told.person_id == to.pk and "the trunk is yours" in told.text_en and "the trunk is yours" in told.text_zh


def test_of_many_those_that_cannot_be_are_told_and_the_rest_is_done(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    rows = [campaign(world["carrier"], first=place * 10) for place in range(3)]
    apply_transition({rows[0].ref: None}, CampaignTransition(TransitionKind.CLEAR, "none"), viewer)
    done = apply_transition({row.ref: None for row in rows}, CampaignTransition(TransitionKind.CONFIRM), viewer)
    assert [row.ref for row in done.done] == [rows[1].ref, rows[2].ref]
    assert [row.ref for row, _ in done.refused] == [rows[0].ref]
    assert CampaignAction._base_manager.filter(together=done.together).count() == 2


def test_what_others_have_and_roles_that_do_not_decide_are_refused(world: World) -> None:
    row = campaign(world["carrier"])
    with pytest.raises(Refusal) as refused:
        apply_transition({row.ref: None}, CampaignTransition(TransitionKind.TAKE), world.viewer("centre", Role.ANALYST))
    assert refused.value.reason is Reason.UNKNOWN
    with pytest.raises(Refusal) as refused:
        apply_transition({row.ref: None}, CampaignTransition(TransitionKind.TAKE), world.viewer("carrier", Role.CLERK))
    assert refused.value.reason is Reason.ROLE
