"""Columns are packed as PostgreSQL's own driver for Python packs them, byte for byte."""

import struct
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.adapt import PyFormat, Transformer
from psycopg.types.numeric import Int2, Int4, Int8

from fanzha.command.web.database.pg_arrays import PACKABLE_TYPES, pack_array

MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "bytea": st.binary(max_size=9),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "text": st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
    "double precision": st.floats(),
    "timestamp with time zone": MOMENTS,
}
SIZED = {"bigint": Int8, "smallint": Int2, "integer": Int4}


def by_the_driver(kind: str, column: list[Any]) -> bytes:
    given_ = [SIZED.get(kind, lambda one: one)(one) if one is not None else None for one in column]
    (found,) = Transformer().dump_sequence([given_], [PyFormat.BINARY])
    assert found is not None
    return bytes(found)


def test_every_kind_is_tried() -> None:
    assert VALUES.keys() == PACKABLE_TYPES


@pytest.mark.parametrize("kind", sorted(PACKABLE_TYPES))
@given(data=st.data())
def test_a_column_is_packed_as_the_driver_packs_it(kind: str, data: st.DataObject) -> None:
    column = data.draw(st.lists(VALUES[kind] | st.none(), min_size=1, max_size=9).filter(any_value))
    assert pack_array(kind, column) == by_the_driver(kind, column)
    full = [one for one in column if one is not None]
    assert pack_array(kind, full) == by_the_driver(kind, full)


def any_value(column: list[Any]) -> bool:
    return any(one is not None for one in column)


def test_nothing_and_nulls_alone_can_be_sent() -> None:
    assert pack_array("bigint", []) == struct.pack(">iiI", 0, 0, 20)
    assert pack_array("bigint", [None]) == struct.pack(">iiIiii", 1, 1, 20, 1, 1, -1)


@pytest.mark.parametrize(("kind", "value"), [("integer", 2**31), ("smallint", -(2**15) - 1), ("bigint", 2**63)])
@pytest.mark.parametrize("beside", [0, None])
def test_what_is_too_large_is_refused(kind: str, value: int, beside: int | None) -> None:
    with pytest.raises((OverflowError, struct.error)):
        pack_array(kind, [beside, value])


def test_moments_are_exact_and_in_no_zone() -> None:
    before = datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert pack_array("timestamp with time zone", [before])[-8:] == struct.pack(">q", -1)
    assert pack_array("timestamp with time zone", [before + timedelta(hours=1)])[-8:] == struct.pack(
        ">q", 3_599_999_999
    )
