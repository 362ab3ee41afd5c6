"""Encode texts as integers, one to one: up to 17 digits are packed, other texts are interned.

A code is the text's identity, never a hash of it: window keys and items are these numbers.
"""

import struct
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.kernels import entry_point
from fanzha.windows.code_kernel import LENGTH_BIT, MOST_DIGITS, PLUS_BIT, encode, rebuild
from fanzha.windows.facts import UNKNOWN

pc: Any = pyarrow.compute

FORMAT = 1
_FIRST_SLOTS = 1 << 12
_FIRST_BYTES = 1 << 14
FEW = 64  # texts that are encoded without building columns
ENDLESS = 1 << 40


_NONE_MISSING = np.zeros(FEW, np.bool_)
_OFFSETS = [struct.Struct(f"={count + 1}q").pack_into for count in range(FEW + 1)]


class _Saved(msgspec.Struct, array_like=True):
    format: int
    seed: int
    texts: list[bytes]
    codes: list[int]
    used: list[int]


class TextCodes:
    """A growing two-way table of texts and codes; texts not used for a while can be evicted."""

    def __init__(self, *, seed: int = 0) -> None:
        """`seed` is mixed into the hash, since attackers choose their texts."""
        self.most = ENDLESS  # limit of interned texts; beyond it the code is UNKNOWN
        self._seed = seed & 0xFFFF_FFFF_FFFF_FFFF
        self._seed64 = np.uint64(self._seed)
        self._slots = np.zeros(_FIRST_SLOTS, np.int64)  # 0 or code + 1
        self._starts = np.zeros(_FIRST_SLOTS, np.int64)
        self._sizes = np.full(_FIRST_SLOTS, -1, np.int32)  # -1: no such code
        self._used = np.zeros(_FIRST_SLOTS, np.int64)  # when the text was last encoded
        self._bytes = np.zeros(_FIRST_BYTES, np.uint8)
        self._counts = np.zeros(3, np.int64)  # codes allocated, bytes written, free codes
        self._free = np.zeros(_FIRST_SLOTS, np.int64)
        self._few_offsets, self._few_codes = np.zeros(FEW + 1, np.int64), np.zeros(FEW, np.int64)
        self._few_memory = memoryview(self._few_offsets.data)
        self._few_room = 0, 0  # texts and bytes that still fit without checking the tables

    @property
    def text_count(self) -> int:
        """Number of interned texts."""
        return int(self._counts[0] - self._counts[2])

    @property
    def bytes_held(self) -> int:
        """Memory of the table in bytes."""
        arrays = (self._slots, self._starts, self._sizes, self._used, self._bytes, self._free)
        return sum(array.nbytes for array in arrays)

    def encode(self, texts: "pa.Array[Any] | pa.ChunkedArray[Any]", now: int = 0) -> NDArray[np.int64]:
        """Return the code of each text, `UNKNOWN` for null; `now` is recorded as their last use."""
        offsets, data, missing = _buffers(texts)
        self._few_room = 0, 0
        self._make_room(len(offsets) - 1, int(offsets[-1] - offsets[0]))
        out = np.empty(len(offsets) - 1, np.int64)
        self._encode(offsets, data, missing, now, out)
        return out

    def encode_few(self, texts: Sequence[str], now: int) -> list[int]:
        """Return the codes of at most `FEW` texts without building Arrow columns."""
        joined = "".join(texts)
        data = joined.encode("utf-8", "replace")
        written = texts if len(data) == len(joined) else [text.encode("utf-8", "replace") for text in texts]
        count = len(texts)
        room, space = self._few_room
        if room < count or space < len(data):
            self._make_room(room := 4 * FEW, space := 2 * len(data) + _FIRST_BYTES)
        self._few_room = room - count, space - len(data)
        _OFFSETS[count](self._few_memory, 0, 0, *accumulate(map(len, written)))
        out = self._few_codes[:count]
        self._encode(self._few_offsets, np.frombuffer(data, np.uint8), _NONE_MISSING, now, out)
        codes: list[int] = out.tolist()
        return codes

    @cached_property
    def _encode_kernel(self) -> Callable[..., None]:
        return entry_point(encode)

    def _encode(
        self,
        offsets: NDArray[np.int64],
        data: NDArray[np.uint8],
        missing: NDArray[np.bool_],
        now: int,
        out: NDArray[np.int64],
    ) -> None:
        tables = (self._slots, self._starts, self._sizes, self._used, self._bytes, self._counts, self._free)
        self._encode_kernel(offsets, data, missing, self._seed64, now, *tables, self.most, out)

    def code(self, text: str, now: int = 0) -> int:
        """Return the code of one text."""
        return int(self.encode(pa.array([text], pa.string()), now)[0])

    def text(self, code: int) -> str | None:
        """Return the text of a code; None for `UNKNOWN`."""
        if code == UNKNOWN:
            return None
        if length := (code >> LENGTH_BIT) & 31:
            digits = str(code & ((1 << LENGTH_BIT) - 1)).zfill(length)
            return f"+{digits}" if (code >> PLUS_BIT) & 1 else digits
        start, size = int(self._starts[code]), int(self._sizes[code])
        return self._bytes[start : start + size].tobytes().decode()

    def texts(self, codes: NDArray[np.int64]) -> "pa.Array[Any]":
        """Return the texts of codes as one column; null for `UNKNOWN`."""
        interned = (codes >= 0) & (codes >> LENGTH_BIT == 0)
        places = np.where(interned, codes, 0)
        sizes = np.where(interned, self._sizes[places], 0).astype(np.int64)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        at = np.repeat(self._starts[places] - offsets[:-1], sizes) + np.arange(offsets[-1])
        wrap: Any = pa.py_buffer
        buffers = [None, wrap(offsets), wrap(self._bytes[at])]
        whole: Any = pa.Array.from_buffers(pa.large_string(), len(codes), buffers).cast(pa.string())
        others = np.flatnonzero(~interned)
        if others.size:
            written = pa.array([self.text(int(code)) for code in codes[others]], pa.string())
            whole = pc.replace_with_mask(whole, pa.array(~interned), written)
        result: pa.Array[Any] = whole
        return result

    def interned(self) -> "pa.Array[Any]":
        """Return the interned texts; packed numbers are not among them."""
        return self.texts(np.flatnonzero(self._sizes[: self._counts[0]] >= 0))

    def release(self, codes: NDArray[np.int64]) -> None:
        """Mark codes as unused, so that the next sweep frees them."""
        self._used[codes[(codes >= 0) & (codes >> LENGTH_BIT == 0)]] = UNKNOWN

    def sweep(self, before: int) -> None:
        """Evict the texts last used before a moment; no code of theirs may be in use."""
        if self._counts[0] == self._counts[2]:
            return
        stale = (self._sizes[: self._counts[0]] >= 0) & (self._used[: self._counts[0]] < before)
        if 4 * int(stale.sum()) >= self.text_count:  # rebuilding costs what is held, so a good part must go
            self._rebuild(stale)

    def _rebuild(self, stale: NDArray[np.bool_]) -> None:
        gone = np.flatnonzero(stale)
        free = int(self._counts[2])
        self._sizes[gone] = -1
        self._free[free : free + gone.size] = gone
        self._counts[2] += gone.size
        self._move(_power(4 * self.text_count, _FIRST_SLOTS), _power(2 * self._live_bytes(), _FIRST_BYTES))

    def _live_bytes(self) -> int:
        return int(self._sizes[: self._counts[0]].clip(0).sum(dtype=np.int64))

    def _make_room(self, texts: int, size: int) -> None:
        """Reserve room for every text of a batch, as if all were new."""
        codes = int(self._counts[0]) + texts
        if codes > len(self._starts):
            added = _power(codes, _FIRST_SLOTS) - len(self._starts)
            self._starts, self._used, self._free = (
                np.concatenate([array, np.zeros(added, np.int64)]) for array in (self._starts, self._used, self._free)
            )
            self._sizes = np.concatenate([self._sizes, np.full(added, -1, np.int32)])
        slots, space = len(self._slots), len(self._bytes)
        if 2 * (self.text_count + texts) > slots or self._counts[1] + size > space:
            self._move(
                max(slots, _power(2 * (self.text_count + texts), slots)),
                _power(2 * (self._live_bytes() + size), _FIRST_BYTES),
            )

    def _move(self, slots: int, space: int) -> None:
        self._few_room = 0, 0
        fresh = np.zeros(slots, np.int64), np.zeros(space, np.uint8)
        starts = np.zeros_like(self._starts)
        codes = int(self._counts[0])
        self._counts[1] = (
            rebuild(self._seed64, self._starts, self._sizes, self._bytes, codes, *fresh, starts) if codes else 0
        )
        self._slots, self._bytes, self._starts = *fresh, starts

    def save(self) -> bytes:
        """Return the table as bytes; `restore` gives the same codes for the same texts."""
        codes = np.flatnonzero(self._sizes[: self._counts[0]] >= 0)
        texts = [self._bytes[self._starts[c] : self._starts[c] + self._sizes[c]].tobytes() for c in codes]
        saved = _Saved(FORMAT, self._seed, texts, codes.tolist(), self._used[codes].tolist())
        return msgspec.msgpack.encode(saved)

    @classmethod
    def restore(cls, data: bytes) -> "TextCodes":
        """Return a saved table; raise ValueError for another format version."""
        saved = msgspec.msgpack.decode(data, type=_Saved)
        if saved.format != FORMAT:
            raise ValueError(f"code table of format {saved.format}, not {FORMAT}")
        table = cls(seed=saved.seed)
        code_count = max(saved.codes, default=-1) + 1
        table._make_room(code_count, sum(map(len, saved.texts)))
        codes = np.array(saved.codes, np.int64)
        sizes = np.array([len(text) for text in saved.texts], np.int32)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
        table._bytes[: starts[-1]] = np.frombuffer(b"".join(saved.texts), np.uint8)
        table._starts[codes], table._sizes[codes] = starts[:-1], sizes
        table._used[codes] = np.array(saved.used, np.int64)
        gone = np.setdiff1d(np.arange(code_count), codes)
        table._free[: gone.size] = gone
        table._counts[:] = code_count, starts[-1], gone.size
        table._move(len(table._slots), len(table._bytes))
        return table


