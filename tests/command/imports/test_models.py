"""Imports are their organisation's alone; of one file there is one, unless it failed."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.command.imports.factories import KEY_SERVICES, SPARED, handed_in
from tests.command.people import World

from fanzha.command.imports.models import ImportJob, MirroredProcess, MirroredRow, SparedRow
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def test_others_and_those_above_see_nothing_of_them(world: World) -> None:
    handed_in(world, "spared", SPARED)
    handed_in(world, "key_service", KEY_SERVICES)
    for name, seen in (("carrier", True), ("other_carrier", False), ("administration", False)):
        with scoped_to(world.viewer(name, Role.ADMINISTRATOR)):
            for model in (ImportJob, SparedRow, MirroredProcess):
                assert model.objects.exists() is seen


def test_a_file_is_there_once_unless_it_failed(world: World) -> None:
    fields = {"owner": world["carrier"], "table": "spared", "file_name": "a", "sha256": "x", "size": 1}
    ImportJob._base_manager.create(**fields, state="failed")
    ImportJob._base_manager.create(**fields, state="withdrawn")
    ImportJob._base_manager.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportJob._base_manager.create(**fields, state="done")


def test_they_are_told_in_words(world: World) -> None:
    handed_in(world, "key_service", KEY_SERVICES)
    job = handed_in(world, "spared", SPARED)
    spared = SparedRow._base_manager.get()
    assert str(job) == "spared: table.csv" and str(spared) == "+8617000001234 trunk MSC-1"
    assert str(MirroredProcess._base_manager.first()) == "key_service K-1"
    assert len(str(MirroredRow.objects.first())) == 32 and spared.until > timezone.now()
