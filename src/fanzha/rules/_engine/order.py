"""Merge ordered tables into one order: by moment, stage of the call, event id and table."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.rules._engine.fact_codes import ROLES

_WORDS = 5  # of eight bytes: the first 40 bytes of event ids are compared without Python objects


def in_order(named: list[tuple[str, pa.RecordBatch]]) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
    """Return for each fact in order the number of its batch, its row there, and its moment.

    Batches are sorted by table name, each in order itself. Facts of one call may share a moment if the clock has whole
    seconds or the source lacks the answer time: they are ordered by their stage.
    """
    if not named:
        return np.empty(0, np.int8), np.empty(0, np.int64), np.empty(0, np.int64)
    batches = [batch for _, batch in named]
    sizes = [batch.num_rows for batch in batches]
    tables = np.repeat(np.arange(len(batches), dtype=np.int8), sizes)
    rows = np.concatenate([np.arange(size, dtype=np.int64) for size in sizes])
    moments = np.concatenate([batch.column("occurred_at").to_numpy() for batch in batches])
    order = np.argsort(moments, kind="stable")
    sorted_ = moments[order]
    if len(batches) > 1:
        same = sorted_[1:] == sorted_[:-1]
        tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
        stages = np.array([ROLES.get(table, 0) for table, _ in named], np.int8)[tables]
        order[tied] = _settled(order[tied], batches, moments, stages)
    return tables[order], rows[order], sorted_


def _settled(
    tied: NDArray[np.intp], batches: list[pa.RecordBatch], moments: NDArray[np.int64], stages: NDArray[np.int8]
) -> NDArray[np.intp]:
    """Order the facts that share a moment."""
    ids: Any = pa.chunked_array([batch.column("event_id") for batch in batches]).combine_chunks()
    chosen = ids.take(pa.array(tied)).cast(pa.large_string())
    words, longest = _words(chosen)
    order = np.lexsort((tied, *words.T[::-1], stages[tied], moments[tied]))
    if longest > 8 * _WORDS:
        texts = (text.encode() for text in chosen.to_pylist())
        keys = list(zip(moments[tied].tolist(), stages[tied].tolist(), texts, tied.tolist(), strict=True))
        order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.intp)
    return tied[order]


def _words(texts: "pa.Array[Any]") -> tuple[NDArray[np.uint64], int]:
    """Return the first bytes of each text as integers in the same order, and the length of the longest text."""
    starts: Any
    data: Any
    _, starts, data = texts.buffers()
    words = np.zeros((len(texts), _WORDS), np.uint64)
    if not len(texts) or data is None:
        return words, 0
    offsets = np.frombuffer(starts, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    _cut(offsets, np.frombuffer(data, np.uint8), words)
    return words, int(np.diff(offsets).max())


@compiled
def _cut(offsets: NDArray[np.int64], data: NDArray[np.uint8], words: NDArray[np.uint64]) -> None:
    """Write big-endian words; missing bytes are 0, so a shorter text sorts first (ids contain no zero byte)."""
    for row in range(len(words)):
        for at in range(min(offsets[row + 1] - offsets[row], 8 * _WORDS)):
            word = at >> 3
            words[row, word] |= np.uint64(data[offsets[row] + at]) << np.uint64(8 * (7 - (at & 7)))
