"""Tasks of exposures: read files, warn people, and delete what was kept long enough."""

from datetime import datetime, timedelta

from django_tasks import task

from fanzha.command.exposures.exposure_warnings import warn_exposed_people
from fanzha.command.exposures.file_inbox import remove_old_files, take_files
from fanzha.command.exposures.intake import delete_expired, pending_files, read_file
from fanzha.command.exposures.models import ExposureFile
from fanzha.command.web.job_queue import enqueue, queued_arguments
from fanzha.command.web.scheduler import Job


@task()
def read_exposures(pk: int) -> None:
    """Read one file in a background worker."""
    read_file(pk)


def read_pending(now: datetime) -> None:
    """Enqueue the files that no worker holds and that do not wait in the queue."""
    waiting = queued_arguments(read_exposures)
    for pk, owner in pending_files():
        if (pk,) not in waiting:
            enqueue(read_exposures, owner, pk)


def take_from_folders(now: datetime) -> None:
    """Take the files of watched folders in, and enqueue them."""
    for file in take_files(now):
        queue_file(file)


def delete_old(now: datetime) -> None:
    """Delete what was kept long enough, and files that no basis allows to read."""
    delete_expired(now)
    remove_old_files(now)


def queue_file(file: ExposureFile) -> None:
    """Enqueue a new file in the queue of its owner."""
    enqueue(read_exposures, file.owner.ref, file.pk)


JOBS = (
    Job("take exposure files from folders", timedelta(seconds=15), take_from_folders),
    Job("read exposure files", timedelta(seconds=30), read_pending),
    Job("warn exposed people", timedelta(seconds=10), warn_exposed_people),
    Job("delete exposures", timedelta(hours=1), delete_old),
)
