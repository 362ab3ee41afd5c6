"""Cache of classified phone numbers by their text code; the code of digits is the number itself."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.kinds.phone_number import classify_many
from fanzha.windows import UNKNOWN
from fanzha.windows.codes import is_packed
from fanzha.windows.hash_tables import mix_hash

pc: Any = pyarrow.compute

MOST = 1 << 18  # cached numbers; the cache is cleared when it is full
_FIRST_SLOTS = 1 << 10
_MISSING, _NULL = -1, -2
_REGION_BIT = 8  # a cached value is the class, and from this bit on the region


class Numbers:
    """Cache of classified phone numbers; it does not affect results, so it is not saved."""

    def __init__(self, *, seed: int = 0) -> None:
        """`seed` is mixed into the hash, since attackers choose their numbers."""
        self._seed = np.uint64(seed & 0xFFFF_FFFF_FFFF_FFFF)
        self._begin()

    def _begin(self) -> None:
        self._held = 0
        self._keys = np.zeros(_FIRST_SLOTS, np.int64)  # 0 is never a code of digits
        self._known = np.zeros(_FIRST_SLOTS, np.int32)

    @property
    def bytes_held(self) -> int:
        """The memory taken."""
        return self._keys.nbytes + self._known.nbytes

    def classify(self, texts: Any, codes: NDArray[np.int64]) -> "tuple[pa.Array[Any], pa.Array[Any]]":
        """Return class and country of written numbers, whose codes are given, as dictionaries; null where null."""
        packed_facts = np.empty(len(codes), np.int32)
        _look_up(codes, self._seed, self._keys, self._known, packed_facts)
        rows = np.flatnonzero(packed_facts == _MISSING)
        if rows.size:
            distinct, first, again = np.unique(codes[rows], return_index=True, return_inverse=True)
            new_facts = _classify(texts.take(pa.array(rows[first])).cast(pa.string()))
            packed_facts[rows] = new_facts[again]
            self._remember(distinct[is_packed(distinct)], new_facts[is_packed(distinct)])
        null, (classes, countries) = packed_facts == _NULL, _words()
        return (
            _of_words(packed_facts & ((1 << _REGION_BIT) - 1), classes, null),
            _of_words(packed_facts >> _REGION_BIT, countries, null),
        )

    def _remember(self, codes: NDArray[np.int64], packed_facts: NDArray[np.int32]) -> None:
        if self._held + len(codes) > MOST:
            self._begin()
        self._held += len(codes)
        if 2 * self._held > len(self._keys):
            old = self._keys != 0
            codes, packed_facts = np.append(self._keys[old], codes), np.append(self._known[old], packed_facts)
            slots = 1 << (4 * self._held - 1).bit_length()
            self._keys, self._known = np.zeros(slots, np.int64), np.zeros(slots, np.int32)
        _insert(codes, packed_facts, self._seed, self._keys, self._known)


def _classify(texts: "pa.Array[Any]") -> NDArray[np.int32]:
    table: Any = classify_many(texts)
    classes, regions = (table.column(name).combine_chunks().indices.to_numpy() for name in ("number_class", "region"))
    packed_facts: NDArray[np.int32] = classes.astype(np.int32) | regions.astype(np.int32) << _REGION_BIT
    return packed_facts


def _words() -> "tuple[pa.Array[Any], pa.Array[Any]]":
    """Return the names of classes and of countries in the order of their codes; no country is null."""
    table: Any = classify_many(pa.array([None], pa.string()))
    classes, regions = (table.column(name).combine_chunks().dictionary for name in ("number_class", "region"))
    return classes, pc.if_else(pc.equal(regions, ""), None, regions)


def _of_words(word_indices: NDArray[np.int32], words: "pa.Array[Any]", null: NDArray[np.bool_]) -> "pa.Array[Any]":
    indices: Any = pa.array(word_indices, mask=null)
    return pa.DictionaryArray.from_arrays(indices, words)


@compiled
def _look_up(
    codes: NDArray[np.int64],
    seed: np.uint64,
    keys: NDArray[np.int64],
    values: NDArray[np.int32],
    out: NDArray[np.int32],
) -> None:
    last = np.uint64(len(keys) - 1)
    for row in range(len(codes)):
        code = codes[row]
        out[row] = _NULL
        if code != UNKNOWN:
            slot = mix_hash(seed, code) & last
            while keys[slot] != 0 and keys[slot] != code:
                slot = (slot + np.uint64(1)) & last
            out[row] = values[slot] if keys[slot] == code else _MISSING


@compiled
def _insert(
    codes: NDArray[np.int64],
    new_values: NDArray[np.int32],
    seed: np.uint64,
    keys: NDArray[np.int64],
    values: NDArray[np.int32],
) -> None:
    last = np.uint64(len(keys) - 1)
    for row in range(len(codes)):
        slot = mix_hash(seed, codes[row]) & last
        while keys[slot] != 0:
            slot = (slot + np.uint64(1)) & last
        keys[slot], values[slot] = codes[row], new_values[row]
