"""A basis names its document and counts once a second person confirmed it, until it is withdrawn or over."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.command.exposures.exposures_made import basis_draft
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.exposures.bases import confirm_basis, enter_basis, find_obstacle, withdraw_basis
from fanzha.command.exposures.models import ExposureBasis
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_second_person_confirms_and_either_withdraws(world: World) -> None:
    first, second = world.person("carrier", Role.PRIVACY_OFFICER), world.person("carrier", Role.LIAISON)
    basis = enter_basis(world["carrier"], basis_draft(), first)
    assert find_obstacle(basis, timezone.now()) is not None
    with pytest.raises(Refusal):
        confirm_basis(basis, first)
    confirm_basis(basis, second)
    basis.refresh_from_db()
    now = timezone.now()
    assert find_obstacle(basis, now) is None and find_obstacle(None, now) is not None
    assert find_obstacle(basis, basis.valid_from - timedelta(seconds=1)) is not None
    assert find_obstacle(basis, basis.valid_until) is not None
    withdraw_basis(basis, first)
    basis.refresh_from_db()
    assert find_obstacle(basis, now) is not None
    for act in (confirm_basis, withdraw_basis):
        with pytest.raises(Refusal):
            act(basis, second)
    with unscoped("test"):
        kinds = set(LogEntry.objects.filter(about=basis.ref).values_list("kind", flat=True))
    assert kinds == {f"exposure_basis_{word}" for word in ("entered", "confirmed", "withdrawn")}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("document", " "),
        ("document_sha256", "abc"),
        ("source", ""),
        ("source_kind", "calls"),
        ("kind", "wish"),
        ("purpose", ""),
        ("valid_until", timezone.now() - timedelta(hours=1)),
        ("valid_until", timezone.now() + timedelta(days=400)),
        ("look_back_days", 0),
        ("keep_days", 91),
        ("most_people", 0),
    ],
    ids=["document", "digest", "source", "source kind", "kind", "purpose", "over", "long", "back", "keep", "people"],
)  # fmt: skip
def test_a_basis_that_leaves_something_open_is_refused(world: World, field: str, value: Any) -> None:
    with pytest.raises(Refusal) as refused:
        enter_basis(world["carrier"], basis_draft(**{field: value}), world.person("carrier", Role.LIAISON))
    assert set(refused.value.fields) == {field}


def test_a_basis_of_the_far_future_is_refused(world: World) -> None:
    year = {"valid_from": datetime(9999, 6, 1, tzinfo=UTC), "valid_until": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)}
    with pytest.raises(Refusal):
        enter_basis(world["carrier"], basis_draft(**year), world.person("carrier", Role.LIAISON))


def test_the_database_too_refuses_a_basis_of_one_person(world: World) -> None:
    person = world.person("carrier", Role.LIAISON)
    basis = enter_basis(world["carrier"], basis_draft(), person)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExposureBasis._base_manager.filter(pk=basis.pk).update(confirmed_by=person)
