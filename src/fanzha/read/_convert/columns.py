"""Parse source columns into one event column by its type, unit and kind."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.events import Column
from fanzha.kinds.person import PLAIN_IDENTITY
from fanzha.kinds.phone_number import normalise_many
from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.identity_numbers import find_identity_numbers
from fanzha.read._convert.text import ParsedColumn, normalise_text, parse_content, parse_identifiers, to_mask
from fanzha.read._convert.times import parse_durations, parse_timestamps
from fanzha.read._convert.values import parse_booleans, parse_choices, parse_numbers
from fanzha.read._convert.zone import Zone, parse_skew
from fanzha.read._map.column_map import ColumnMap, ColumnSource

#: Columns of numbers as they were presented, which have no kind.
_PRESENTED_NUMBERS = ("caller", "sender", "diversion", "asserted_identity")
NOT_A_NUMBER = Words("不是号码", "not a telephone number")
_TEXTS = ("sms", "port_sms", "mms")


def is_timestamp(column: Column) -> bool:
    """Return whether a column holds timestamps: its name ends with `_at` and its unit is ms."""
    return column.unit == "ms" and column.name.endswith("_at")


def parse_column(
    column: Column, source: ColumnSource, source_columns: dict[str, ArrowColumn], map_: ColumnMap
) -> ParsedColumn:
    """Parse one event column from the source columns that the map names."""
    if pa.types.is_map(column.type):
        return parse_facts({name: source_columns[name] for name in source.names}, column.type)
    raw = source_columns[source.names[0]] if len(source.names) == 1 else _join_columns(source, source_columns)
    if is_timestamp(column):
        return parse_timestamps(raw, source.format, Zone(map_.time.zone), parse_skew(map_.time.skew))
    if column.unit == "ms":
        return _check_range(parse_durations(raw, source.unit), column)
    if column.values:
        return parse_choices(raw, column.values, dict(column.words) | source.values)
    if pa.types.is_boolean(column.type):
        return parse_booleans(raw, source.values)
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return parse_numbers(raw, column.type, column.low, column.high)
    if column.content:
        return parse_content(raw)
    cells = parse_identifiers(raw)
    if column.kind == "phone_number" or column.name in _PRESENTED_NUMBERS:
        cells = _check_identity_numbers(cells)
    if column.kind == "phone_number":
        return ParsedColumn(
            normalise_numbers(cells.values),
            cells.problems + (_check_numbers(cells) if _is_sms_recipient(column, map_) else ()),
        )
    return _check_pseudonyms(cells) if column.kind == "person" else cells


def normalise_numbers(numbers: ArrowColumn) -> ArrowColumn:
    """Return telephone numbers in canonical form; other values are unchanged."""
    canonical = normalise_many(numbers.cast(pa.string()))
    return pc.coalesce(pa.concat_arrays(canonical.chunks).cast(numbers.type), numbers)


def _is_sms_recipient(column: Column, map_: ColumnMap) -> bool:
    """Return whether the column must hold telephone numbers. Recipients of chats and mail may be names."""
    has_other_channel = {"channel", "conversation", "turn"} & map_.columns.keys() or map_.direction is not None
    is_recipient = map_.table == "message" and column.name == "recipient" and not has_other_channel
    return is_recipient and map_.constants.get("channel", "sms") in _TEXTS


def _check_numbers(cells: ParsedColumn) -> tuple[tuple[NDArray[np.bool_], Words], ...]:
    invalid = to_mask(pc.invert(pc.match_substring_regex(cells.values, r"[0-9@*]")))
    return ((invalid, NOT_A_NUMBER),) if invalid.any() else ()


def _check_identity_numbers(cells: ParsedColumn) -> ParsedColumn:
    """Reject identity numbers in a column of telephone numbers."""
    is_identity = find_identity_numbers(cells.values)
    return ParsedColumn(cells.values, (*cells.problems, (is_identity, PLAIN_IDENTITY))) if is_identity.any() else cells


def _check_pseudonyms(cells: ParsedColumn) -> ParsedColumn:
    """Reject plain identity numbers; only their keyed hashes are accepted."""
    is_plain = to_mask(pc.match_substring_regex(cells.values, r"^\d{17}[\dXx]$|^\d{15}$"))
    return ParsedColumn(cells.values, (*cells.problems, (is_plain, PLAIN_IDENTITY))) if is_plain.any() else cells


def _join_columns(source: ColumnSource, source_columns: dict[str, ArrowColumn]) -> ArrowColumn:
    parts: list[Any] = [pc.fill_null(normalise_text(source_columns[name]), "") for name in source.names]
    return pc.binary_join_element_wise(*parts, pa.scalar(" ", pa.large_string()))


def _check_range(cells: ParsedColumn, column: Column) -> ParsedColumn:
    numbers = parse_numbers(cells.values, column.type, column.low, column.high)
    return ParsedColumn(numbers.values, cells.problems + numbers.problems)


def parse_facts(columns: dict[str, ArrowColumn], type_: pa.DataType) -> ParsedColumn:
    """Return a map column (name -> number): the source's map column, or one entry per number column."""
    first_column = next(iter(columns.values()))
    if len(columns) == 1 and pa.types.is_map(first_column.type):
        return ParsedColumn(first_column.cast(type_))
    parsed = [parse_numbers(column, pa.float64(), None, None) for column in columns.values()]
    rows, width = len(first_column), len(parsed)
    matrix = np.column_stack([cells.values.to_numpy(zero_copy_only=False) for cells in parsed]) if rows else np.empty(0)
    values: ArrowColumn = pa.array(matrix.ravel(), pa.float64(), from_pandas=True)  # NaN becomes null
    names: ArrowColumn = pa.array(np.array(list(columns), object)[np.tile(np.arange(width), rows)], pa.string())
    starts: ArrowColumn = pa.array(np.arange(rows + 1) * width, pa.int32())
    return ParsedColumn(
        pa.MapArray.from_arrays(starts, names, values), tuple(p for cells in parsed for p in cells.problems)
    )
