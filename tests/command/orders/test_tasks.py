"""The folders of signed files are looked at again and again."""

from fanzha.command.orders.tasks import JOBS
from fanzha.command.web.scheduler import regular_jobs


def test_the_folders_are_looked_at_every_few_seconds() -> None:
    job = JOBS[0]
    assert regular_jobs()["signed_files"] is job and job.every.total_seconds() <= 10
