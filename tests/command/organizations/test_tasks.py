"""The counters of disclosure are swept."""

import pytest
from django.utils import timezone

from fanzha.command.organizations.tasks import JOBS


@pytest.mark.django_db
def test_the_jobs_run() -> None:
    for job in JOBS:
        job.run(timezone.now())
