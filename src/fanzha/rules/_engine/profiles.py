"""The latest registration of each number, kept without a limit of time, as `profile(x, FIELD)` reads it.

A number takes 16 bytes and 8 for each field that a rule reads; a text that is a value stands once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.rules.catalog import PROFILE_FIELDS, PROFILE_KEY
from fanzha.rules.tree import Type
from fanzha.windows import UNKNOWN
from fanzha.windows.codes import TextCodes, is_packed

pc: Any = pyarrow.compute
Whole = NDArray[np.int64]

_RECENT_SHARE = 8  # the recent registrations are merged into the others once they are more than an eighth of them


@dataclass(frozen=True)
class _Latest:
    """The latest registration of each of n numbers: codes in ascending order, moments, values [n, fields]."""

    numbers: Whole
    moments: Whole
    values: Whole

    @classmethod
    def empty(cls, fields: int) -> "_Latest":
        """Return no registrations."""
        return cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, fields), np.int64))

    def merge(self, later: "_Latest") -> "_Latest":
        """Return both, of each number the registration with the later moment, of equal moments that of `later`."""
        numbers = np.concatenate([self.numbers, later.numbers])
        moments = np.concatenate([self.moments, later.moments])
        order = np.lexsort((moments, numbers))  # stable
        last = order[np.append(numbers[order][1:] != numbers[order][:-1], True)] if len(order) else order
        return _Latest(numbers[last], moments[last], np.concatenate([self.values, later.values])[last])

    def find(self, numbers: Whole, moments: Whole, field: int) -> tuple[Whole, NDArray[np.bool_]]:
        """Return the values of a field of m numbers, and which of them were registered by m moments."""
        if not len(self.numbers):
            return np.full(len(numbers), UNKNOWN), np.zeros(len(numbers), np.bool_)
        at = np.minimum(np.searchsorted(self.numbers, numbers), len(self.numbers) - 1)
        found = (self.numbers[at] == numbers) & (self.moments[at] <= moments)
        return np.where(found, self.values[at, field], UNKNOWN), found


class _Versions:
    """The registrations of one stretch, several of a number among them, as of any moment."""

    def __init__(self, numbers: Whole, moments: Whole, values: Whole) -> None:
        """Take n registrations in order, numbers as codes, and their values [n, fields]."""
        self._numbers, self._moments = np.unique(numbers), np.unique(moments)
        keys = self._keys(numbers, moments)
        order = np.argsort(keys, kind="stable")
        self._sorted, self._values = keys[order], values[order]

    def _keys(self, numbers: Whole, moments: Whole) -> Whole:
        """Return numbers and moments as one integer each, in the order of both."""
        ranks = np.searchsorted(self._moments, moments, side="right")
        keys: Whole = np.searchsorted(self._numbers, numbers) * (len(self._moments) + 1) + ranks
        return keys

    def find(self, numbers: Whole, moments: Whole, field: int) -> tuple[Whole, NDArray[np.bool_]]:
        """Return the values of a field of m numbers, and which of them were registered by m moments."""
        index = np.minimum(np.searchsorted(self._numbers, numbers), len(self._numbers) - 1)
        place = np.searchsorted(self._sorted, self._keys(numbers, moments), side="right") - 1
        at = np.maximum(place, 0)
        found = (place >= 0) & (self._numbers[index] == numbers)
        found &= self._sorted[at] // (len(self._moments) + 1) == index
        return np.where(found, self._values[at, field], UNKNOWN), found

    def latest(self) -> _Latest:
        """Return the last registration of each number."""
        of_number, ranks = np.divmod(self._sorted, len(self._moments) + 1)
        last = np.flatnonzero(np.append(of_number[1:] != of_number[:-1], True))
        return _Latest(self._numbers, self._moments[ranks[last] - 1], self._values[last])


class _SavedFacts(msgspec.Struct, array_like=True):
    fields: list[str]
    numbers: bytes
    texts: bytes
    columns: list[bytes]  # codes of the numbers, moments, values of each field


class SubscriberFacts:
    """The latest registrations by number, and all those of the stretch at hand."""

    def __init__(self, fields: Sequence[str], *, seed: int = 0) -> None:
        """`fields` are those of `catalog.PROFILE_FIELDS` that rules read; no other is kept."""
        self.fields = tuple(fields)
        self._at = {name: at for at, name in enumerate(self.fields)}
        self._numbers, self._texts = TextCodes(seed=seed), TextCodes(seed=seed)
        self._base = self._recent = _Latest.empty(len(self.fields))
        self._versions: _Versions | None = None

    @property
    def bytes_held(self) -> int:
        """Memory of registrations and texts in bytes."""
        arrays = [array for part in (self._base, self._recent) for array in (part.numbers, part.moments, part.values)]
        return sum(array.nbytes for array in arrays) + self._numbers.bytes_held + self._texts.bytes_held

    def take(self, batch: pa.RecordBatch) -> None:
        """Add the registrations of a stretch, in order; the facts of the stretch read them as of their moments."""
        self.settle()
        if not batch.num_rows or not self.fields:
            return
        numbers = self._numbers.encode(_plain(batch.column(PROFILE_KEY)))
        moments = batch.column("occurred_at").to_numpy()
        values = np.stack([self._value(name, batch) for name in self.fields], axis=1)
        self._versions = _Versions(numbers, moments, values)

    def take_late(self, batch: pa.RecordBatch) -> None:
        """Add registrations of moments that are over; of each number the registration with the latest moment stays."""
        self.take(batch)
        if self._versions is not None:
            whole = self._base.merge(self._recent)
            self._base, self._recent = whole.merge(self._versions.latest()), _Latest.empty(len(self.fields))
            self._versions = None

    def settle(self) -> None:
        """Keep the last registration of each number of the stretch; its other facts have been read."""
        if self._versions is None:
            return
        self._recent = self._recent.merge(self._versions.latest())
        self._versions = None
        if len(self._recent.numbers) * _RECENT_SHARE > len(self._base.numbers):
            self._base, self._recent = self._base.merge(self._recent), _Latest.empty(len(self.fields))

    def _value(self, name: str, batch: pa.RecordBatch) -> Whole:
        field = PROFILE_FIELDS[name]
        column: Any = batch.column(field.column)
        if field.type is Type.TEXT:
            words = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
            codes = np.append(self._texts.encode(words.dictionary), UNKNOWN)
            values: Whole = codes[pc.fill_null(words.indices.cast(pa.int64()), -1).to_numpy()]
            return values
        return to_whole(column)

    def numbers(self, name: str, numbers: Any, codes: Whole, moments: Whole) -> Whole:
        """Return a field that is a number, duration or moment of n numbers as of n moments; UNKNOWN where unknown.

        `numbers` are the texts, which may be a dictionary, and `codes` their codes in any table.
        """
        return self._find(name, numbers, codes, moments)

    def texts(self, name: str, numbers: Any, codes: Whole, moments: Whole) -> "pa.Array[Any]":
        """Return a field that is a text as a dictionary of n indices; null where unknown."""
        values = self._find(name, numbers, codes, moments)
        distinct, indices = np.unique(values, return_inverse=True)
        places: Any = pa.array(indices.astype(np.int32), mask=values == UNKNOWN)
        whole: pa.Array[Any] = pa.DictionaryArray.from_arrays(places, self._texts.texts(distinct))
        return whole

    def _find(self, name: str, numbers: Any, codes: Whole, moments: Whole) -> Whole:
        own, field = self._own_codes(numbers, codes), self._at[name]
        values = np.full(len(own), UNKNOWN)
        for part in (self._base, self._recent, self._versions):
            if part is not None:
                found_values, found = part.find(own, moments, field)
                values[found] = found_values[found]
        return values

    def _own_codes(self, numbers: Any, codes: Whole) -> Whole:
        """Return the codes of texts in the table of registered numbers, UNKNOWN for those that it lacks."""
        packed = is_packed(codes)
        if packed.all() or not self._numbers.text_count:
            return np.where(packed, codes, UNKNOWN)
        own = np.where(packed, codes, UNKNOWN)
        rest = np.flatnonzero(~packed & (codes != UNKNOWN))
        texts = _plain(numbers.take(pa.array(rest)))
        known = np.flatnonzero(pc.is_in(texts, value_set=self._numbers.interned()).to_numpy(zero_copy_only=False))
        own[rest[known]] = self._numbers.encode(texts.take(pa.array(known)))
        return own

    def save(self) -> bytes:
        """Return the registrations as bytes."""
        self.settle()
        if not self.fields:
            return b""
        whole = self._base.merge(self._recent)
        columns = [whole.numbers, whole.moments, *whole.values.T]
        saved = _SavedFacts(list(self.fields), self._numbers.save(), self._texts.save(), [c.tobytes() for c in columns])
        return msgspec.msgpack.encode(saved)

    def restore(self, data: bytes) -> None:
        """Restore registrations; a field that was not kept is unknown until a number is registered again."""
        if not data:
            return
        saved = msgspec.msgpack.decode(data, type=_SavedFacts)
        self._numbers, self._texts = TextCodes.restore(saved.numbers), TextCodes.restore(saved.texts)
        numbers, moments, *kept = (np.frombuffer(column, np.int64) for column in saved.columns)
        by_name = dict(zip(saved.fields, kept, strict=True))
        values = np.full((len(numbers), len(self.fields)), UNKNOWN)
        for at, name in enumerate(self.fields):
            if name in by_name:
                values[:, at] = by_name[name]
        self._base, self._recent = _Latest(numbers, moments, values), _Latest.empty(len(self.fields))
        self._versions = None


def to_whole(column: Any) -> Whole:
    """Return a column as whole numbers, halves to even, `UNKNOWN` for null and for what is no number."""
    missing = column.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_floating(column.type):
        values = column.to_numpy(zero_copy_only=False)
        missing |= ~(np.abs(np.nan_to_num(values, nan=np.inf)) < 2.0**62)
        whole = np.rint(np.where(missing, 0.0, values)).astype(np.int64)
    else:
        whole = pc.fill_null(column.cast(pa.int64()), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    whole[missing] = UNKNOWN
    return whole


def _plain(texts: Any) -> Any:
    """Return texts that may be a dictionary as plain texts."""
    return texts.cast(pa.string()) if pa.types.is_dictionary(texts.type) else texts
