"""Watches are put on the roster by who keeps it, of people who belong there, and end."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.organizations.acting import doer, on_record
from tests.command.people import World

from fanzha.command.organizations.actor import AdministrationRefused
from fanzha.command.organizations.models import Duty, Person
from fanzha.command.organizations.watches import clear_duty, set_duty
from fanzha.command.web.roles import Role

NOW = timezone.now()
HOUR = timedelta(hours=1)


def people(world: World) -> tuple[Person, Person]:
    return world.person("carrier", Role.DUTY_OFFICER), world.person("carrier", Role.ANALYST)


def test_a_watch_counts_from_when_it_begins(world: World) -> None:
    officer, deputy = people(world)
    made = set_duty(doer(world, "carrier"), world["carrier"], officer, deputy, NOW - HOUR, NOW + HOUR)
    assert Duty.at(world["carrier"].pk, NOW) == made
    assert on_record("duty_set")[0]["officer"] == officer.ref


def test_a_duty_officer_keeps_the_roster_too(world: World) -> None:
    officer, deputy = people(world)
    made = set_duty(doer(world, "carrier", Role.DUTY_OFFICER), world["carrier"], officer, deputy, NOW, NOW + HOUR)
    assert Duty.at(world["carrier"].pk, NOW) == made


def test_a_running_watch_ends_now_and_a_coming_one_is_taken_off(world: World) -> None:
    me, (officer, deputy) = doer(world, "carrier"), people(world)
    clear_duty(me, set_duty(me, world["carrier"], officer, deputy, NOW - HOUR, NOW + HOUR))
    clear_duty(me, set_duty(me, world["carrier"], officer, deputy, NOW + HOUR, NOW + 2 * HOUR))
    assert Duty.at(world["carrier"].pk, timezone.now()) is None
    assert Duty.objects.count() == 1 and len(on_record("duty_cleared")) == 2


def test_what_cannot_be_is_refused(world: World) -> None:
    me, (officer, deputy) = doer(world, "carrier"), people(world)
    with pytest.raises(AdministrationRefused, match="must end after"):
        set_duty(me, world["carrier"], officer, deputy, NOW + HOUR, NOW)
    with pytest.raises(AdministrationRefused, match="in the past"):
        set_duty(me, world["carrier"], officer, deputy, NOW - 2 * HOUR, NOW - HOUR)
    with pytest.raises(AdministrationRefused, match="different person"):
        set_duty(me, world["carrier"], officer, officer, NOW, NOW + HOUR)
    with pytest.raises(AdministrationRefused, match="belong"):
        set_duty(me, world["carrier"], officer, world.person("bank", Role.ANALYST), NOW, NOW + HOUR)


@pytest.mark.parametrize(("name", "role"), [("other_carrier", Role.ADMINISTRATOR), ("carrier", Role.ANALYST)])
def test_others_do_not_keep_it(world: World, name: str, role: Role) -> None:
    officer, deputy = people(world)
    with pytest.raises(AdministrationRefused):
        set_duty(doer(world, name, role), world["carrier"], officer, deputy, NOW, NOW + HOUR)
