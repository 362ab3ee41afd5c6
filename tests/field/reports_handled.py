"""A site whose centre takes reports of the public; all made up.

`python -m tests.field.reports_handled` makes the organisations, `… read` stands for the worker that reads reports, for
the importer and for a second reporter elsewhere, and `… answer` for the people who handle them: the number joins a
campaign, an order against it goes out, and the reporter is answered.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")
ANSWER = "The number was limited. 该号码已限制服务。"


PEOPLE = (("centre", "clerk"), ("centre", "analyst"), ("centre", "reviewer"), ("carrier", "executor"))


def make() -> None:
    """Make the organisations."""
    from tests.command.people import make_world

    from fanzha.command.web.roles import Role

    world = make_world()
    for name, role in PEOPLE:
        world.person(name, Role(role))


def read() -> None:
    """Read the reports that wait, after somebody elsewhere has reported the same numbers."""
    from django.utils import timezone

    from fanzha.command.organizations.models import Organization
    from fanzha.command.reports.intake_worker import read_reports
    from fanzha.command.reports.models import Report
    from fanzha.command.reports.services import Submission, submit_report
    from fanzha.command.subjects.ingest.worker import poll_once
    from fanzha.command.web.scoping import unscoped

    centre = Organization.objects.get(name_en="Example centre")
    with unscoped("test"):
        waiting = list(Report.objects.filter(state="waiting").exclude(value=""))
    for report in waiting:
        other = Submission("call", f"other {report.ref}", report.value, "The same", is_paid=report.grade == "paid")
        submit_report(centre, other, "203.0.113.9")
    read_reports(centre, timezone.now())
    poll_once()


def answer() -> None:
    """Pass each report on, order against its number once it joined a campaign, and answer what was not answered yet."""
    from django.utils import timezone
    from tests.command.people import World
    from tests.command.processes.orders_made import actor, draft_evidence

    from fanzha.command.campaigns.models import Placement
    from fanzha.command.organizations.models import Organization, Person
    from fanzha.command.processes.models import OutboxItem, ProcessInstance
    from fanzha.command.processes.selectors import to_party
    from fanzha.command.processes.services import About, fire, open_process
    from fanzha.command.reports.models import Report
    from fanzha.command.web.roles import Role
    from fanzha.command.web.scoping import unscoped

    world = World({name: Organization.objects.get(name_en=f"Example {name}") for name in ("carrier", "centre")})
    for name, role in PEOPLE:
        world.people[name, Role(role)] = Person.objects.get(email=f"{role}@{name}.example")
    executor, analyst = actor(world, "carrier", Role.EXECUTOR), actor(world, "centre", Role.ANALYST)
    with unscoped("test"):
        refs = list(ProcessInstance.objects.filter(process="public_report", state="received").values_list("ref"))
        values = {
            ref: Report.objects.filter(process=ref).exclude(value="").values_list("value")[0][0] for (ref,) in refs
        }
    for ref, value in values.items():
        with unscoped("test"):
            placement = Placement.objects.select_related("campaign").get(subject__value=value)
        about = About(campaign=placement.campaign.ref, simulated=True)
        evidence = draft_evidence(world, timezone.now(), ("carrier",)) | {"subjects": (value,)}
        order = open_process("order", "draft", world["centre"], analyst, evidence, about=about)
        fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "as the evidence says"})
        with unscoped("test"):
            assert OutboxItem.objects.filter(instance=order, effect="dispatch_leg").count() == 1
        fire(ref, "route", analyst, {"handlers": (to_party(world["carrier"]),)})
        fire(ref, "acknowledge", executor, {}, leg="1")
        done = {"measure": "order", "order": order.ref, "done_at": 1_770_000_000_000}
        fire(ref, "report_disposed", executor, done, leg="1")
        fire(ref, "answer", actor(world, "centre", Role.CLERK), {"outcome": "confirmed", "answer": ANSWER})


if __name__ == "__main__":
    django.setup()
    {"": make, "read": read, "answer": answer}["".join(sys.argv[1:])]()
