"""What is written into the forms becomes a deed or narrows the queue; nonsense narrows nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World

from fanzha.command.campaigns.forms import DeedForm, NarrowForm, takers
from fanzha.command.campaigns.queue import Narrowed
from fanzha.command.campaigns.transitions import Doing
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_days_say_until_when(world: World) -> None:
    form = DeedForm(world.viewer("carrier", Role.ANALYST), {"doing": "snooze", "days": "3"})
    assert form.is_valid(), form.errors
    deed = form.deed()
    assert deed.doing is Doing.SNOOZE and deed.until is not None
    assert abs(deed.until - timezone.now() - timedelta(days=3)) < timedelta(minutes=1)


def test_only_colleagues_who_decide_take_over(world: World) -> None:
    colleague, clerk = world.person("carrier", Role.REVIEWER), world.person("carrier", Role.CLERK)
    world.person("bank", Role.ANALYST)
    viewer = world.viewer("carrier", Role.ANALYST)
    assert [one.pk for one in takers(viewer)] == [colleague.pk]
    form = DeedForm(viewer, {"doing": "hand_over", "to": clerk.ref})
    assert not form.is_valid() and set(form.errors) == {"to"}


def test_what_cannot_be_read_narrows_nothing(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    assert NarrowForm(viewer, {"show": "x", "kind": "y", "made_up": "z", "owner": "w"}).narrowed() == Narrowed()
    told = {"show": "late", "kind": "romance", "made_up": "yes"}
    assert NarrowForm(viewer, told).narrowed() == Narrowed("late", "romance", True)


def test_supervisors_choose_whose_queue(world: World) -> None:
    form = NarrowForm(world.viewer("administration", Role.ANALYST), {"owner": world["carrier"].ref})
    assert form.narrowed().owner == world["carrier"].ref
    refs = [key for key, _ in form.fields["owner"].choices]  # type: ignore[attr-defined]
    assert world["far_carrier"].ref not in refs
