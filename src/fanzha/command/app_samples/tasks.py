"""Recurring tasks of app samples: have the waiting ones read, and remove files after their time."""

from datetime import datetime, timedelta

from django_tasks import task

from fanzha.command.app_samples.models import AppSample, SampleState
from fanzha.command.app_samples.selectors import all_samples
from fanzha.command.app_samples.services import remove_old_files
from fanzha.command.organizations.selectors import get_organization
from fanzha.command.web.job_queue import enqueue, queued_arguments
from fanzha.command.web.scheduler import Job
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("samples of all organisations are queued")


@task()
def read_app_samples(owner: int) -> None:
    """Read the waiting samples of an organisation (primary key) in a background worker."""
    from fanzha.command.app_samples.sample_reader import read_samples  # loads detectors, which pages do not need

    read_samples(owner)


def queue_samples(now: datetime) -> None:
    """Enqueue the organisations with waiting samples that are not queued yet."""
    queued = queued_arguments(read_app_samples)
    waiting = all_samples(_UNSCOPED).filter(state=SampleState.WAITING).order_by()
    for owner in waiting.values_list("owner", flat=True).distinct():
        if (owner,) not in queued:
            enqueue(read_app_samples, get_organization(owner).ref, owner)


def queue_sample(sample: AppSample) -> None:
    """Enqueue the organisation of a sample that was just taken in."""
    if (sample.owner_id,) not in queued_arguments(read_app_samples):
        enqueue(read_app_samples, get_organization(sample.owner_id).ref, sample.owner_id)


JOBS = (
    Job("read app samples", timedelta(seconds=30), queue_samples),
    Job("remove quarantined apps", timedelta(hours=6), remove_old_files),
)
