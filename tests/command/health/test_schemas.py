"""What a key reports becomes a row, and moments need a time zone."""

import pytest
from pydantic import ValidationError

from fanzha.command.health.schemas import ComponentIn


def test_a_reported_source_becomes_a_row() -> None:
    row = ComponentIn(name="calls", hours=[1, 2], title_en="Calls").to_row()
    assert (row.name, row.hours, row.kind, row.silent_after_seconds) == ("calls", [1, 2], "source", 900)


@pytest.mark.parametrize(
    "fields",
    [
        {"last_at": "2026-03-01T08:00:00"},
        {"hours": [-1]},
        {"kind": "job"},
        {"name": ""},
        {"last_at": "2999-01-01T00:00:00Z"},
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ComponentIn.model_validate({"name": "calls", **fields})
