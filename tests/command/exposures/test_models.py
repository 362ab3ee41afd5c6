"""A person has one warning a case, and a file is read once on a basis."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.command.exposures.exposures_made import CASE, confirmed_basis
from tests.command.people import World

from fanzha.command.exposures.models import ExposureFile, ExposureWarning

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_the_database_holds_one_warning_a_person_and_case(world: World) -> None:
    now = timezone.now()
    values = {"owner": world["carrier"], "person": "0" * 32, "asked_at": now, "changed_at": now}
    ExposureWarning._base_manager.create(case=CASE, **values)
    ExposureWarning._base_manager.create(case="D" * 26, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExposureWarning._base_manager.create(case=CASE, **values)


def test_the_database_holds_one_file_of_a_digest_and_any_number_of_refused_ones(world: World) -> None:
    basis, now = confirmed_basis(world), timezone.now()
    values = {"owner": world["carrier"], "basis": basis, "file_name": "log.csv", "handed_in_at": now}
    for state in ("refused", "refused", "failed", "done"):
        ExposureFile._base_manager.create(state=state, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExposureFile._base_manager.create(state="waiting", **values)
