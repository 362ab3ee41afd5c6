"""Build the Arrow columns of event tables from numpy arrays, without a loop over rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.events import Column
from fanzha.simulate._random import BoolArray, IntArray

#: A pa.Array of any type.
ArrowColumn: TypeAlias = Any

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_DIGITS = ("sim_card", "device")


@dataclass(frozen=True)
class Categorical:
    """A text column in dictionary encoding: row `i` has the value `categories[codes[i]]`."""

    categories: Sequence[str | None]
    codes: IntArray

    def filter(self, rows: BoolArray) -> "Categorical":
        """Return the rows that `rows` selects."""
        return Categorical(self.categories, self.codes[rows])


#: One value for all rows, or an array with one value per row. Phone numbers, cards and devices are integers (see
#: `_numbers`); times are milliseconds.
Value: TypeAlias = "None | str | bool | int | float | NDArray[Any] | Categorical"


def build_column(column: Column, value: Value, rows: int) -> ArrowColumn:
    """Return `value` as a column of the declared type with `rows` rows. None gives a column of nulls."""
    if value is None:
        nulls: ArrowColumn = pa.nulls(rows, column.type)  # type: ignore[call-overload]
        return nulls
    if isinstance(value, Categorical):
        categories: ArrowColumn = pa.array(list(value.categories), pa.string())
        return categories.take(pa.array(value.codes))
    if isinstance(value, str):
        return repeat_text(value, rows)
    values = np.ascontiguousarray(np.broadcast_to(np.asarray(value), rows))
    if not pa.types.is_string(column.type):
        return pa.array(values).cast(column.type)
    return format_digits(values) if column.kind in _DIGITS else format_phone_numbers(values)


def repeat_text(word: str, rows: int) -> ArrowColumn:
    """Return a column that repeats `word` on every row."""
    text: Any = pa.scalar(word, pa.string())
    return pa.repeat(text, rows)


def format_phone_numbers(lines: IntArray) -> ArrowColumn:
    """Return phone numbers as text: positive numbers with `+`, negative ones without it, and null for 0."""
    plus = pa.array(["", "+"]).take((lines > 0).astype(np.int64))
    texts = pc.binary_join_element_wise(plus, pa.array(np.abs(lines)).cast(pa.string()), "")
    present = lines != 0
    return texts if present.all() else pc.if_else(pa.array(present), texts, pa.scalar(None, pa.string()))


def format_digits(values: IntArray) -> ArrowColumn:
    """Return the digits of cards or devices as text, and null for 0."""
    texts: Any = pa.array(values).cast(pa.string())
    present = values != 0
    return texts if present.all() else pc.if_else(pa.array(present), texts, pa.scalar(None, pa.string()))


def format_keys(keys: NDArray[np.uint64], suffix: bytes = b"") -> ArrowColumn:
    """Return each key as 16 hexadecimal digits followed by `suffix`."""
    width = 16 + len(suffix)
    characters = np.empty((len(keys), width), np.uint8)
    key_bytes = keys.astype(">u8").view(np.uint8).reshape(-1, 8)
    characters[:, 0:16:2], characters[:, 1:16:2] = _HEX[key_bytes >> 4], _HEX[key_bytes & 15]
    characters[:, 16:] = np.frombuffer(suffix, np.uint8)
    offsets = np.arange(0, width * (len(keys) + 1), width, dtype=np.int32)
    return pa.StringArray.from_buffers(len(keys), pa.py_buffer(offsets.tobytes()), pa.py_buffer(characters.tobytes()))
