"""Find what was told more than once: of each event the version that was learned last stands."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._codes.kernel import hashed


def last_versions(ids: "pa.Array[Any]", observed_at: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the rows that stand, in their order: of equal ids the one learned last, of those the last row."""
    is_last = np.ones(len(ids), np.bool_)
    candidates = _possible_repeats(ids)
    rows: Any = pa.array(candidates)
    event_codes = ids.take(rows).dictionary_encode().indices.to_numpy()
    order = np.lexsort((observed_at[candidates], event_codes))  # stable: rows as they came
    last = np.append(np.diff(event_codes[order]) != 0, True)[: len(order)]
    is_last[candidates[order[~last]]] = False
    return np.flatnonzero(is_last)


def _possible_repeats(ids: "pa.Array[Any]") -> NDArray[np.intp]:
    """Return the rows whose id may be that of another row too, in order: those that share a hash."""
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
