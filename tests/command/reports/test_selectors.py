"""Reports are listed by state, and independent reporters are counted once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.reports.reports_made import REPORTED, checked, received

from fanzha.command.reports.intake_worker import read_reports
from fanzha.command.reports.models import Report
from fanzha.command.reports.selectors import count_joined, count_period, count_states, find_reports
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_networks_are_counted_once_each(world: World) -> None:
    first = received(world)
    for address, contact in (("192.0.2.7", ""), ("203.0.113.1", ""), ("203.0.113.2", "+8617000000088")):
        received(world, address=address, contact=contact)
    read_reports(world["centre"], timezone.now())
    first.refresh_from_db()
    with scoped_to(world.viewer("centre", Role.CLERK)):
        assert count_joined(first.process) == 2
        assert count_joined("") == 0
        assert count_states() == {"waiting": 0, "opened": 1, "joined": 3, "held": 0, "failed": 0}
        assert (find_reports("joined").count(), find_reports(value=REPORTED).count()) == (3, 4)
    with scoped_to(world.viewer("carrier", Role.CLERK)):
        assert count_joined(first.process) == 0


def test_the_figures_of_a_period_count_what_was_taken_up(world: World) -> None:
    handled, held = checked(world), received(world, loss=500, is_paid=True)
    received(world, address="198.51.100.1", loss=700)
    with unscoped("test"):
        Report.objects.filter(pk=held.pk).update(state="held")
        Report.objects.exclude(pk=held.pk).update(state="opened", process=handled.ref)
    now = timezone.now()
    with scoped_to(world.viewer("centre", Role.EDITOR)):
        figures = count_period(now - timedelta(days=1), now + timedelta(days=1))
        assert (figures.total, figures.held, figures.paid, figures.losses) == (1, 1, 0, [700])
        assert (figures.checked, figures.confirmed) == (1, 1) and figures.categories == {"call": 1}
        assert count_period(now + timedelta(days=1), now + timedelta(days=2)).total == 0
