"""Rows of statistics are read by their organisation and its supervisors."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.command.people import World
from tests.command.statistics.forms_made import filled

from fanzha.command.statistics.models import FigurePublication, FormSheet, FormValue, OutsideValue
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped


@pytest.mark.django_db
def test_rows_are_read_by_the_owner_and_its_supervisors(month: World) -> None:
    instance, now = filled(month), timezone.now()
    with unscoped("test"):
        FormSheet.objects.create(
            owner=month["carrier"], instance=instance, file_name="own.csv", sha256="0" * 64, equal=1, at=now
        )
    for name, reads in (("carrier", True), ("administration", True), ("other_carrier", False), ("police", False)):
        with scoped_to(month.viewer(name)):
            for model in (FormValue, FormSheet, OutsideValue):
                assert model.objects.filter(owner=month["carrier"]).exists() is reads, (name, model)


@pytest.mark.django_db
def test_a_figure_of_a_period_is_proposed_once(world: World) -> None:
    row = {
        "owner": world["administration"], "figure": "false_disposal", "version": 1, "period": "2026-10", "numbers": {},
        "organizations": 3, "reason": "x", "proposed_by": world.person("administration", Role.ANALYST),
        "proposed_at": timezone.now(),
    }  # fmt: skip
    first = FigurePublication.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        FigurePublication.objects.create(**row)
    with unscoped("test"):
        FigurePublication.objects.filter(pk=first.pk).update(state="withdrawn")
    FigurePublication.objects.create(**row)
    with scoped_to(world.viewer("carrier")):
        assert not FigurePublication.objects.exists()
