"""Whole numbers and picks become the Arrow columns of the event tables, without a loop over rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.events import Column
from fanzha.simulate._draw import Mask, Whole

#: A pa.Array of any type.
ArrowColumn: TypeAlias = Any

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_DIGITS = ("sim_card", "device")


@dataclass(frozen=True)
class Pick:
    """A column of words: for each row one of a few, by its place."""

    words: Sequence[str | None]
    places: Whole

    def where(self, rows: Mask) -> "Pick":
        """Return the rows of a mask."""
        return Pick(self.words, self.places[rows])


#: One value for all rows, or one a row. Of numbers and cards: digits (see `_numbers`); of moments: milliseconds.
Value: TypeAlias = "None | str | bool | int | float | NDArray[Any] | Pick"


def column(of: Column, value: Value, rows: int) -> ArrowColumn:
    """Return a column of an event table; None is null on every row."""
    if value is None:
        nothing: ArrowColumn = pa.nulls(rows, of.type)  # type: ignore[call-overload]
        return nothing
    if isinstance(value, Pick):
        words: ArrowColumn = pa.array(list(value.words), pa.string())
        return words.take(pa.array(value.places))
    if isinstance(value, str):
        return repeated(value, rows)
    spread = np.ascontiguousarray(np.broadcast_to(np.asarray(value), rows))
    if not pa.types.is_string(of.type):
        return pa.array(spread).cast(of.type)
    return digits(spread) if of.kind in _DIGITS else phones(spread)


def repeated(word: str, rows: int) -> ArrowColumn:
    """Return one text on every row."""
    text: Any = pa.scalar(word, pa.string())
    return pa.repeat(text, rows)


def phones(lines: Whole) -> ArrowColumn:
    """Return numbers as they are written: `+` and digits, digits alone (negative), null (0)."""
    plus = pa.array(["", "+"]).take((lines > 0).astype(np.int64))
    written = pc.binary_join_element_wise(plus, pa.array(np.abs(lines)).cast(pa.string()), "")
    known = lines != 0
    return written if known.all() else pc.if_else(pa.array(known), written, pa.scalar(None, pa.string()))


def digits(values: Whole) -> ArrowColumn:
    """Return the digits of cards and devices; 0 is null."""
    written: Any = pa.array(values).cast(pa.string())
    known = values != 0
    return written if known.all() else pc.if_else(pa.array(known), written, pa.scalar(None, pa.string()))


def names(keys: NDArray[np.uint64], end: bytes = b"") -> ArrowColumn:
    """Return each key as 16 hexadecimal digits with a common end."""
    width = 16 + len(end)
    signs = np.empty((len(keys), width), np.uint8)
    octets = keys.astype(">u8").view(np.uint8).reshape(-1, 8)
    signs[:, 0:16:2], signs[:, 1:16:2] = _HEX[octets >> 4], _HEX[octets & 15]
    signs[:, 16:] = np.frombuffer(end, np.uint8)
    ends = np.arange(0, width * (len(keys) + 1), width, dtype=np.int32)
    return pa.StringArray.from_buffers(len(keys), pa.py_buffer(ends.tobytes()), pa.py_buffer(signs.tobytes()))
