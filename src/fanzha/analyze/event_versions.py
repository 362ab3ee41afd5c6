"""Which rows of an event table stand: of those with one event id the last version."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows.code_kernel import hash_bytes

BITS_PER_ID = 32  # one id in 32 shares its bit with another by chance


def last_versions(ids: "pa.Array[Any]", observed_at: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the indices of the rows to keep: per id the row observed last, among equal ones the last row."""
    is_last = np.ones(len(ids), np.bool_)
    candidates = possible_repeats(hash_ids(ids))
    indices: Any = pa.array(candidates)
    is_last[superseded_rows(candidates, ids.take(indices), observed_at[candidates])] = False
    return np.flatnonzero(is_last)


def superseded_rows(rows: NDArray[np.intp], ids: "pa.Array[Any]", observed_at: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return those of some rows, in order, of whose id there is a later version among them."""
    event_codes = ids.dictionary_encode().indices.to_numpy()
    order = np.lexsort((observed_at, event_codes))  # stable: keeps the order of the rows
    is_last = np.append(np.diff(event_codes[order]) != 0, True)[: len(order)]
    superseded: NDArray[np.intp] = rows[order[~is_last]]
    return superseded


def possible_repeats(hashes: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return the rows whose id may not be unique (rows that share bits of its hash), in order."""
    bits = 1 << max(16, (BITS_PER_ID * len(hashes) - 1).bit_length())
    repeated = np.zeros(len(hashes), np.bool_)
    _mark_repeats(hashes, np.zeros(bits // 8, np.uint8), np.zeros(bits // 8, np.uint8), repeated)
    return np.flatnonzero(repeated)


def hash_ids(ids: "pa.Array[Any]") -> NDArray[np.uint64]:
    """Return a 64-bit hash of each id; it is the same in every process."""
    starts: Any
    data: Any
    hashes = np.zeros(len(ids), np.uint64)
    column = ids.cast(pa.large_string())
    _, starts, data = column.buffers()
    if data is not None and len(ids):  # without a buffer no id has a letter
        begins = np.frombuffer(starts, np.int64)[column.offset : column.offset + len(column) + 1]
        _hash(begins, np.frombuffer(data, np.uint8), hashes)
    return hashes


@compiled
def _mark_repeats(
    hashes: NDArray[np.uint64], seen: NDArray[np.uint8], again: NDArray[np.uint8], repeated: NDArray[np.bool_]
) -> None:
    """Mark the rows whose hash falls on a bit that another row's falls on, too; the bits are clear at the start."""
    last = np.uint64(8 * len(seen) - 1)
    for row in range(len(hashes)):
        bit = hashes[row] & last
        byte, mask = bit >> np.uint64(3), np.uint8(1 << (bit & np.uint64(7)))
        if seen[byte] & mask:
            again[byte] |= mask
        seen[byte] |= mask
    for row in range(len(hashes)):
        bit = hashes[row] & last
        repeated[row] = again[bit >> np.uint64(3)] & np.uint8(1 << (bit & np.uint64(7))) != 0


@compiled
def _hash(offsets: NDArray[np.int64], data: NDArray[np.uint8], hashes: NDArray[np.uint64]) -> None:
    for row in range(len(hashes)):
        hashes[row] = hash_bytes(data, offsets[row], offsets[row + 1] - offsets[row], np.uint64(0))
