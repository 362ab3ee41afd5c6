"""The import table of numbers from outside."""

from types import SimpleNamespace
from typing import Any

import pytest
from tests.command.people import World

from fanzha.command.imports.services import ImportRow
from fanzha.command.statistics.import_tables import TABLES
from fanzha.command.statistics.models import OutsideValue
from fanzha.command.web.scoping import unscoped


@pytest.mark.django_db
def test_good_rows_are_stored_and_others_named_by_row_and_column(world: World) -> None:
    job: Any = SimpleNamespace(owner=world["carrier"], made_by=None)
    good = {"name": "subscribers", "month": "2026-10", "value": "6,800,000", "source": "billing system"}
    rows = [ImportRow(2, good), ImportRow(3, {**good, "name": "colours"}), ImportRow(4, {**good, "value": "many"})]
    writer = TABLES[0].writer(job)
    with unscoped("test"):
        errors = writer.write(rows)
        assert [row.value for row in OutsideValue.objects.all()] == [6_800_000]
    assert [(error.row, error.column) for error in errors] == [(3, "name"), (4, "value")]
    assert writer.finish() is None
