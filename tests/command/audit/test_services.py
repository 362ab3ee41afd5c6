"""A verification is requested once, however often somebody asks for it while it waits."""

import pytest
from django_tasks_db.models import DBTaskResult

from fanzha.command.audit.services import request_check

pytestmark = pytest.mark.django_db


def test_a_check_is_enqueued_once_while_one_waits() -> None:
    request_check()
    request_check()
    assert DBTaskResult.objects.count() == 1
    DBTaskResult.objects.update(status="SUCCESSFUL", finished_at="2026-01-01T00:00:00Z")
    request_check()
    assert DBTaskResult.objects.count() == 2
