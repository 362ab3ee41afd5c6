"""A site whose centre reports on three companies, with a month of made-up cases.

`python -m tests.field.bulletins_handled` makes the organisations and the month; `… silent` lets the time to reply
pass for those who said nothing; `… excuse` settles the legs of all companies but the first.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")
#: Who works on the pages.
PEOPLE = (
    ("centre", "analyst"),
    ("centre", "reviewer"),
    ("centre", "inspector"),
    ("carrier", "analyst"),
    ("carrier", "executor"),
)


def make() -> None:
    """Make the organisations and the month."""
    from tests.command.bulletins.bulletins_made import made_month
    from tests.command.people import PASSWORD, make_world

    from fanzha.command.web.roles import Role

    world = make_world()
    for name, role in PEOPLE:
        person = world.person(name, Role(role))
        person.set_password(PASSWORD)
        person.save()
    made_month(world)


def silent() -> None:
    """Let the time to reply pass."""
    from datetime import timedelta

    from fanzha.command.processes.models import Timer, TimerStatus
    from fanzha.command.processes.services import pass_timer
    from fanzha.command.web.scoping import unscoped

    with unscoped("test"):
        timers = list(Timer.objects.filter(deadline="reply", state=TimerStatus.WAITING))
    for timer in timers:
        assert pass_timer(timer, timer.due_at + timedelta(seconds=1))


def excuse() -> None:
    """Settle the legs of the other companies."""
    from tests.command.people import World
    from tests.command.processes.orders_made import actor

    from fanzha.command.organizations.models import Organization, Person
    from fanzha.command.processes.models import Leg
    from fanzha.command.processes.services import fire
    from fanzha.command.web.roles import Role
    from fanzha.command.web.scoping import unscoped

    world = World({"centre": Organization.objects.get(name_en="Example centre")})
    world.people["centre", Role.REVIEWER] = Person.objects.get(email="reviewer@centre.example")
    with unscoped("test"):
        legs = Leg.objects.filter(instance__process="bulletin").exclude(receiver__name_en="Example carrier")
        found = list(legs.values_list("instance__ref", "name"))
    for ref, leg in found:
        fire(ref, "excuse", actor(world, "centre", Role.REVIEWER), {"reason": "all in time"}, leg=leg)


if __name__ == "__main__":
    django.setup()
    {"": make, "silent": silent, "excuse": excuse}["".join(sys.argv[1:])]()
