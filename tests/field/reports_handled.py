"""A site whose centre takes reports of the public; all made up.

`python -m tests.field.reports_handled` makes the organisations, `… read` stands for the worker that reads reports, and
`… answer` for the people who handle them.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")
ANSWER = "The number was limited. 该号码已限制服务。"


def make() -> None:
    """Make the organisations."""
    from tests.command.people import make_world

    from fanzha.command.web.roles import Role

    world = make_world()
    for name, role in (("centre", Role.CLERK), ("centre", Role.ANALYST), ("carrier", Role.EXECUTOR)):
        world.person(name, role)


def read() -> None:
    """Read the reports that wait."""
    from django.utils import timezone

    from fanzha.command.organizations.models import Organization
    from fanzha.command.reports.intake_worker import read_reports

    read_reports(Organization.objects.get(name_en="Example centre"), timezone.now())


def answer() -> None:
    """Pass on, check and answer what was not answered yet."""
    from tests.command.people import World
    from tests.command.processes.orders_made import actor

    from fanzha.command.organizations.models import Organization, Person
    from fanzha.command.processes.models import ProcessInstance
    from fanzha.command.processes.selectors import to_party
    from fanzha.command.processes.services import fire
    from fanzha.command.web.roles import Role
    from fanzha.command.web.scoping import unscoped

    world = World({name: Organization.objects.get(name_en=f"Example {name}") for name in ("carrier", "centre")})
    for name, role in (("centre", Role.CLERK), ("centre", Role.ANALYST), ("carrier", Role.EXECUTOR)):
        world.people[name, role] = Person.objects.get(email=f"{role.value}@{name}.example")
    with unscoped("test"):
        refs = list(ProcessInstance.objects.filter(process="public_report", state="received").values_list("ref"))
    for (ref,) in refs:
        executor = actor(world, "carrier", Role.EXECUTOR)
        fire(ref, "route", actor(world, "centre", Role.ANALYST), {"handlers": (to_party(world["carrier"]),)})
        fire(ref, "acknowledge", executor, {}, leg="1")
        fire(ref, "report_disposed", executor, {"measure": "limit", "done_at": 1_770_000_000_000}, leg="1")
        fire(ref, "answer", actor(world, "centre", Role.CLERK), {"outcome": "confirmed", "answer": ANSWER})


if __name__ == "__main__":
    django.setup()
    {"": make, "read": read, "answer": answer}["".join(sys.argv[1:])]()
