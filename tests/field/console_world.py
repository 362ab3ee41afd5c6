"""Fill the database of a console that is looked at by browsers: `python -m tests.field.console_world`; all made up."""

import os
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")


def fill() -> None:
    """Make organisations with a person a role, orders in time and late, drafts, an emergency, campaigns, messages."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone
    from tests.command.dashboards.late import late_order
    from tests.command.people import PASSWORD, make_world
    from tests.command.processes.orders_made import actor, drafted, issued
    from tests.command.reviews.factories import WANTED, findings, judge, mark_all, viewers
    from tests.command.reviews.factories import drawn as draw_sample

    from fanzha.base.clock import to_ms
    from fanzha.command.campaigns.models import Campaign
    from fanzha.command.orders.models import Endpoint
    from fanzha.command.organizations.models import Membership, Organization
    from fanzha.command.processes.models import Notification
    from fanzha.command.processes.services import fire
    from fanzha.command.web.roles import Role
    from fanzha.command.web.scoping import unscoped

    world, now, password = make_world(), timezone.now(), make_password(PASSWORD)  # a hash takes a tenth of a second
    for name in ("carrier", "administration", "centre", "police", "ministry", "bank"):
        for role in (Role.ANALYST,) if name in ("ministry", "bank") else Role:
            person = world.person(name, role)
            person.password = password
            person.save()
    Membership.objects.create(
        person=world.person("carrier", Role.ANALYST), organization=world["mvno"], role=Role.ANALYST.value
    )
    Endpoint.objects.create(owner=world["carrier"], channel="number_treatment", changed_at=now)
    with unscoped("a database for browsers to look at is filled"):
        Organization.objects.update(simulated=False)  # what they order acts on screens, as what real ones order does
        order = issued(world, now)
        late_order(world)
        drafted(world)
        made = drafted(world)
        danger = {"danger": "calls go on", "expires_at": to_ms(now) + 3_600_000}
        fire(made.ref, "issue_emergency", actor(world, "centre", Role.DUTY_OFFICER), danger, at=now)
        for name in ("carrier", "centre"):
            told = {"text_zh": "指令待签收", "text_en": "An order waits to be acknowledged"}
            Notification.objects.create(key=name, owner=world[name], instance=order, urgent=True, at=now, **told)
        for place, (kind, value) in enumerate((("trunk", "T-1087"), ("domain", "pay.example"), ("range", "+8617000"))):
            Campaign.objects.create(
                owner=world["carrier"],
                tie_kind=kind,
                tie_value=value,
                tie_subjects=20,
                heat=30 - place,
                top_score=0.97 - place / 20,
                findings=300,
                subjects=40,
                victims=place,
                calls=2_000,
                detector="made-up",
                first_at=now - timedelta(hours=20 * place + 1),
                last_at=now,
            )
    findings(world, 40)
    sample = draw_sample(world, WANTED._replace(size=40))  # two people have marked it and differ on two findings
    first, second, _third = viewers(world)
    marks = judge(sample)
    mark_all(sample, first, marks)
    mark_all(sample, second, marks | dict.fromkeys(sorted(marks)[:2], "unclear"))


if __name__ == "__main__":
    django.setup()
    fill()
