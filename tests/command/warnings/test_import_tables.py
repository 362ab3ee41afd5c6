"""An operator's file of choices: each row is recorded or rejected with its reason, and all are published at the end."""

from types import SimpleNamespace
from typing import Any

import pytest
from tests.command.number_tags.own_numbers import own, run_range
from tests.command.people import World

from fanzha.command.imports.services import ImportRow
from fanzha.command.warnings.import_tables import TABLES
from fanzha.command.warnings.models import OverseasChoice
from fanzha.store.overseas_choices import load_overseas_choices


def rows(*cells: tuple[str, str, str, str]) -> list[ImportRow]:
    names = ("number", "choice", "requested_at", "exceptions")
    return [ImportRow(place, dict(zip(names, row, strict=True))) for place, row in enumerate(cells, 1)]


@pytest.mark.usefixtures("home")
def test_rows_are_recorded_rejected_and_published_together(world: World) -> None:
    own(world, "+8617000000001", "+8617000000002")
    run_range(world, "carrier", '[verdicts]\norganisation = "Example carrier"\n')
    job: Any = SimpleNamespace(owner=world["carrier"], made_by=None)
    writer = TABLES[0].writer(job)
    errors = writer.write(
        rows(
            ("17000000001", "拒接", "2026-01-02T03:04:05+08:00", ""),
            ("17000000002", "提示", "", ""),
            ("17000000002", "取消", "", ""),
            ("17000000003", "拒接", "", ""),
            ("17000000001", "maybe", "", ""),
            ("17000000001", "拒接", "yesterday", ""),
            ("17000000001", "拒接", "", "+12025550100"),
        )
    )
    assert [(error.row, error.column) for error in errors] == [
        (4, "number"), (5, "choice"), (6, "requested_at"), (7, "exceptions"),
    ]  # fmt: skip
    assert load_overseas_choices() is None and writer.finish() is None
    choices = load_overseas_choices()
    assert choices is not None and choices.keys.tolist() == [8617000000001]
    assert OverseasChoice._base_manager.get(ended_at=None).requested_at.year == 2026
