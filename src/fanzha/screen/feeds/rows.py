"""The types of rows that may come in: a struct an event table, made from its columns, told apart by `table`."""

from collections.abc import Mapping
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal

import msgspec
import pyarrow as pa

from fanzha.events import Column, all_events
from fanzha.rules.catalog import FACTS

LONGEST_TEXT = 65_536

_HOW: Mapping[str, Any] = {"tag_field": "table", "kw_only": True, "forbid_unknown_fields": True, "frozen": True}


@cache
def rows() -> "msgspec.json.Decoder[Any]":
    """Return what reads a row of any event table that rules read, by its `table`; made once."""
    first, *others = (_struct(table) for table in FACTS)
    return msgspec.json.Decoder(reduce(or_, others, first))


def _struct(table: str) -> Any:
    event = all_events()[table]
    needed = {"event_id", *(column.name for column in event.own if column.required)}
    fields: list[Any] = []
    for column in event.columns:
        if (type_ := _type(column)) is not None:
            fields.append((column.name, type_) if column.name in needed else (column.name, type_ | None, None))
    return msgspec.defstruct(table, fields, **_HOW, tag=table)


def _type(column: Column) -> Any:
    """Return the type of a column's values; None for a nested one, which no rule reads."""
    if column.values:
        return Literal[column.values]
    if pa.types.is_boolean(column.type):
        return bool
    if pa.types.is_string(column.type):
        return Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]
    low, high = (column.low, column.high)
    if pa.types.is_integer(column.type):
        least = -(2**63) if low is None else int(low)
        return Annotated[int, msgspec.Meta(ge=least, le=2**63 - 1 if high is None else int(high))]
    if pa.types.is_floating(column.type):
        return Annotated[float, msgspec.Meta(ge=low, le=high)] if (low, high) != (None, None) else float
    return None
