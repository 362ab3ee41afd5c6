"""Each person sees what he may do with an approval now."""

import pytest
from django.utils import timezone
from tests.command.foreign_sharing.foreign_world import approve, enter
from tests.command.people import World

from fanzha.command.foreign_sharing.models import ApprovalState
from fanzha.command.foreign_sharing.presenters import present_approval, present_row, present_state
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_the_second_person_decides_and_the_first_one_waits(world: World) -> None:
    row, now = enter(world), timezone.now()
    first = present_approval(row, world.viewer("centre", Role.LIAISON), now)
    second = present_approval(row, world.viewer("centre", Role.REVIEWER), now)
    assert first.waits_for_another and not first.may_decide and second.may_decide and not second.waits_for_another
    assert first.may_withdraw and not first.may_make_key


def test_who_entered_it_makes_keys_while_it_is_in_force(world: World) -> None:
    row, now = approve(world), timezone.now()
    shown = present_approval(row, world.viewer("centre", Role.LIAISON), now)
    assert shown.may_make_key and not shown.may_decide
    assert not present_approval(row, world.viewer("centre", Role.REVIEWER), now).may_make_key
    assert not present_approval(row, world.viewer("centre", Role.LIAISON), row.valid_until).may_withdraw


def test_every_state_has_a_word_and_a_row_says_what_it_is_about(world: World) -> None:
    assert len({present_state(state).word for state in ApprovalState}) == len(ApprovalState)
    row = present_row(enter(world), timezone.now())
    assert "SG" in row.summary and row.badges[0].word == "waits for a second person"
