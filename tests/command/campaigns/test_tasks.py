"""What slept comes back by itself, for all organisations and for who supervises them, from the moment it was to."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.campaigns.models import Campaign
from fanzha.command.campaigns.queue import QueueFilter, queue_page
from fanzha.command.campaigns.tasks import JOBS
from fanzha.command.web.roles import Role
from fanzha.command.web.scheduler import regular_jobs, run_job
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def test_what_slept_long_enough_comes_back_though_nobody_of_its_owner_looks(world: World) -> None:
    now = timezone.now()
    due = now - timedelta(minutes=1)
    woken = [
        campaign(world[name], first=first, state="snoozed", snoozed_until=due)
        for name, first in (("carrier", 0), ("bank", 10))
    ]
    asleep = campaign(world["carrier"], first=20, state="snoozed", snoozed_until=now + timedelta(hours=1))
    job = next(job for job in JOBS if job.name == "wake campaigns")
    assert job.name in regular_jobs() and run_job(job)
    rows = {row.pk: row for row in Campaign._base_manager.all()}
    assert [(rows[one.pk].state, rows[one.pk].came_back_at) for one in woken] == [("open", due)] * 2
    assert rows[asleep.pk].state == "snoozed"
    supervisor = world.viewer("administration", Role.ANALYST)
    with scoped_to(supervisor):
        shown = queue_page(QueueFilter(owner=world["carrier"].ref), supervisor).rows
    assert [row.pk for row in shown] == [woken[0].pk]
