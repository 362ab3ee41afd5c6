"""Every event table can be written, read and filled from an export: its columns are well named, typed and bounded."""

import pyarrow as pa
import pytest

from fanzha.base.words import Words
from fanzha.events import Column, EventTable, all_events
from fanzha.events._table import ENVELOPE
from fanzha.kinds import all_kinds

TABLES = list(all_events().values())
COLUMNS = [(table, column) for table in TABLES for column in table.columns]

LIGHT = EventTable(
    name="light",
    title=Words("灯", "light"),
    identity=("lamp",),
    own=(
        Column("lamp", pa.string(), Words("灯号", "lamp"), kind="device", required=True),
        Column("lit_ms", pa.int64(), Words("亮灯时长", "time lit"), unit="ms", low=0),
    ),
)


def test_the_envelope_stands_before_the_own_columns() -> None:
    assert [column.name for column in LIGHT.columns] == [*(c.name for c in ENVELOPE), "lamp", "lit_ms"]


def test_the_schema_carries_titles_units_kinds_and_what_may_be_null() -> None:
    lamp, lit = LIGHT.schema.field("lamp"), LIGHT.schema.field("lit_ms")
    assert (lamp.nullable, lit.nullable) == (False, True)
    assert lamp.metadata == {b"title_zh": "灯号".encode(), b"title_en": b"lamp", b"kind": b"device"}
    assert lit.metadata == {b"title_zh": "亮灯时长".encode(), b"title_en": b"time lit", b"unit": b"ms"}


def test_columns_not_given_are_null() -> None:
    batch = LIGHT.conform({"lamp": ["a", "b"], "lit_ms": [None, 5]}, rows=2)
    assert batch.schema.equals(LIGHT.schema, check_metadata=True)
    assert batch.column("lit_ms").to_pylist() == [None, 5]
    assert batch.column("source").null_count == 2


def test_a_value_of_another_type_is_refused_not_bent() -> None:
    with pytest.raises(pa.ArrowInvalid):
        LIGHT.conform({"lit_ms": ["soon"]}, rows=1)


def test_a_column_is_found_by_name_and_a_wrong_name_is_an_error() -> None:
    assert LIGHT.column("lit_ms").unit == "ms"
    with pytest.raises(KeyError):
        LIGHT.column("lit_s")


def test_an_empty_table_has_the_schema() -> None:
    assert LIGHT.empty().num_rows == 0
    assert LIGHT.empty().schema.equals(LIGHT.schema)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_an_event_without_an_id_of_its_own_can_be_named(table: EventTable) -> None:
    own = {column.name for column in table.own}
    assert table.identity and set(table.identity) <= own


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_header_means_two_columns(table: EventTable) -> None:
    aliases = [alias for column in table.columns for alias in column.aliases]
    assert [alias for alias in set(aliases) if aliases.count(alias) > 1] == []


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda value: getattr(value, "name", ""))
def test_a_column_is_well_named_and_bounded(table: EventTable, column: Column) -> None:
    assert column.name.isidentifier() and column.name == column.name.lower()
    assert column.title.zh and column.title.en
    assert all(alias == alias.strip().lower() for alias in column.aliases)
    assert column.kind in ("", *all_kinds())
    assert column.low is None or column.high is None or column.low < column.high
    assert not column.name.endswith("_ms") or column.unit == "ms"
    assert {value for _, value in column.words} <= set(column.values) or not column.values
