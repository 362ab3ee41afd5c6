"""Rows have the columns, types and bounds of their event tables, and are told apart by `table`."""

import msgspec
import pyarrow as pa
import pytest

from fanzha.events import Column, all_events
from fanzha.rules.catalog import FACTS
from fanzha.screen.feeds.rows import rows


def value(column: Column) -> object:
    if column.values:
        return column.values[0]
    return True if pa.types.is_boolean(column.type) else "x" if pa.types.is_string(column.type) else 1


@pytest.mark.parametrize("table", sorted(FACTS))
def test_every_table_that_rules_read_can_come_in(table: str) -> None:
    own = {column.name: value(column) for column in all_events()[table].own if column.required}
    row = rows().decode(msgspec.json.encode({"table": table, "event_id": "e", **own}))
    assert (row.__struct_config__.tag, row.event_id) == (table, "e")


@pytest.mark.parametrize(
    "row",
    [
        {"table": "call_ended", "event_id": "e"},
        {"table": "call_ended", "call_id": "c"},
        {"table": "call_ended", "event_id": "e", "call_id": "c", "talk_ms": -1},
        {"table": "call_ended", "event_id": "e", "call_id": "c", "talk_ms": 2**70},
        {"table": "call_ended", "event_id": "e", "call_id": "c", "talk_ms": "5"},
        {"table": "call_ended", "event_id": "e", "call_id": "c", "released_by": "me"},
        {"table": "call_ended", "event_id": "e", "call_id": "c", "talk_sm": 5},
        {"table": "call_ended", "event_id": "e", "call_id": "c", "source": "x" * 70_000},
        {"table": "subscriber_profile", "event_id": "e"},
        {"event_id": "e", "call_id": "c"},
    ],
)
def test_what_does_not_fit_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        rows().decode(msgspec.json.encode(row))