def pack(digits: str) -> int | None:
    """Return the code of a text that needs no table, None for one that is interned."""
    plus = digits.startswith("+")
    bare = digits[plus:]
    if not bare.isascii() or not bare.isdigit() or len(bare) > MOST_DIGITS:
        return None
    return int(bare) | len(bare) << LENGTH_BIT | plus << PLUS_BIT


def is_packed(codes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which codes are packed digits; these are the same in every table."""
    packed: NDArray[np.bool_] = (codes > 0) & (codes >> LENGTH_BIT & 31 > 0)
    return packed


def without_last(codes: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the codes of texts without their last `count` characters, and which texts need their characters for it."""
    lengths = np.where(codes > 0, codes >> LENGTH_BIT & 31, 0)
    decided = (lengths > count) & (count > 0)
    digits = (codes & (1 << LENGTH_BIT) - 1) // 10 ** min(count, MOST_DIGITS)
    cut = digits | (lengths - count) << LENGTH_BIT | codes & 1 << PLUS_BIT
    return np.where(decided, cut, UNKNOWN), ~decided & (codes != UNKNOWN)


def _power(least: int, start: int) -> int:
    size = start
    while size < least:
        size *= 2
    return size


def _buffers(
    texts: "pa.Array[Any] | pa.ChunkedArray[Any]",
) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.bool_]]:
    """Return offsets, bytes and which are null."""
    column = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    column = column.cast(pa.large_string())
    missing: NDArray[np.bool_] = column.is_null().to_numpy(zero_copy_only=False)
    if not len(column):
        return np.zeros(1, np.int64), np.empty(0, np.uint8), missing
    starts: Any
    data: Any
    _, starts, data = column.buffers()
    offsets = np.frombuffer(starts, np.int64)[column.offset : column.offset + len(column) + 1]
    return offsets, np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8), missing
