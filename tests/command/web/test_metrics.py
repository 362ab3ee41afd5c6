"""Prometheus on this machine reads waiting and running jobs of each organisation; other machines get nothing."""

import pytest
from django.test import Client
from django_tasks import task

from fanzha.command.web.job_queue import enqueue

pytestmark = pytest.mark.django_db


@task()
def nothing() -> None:
    """Do nothing."""


def test_jobs_are_counted_by_organisation() -> None:
    enqueue(nothing, "REF", *())
    enqueue(nothing, "REF", *())
    nothing.enqueue()
    answer = Client().get("/metrics")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert 'fanzha_site_jobs_waiting{organization="REF"} 2' in lines
    assert 'fanzha_site_jobs_waiting{organization=""} 1' in lines
    assert 'fanzha_site_jobs_running{organization="REF"} 0' in lines
    assert any(line.startswith('fanzha_site_jobs_oldest_wait_seconds{organization="REF"} ') for line in lines)
    assert "# TYPE fanzha_site_jobs_waiting gauge" in lines


def test_other_machines_get_nothing() -> None:
    assert Client(REMOTE_ADDR="192.0.2.7").get("/metrics").status_code == 404
