"""Files that no worker holds are queued once, and read by the task."""

import pytest
from django.utils import timezone
from tests.command.exposures.exposures_made import NUMBER, SITE, confirmed_basis, log_of
from tests.command.people import World

from fanzha.command.exposures.intake import submit_file
from fanzha.command.exposures.models import ExposureFile
from fanzha.command.exposures.tasks import queue_file, read_exposures, read_pending
from fanzha.command.web.job_queue import queued_arguments

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_waiting_file_is_queued_once_and_read(world: World) -> None:
    basis = confirmed_basis(world)
    file = submit_file(world["carrier"], basis.ref, "log.csv", [log_of((NUMBER, SITE))], None).file
    read_pending(timezone.now())
    read_pending(timezone.now())
    assert list(queued_arguments(read_exposures)) == [(file.pk,)]
    queue_file(file)
    read_exposures.func(file.pk)
    assert ExposureFile._base_manager.get().state == "done"
