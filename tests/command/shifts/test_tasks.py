"""Digests are looked for every few minutes."""

from fanzha.command.shifts.digest import send_due
from fanzha.command.shifts.tasks import JOBS


def test_the_job_sends_what_is_due() -> None:
    (job,) = JOBS
    assert job.run is send_due and job.every.total_seconds() <= 600
