"""The periodic task opens approvals whose time began."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.foreign_sharing.foreign_world import approve
from tests.command.people import World

from fanzha.command.foreign_sharing.models import ForeignApproval
from fanzha.command.foreign_sharing.tasks import JOBS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_an_approval_opens_in_its_time(world: World) -> None:
    later = timezone.now() + timedelta(days=1)
    row = approve(world, valid_from=later)
    for at, is_open in ((timezone.now(), False), (later, True)):
        JOBS[0].run(at)
        assert (ForeignApproval._base_manager.get(pk=row.pk).opened_at is not None) == is_open
