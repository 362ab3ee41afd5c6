"""Find repeated events: of the rows with one id, keep the one observed last."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._codes.kernel import hashed


def last_versions(ids: "pa.Array[Any]", observed_at: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the indices of the rows to keep: per id the row observed last, among equal ones the last row."""
    is_last = np.ones(len(ids), np.bool_)
    candidates = _possible_repeats(ids)
    rows: Any = pa.array(candidates)
    event_codes = ids.take(rows).dictionary_encode().indices.to_numpy()
    order = np.lexsort((observed_at[candidates], event_codes))  # stable: keeps the order of the rows
    last = np.append(np.diff(event_codes[order]) != 0, True)[: len(order)]
    is_last[candidates[order[~last]]] = False
    return np.flatnonzero(is_last)


def _possible_repeats(ids: "pa.Array[Any]") -> NDArray[np.intp]:
    """Return the rows whose id may not be unique (rows that share a hash), in order."""
    starts: Any
    data: Any
    column = ids.cast(pa.large_string())
    _, starts, data = column.buffers()
    if data is None or len(ids) < 2:  # no id has a letter, or there is none
        return np.arange(len(ids))
    hashes = np.empty(len(ids), np.uint64)
    begins = np.frombuffer(starts, np.int64)[column.offset : column.offset + len(column) + 1]
    _hash(begins, np.frombuffer(data, np.uint8), hashes)
    order = np.argsort(hashes)
    same = np.diff(hashes[order]) == 0
    return np.sort(order[np.append(same, False) | np.append(False, same)])


@compiled
def _hash(offsets: NDArray[np.int64], data: NDArray[np.uint8], hashes: NDArray[np.uint64]) -> None:
    for row in range(len(hashes)):
        hashes[row] = hashed(data, offsets[row], offsets[row + 1] - offsets[row], np.uint64(0))
