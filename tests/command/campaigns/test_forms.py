"""What is written into the forms becomes a deed or narrows the queue; nonsense narrows nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World

from fanzha.command.campaigns.forms import QueueFilterForm, TransitionForm, possible_assignees
from fanzha.command.campaigns.queue import QueueFilter
from fanzha.command.campaigns.transitions import TransitionKind
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_days_say_until_when(world: World) -> None:
    form = TransitionForm(world.viewer("carrier", Role.ANALYST), {"doing": "snooze", "days": "3"})
    assert form.is_valid(), form.errors
    deed = form.to_transition()
    assert deed.kind is TransitionKind.SNOOZE and deed.until is not None
    assert abs(deed.until - timezone.now() - timedelta(days=3)) < timedelta(minutes=1)


def test_only_colleagues_who_decide_take_over(world: World) -> None:
    colleague, clerk = world.person("carrier", Role.REVIEWER), world.person("carrier", Role.CLERK)
    world.person("bank", Role.ANALYST)
    viewer = world.viewer("carrier", Role.ANALYST)
    assert [one.pk for one in possible_assignees(viewer)] == [colleague.pk]
    form = TransitionForm(viewer, {"doing": "hand_over", "to": clerk.ref})
    assert not form.is_valid() and set(form.errors) == {"to"}


def test_what_cannot_be_read_narrows_nothing(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    assert (
        QueueFilterForm(viewer, {"show": "x", "kind": "y", "made_up": "z", "owner": "w"}).to_filter() == QueueFilter()
    )
    told = {"show": "late", "kind": "romance", "made_up": "yes"}
    assert QueueFilterForm(viewer, told).to_filter() == QueueFilter("late", "romance", True)


def test_supervisors_choose_whose_queue(world: World) -> None:
    form = QueueFilterForm(world.viewer("administration", Role.ANALYST), {"owner": world["carrier"].ref})
    assert form.to_filter().owner == world["carrier"].ref
    refs = [key for key, _ in form.fields["owner"].choices]  # type: ignore[attr-defined]
    assert world["far_carrier"].ref not in refs
