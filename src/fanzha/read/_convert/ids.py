"""Deterministic event ids: the same event has the same id in every import and under every file name."""

from functools import cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc

#: The number of distinct rows whose repeats are counted. Beyond it, counting restarts, to bound memory.
MAX_REMEMBERED = 1 << 24

_SEPARATOR = pa.scalar("\x1f", pa.large_string())


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """Open one in-memory database for all sources, because a folder may hold one file per call."""
    return duckdb.connect(config={"threads": 1})


class EventIdGenerator:
    """Digests the identifying columns of events of one file."""

    def __init__(self, *namespace: str) -> None:
        """`namespace` separates the ids of different formats and sources. It must not include a file name."""
        self._namespace = "\x1f".join(namespace)
        self._database = _database().cursor()
        self._repeats = RowRepeatCounter()

    def generate(self, columns: list[ArrowColumn], *, true_ids: bool) -> ArrowColumn:
        """Return an id of 32 hexadecimal digits per row.

        With `true_ids`, equal rows are the same event. Without, each repetition of a row is another event.
        """
        key = _join_columns(columns, self._namespace)
        if not true_ids:
            key = pc.binary_join_element_wise(key, self._repeats.count(self._hash(key)), _SEPARATOR)
        table = pa.table({"key": key})
        digests = self._query("SELECT substr(sha256(key), 1, 32) FROM facts", table)
        return pa.concat_arrays(digests.cast(pa.string()).chunks)

    def _hash(self, key: ArrowColumn) -> NDArray[np.uint64]:
        hashed: NDArray[np.uint64] = self._query("SELECT hash(key) FROM facts", pa.table({"key": key})).to_numpy()
        return hashed

    def _query(self, query: str, facts: pa.Table) -> ArrowColumn:
        self._database.register("facts", facts)
        return self._database.sql(query).to_arrow_table().column(0)


def _join_columns(columns: list[ArrowColumn], namespace: str) -> ArrowColumn:
    """Join columns to one text, with the length of each part, so that different rows have different texts."""
    parts: list[Any] = [pa.scalar(namespace, pa.large_string())]
    for column in columns:
        text = pc.fill_null(column.cast(pa.large_string()), "")
        parts += [pc.binary_length(text).cast(pa.large_string()), text]
    return pc.binary_join_element_wise(*parts, _SEPARATOR)


class RowRepeatCounter:
    """Counts repeated rows of a file in a growing open-addressing hash table of bounded size."""

    def __init__(self, max_used: int = MAX_REMEMBERED) -> None:
        self._max_used = max_used
        self._keys = np.zeros(1 << 12, np.uint64)
        self._counts = np.zeros(1 << 12, np.uint32)
        self._used = 0

    def count(self, hashes: NDArray[np.uint64]) -> ArrowColumn:
        """Return for each row the number of equal rows before it, as text."""
        self._make_room(len(hashes))
        before = np.empty(len(hashes), np.uint32)
        self._used += count_repeats(hashes | np.uint64(1), self._keys, self._counts, before)
        return pa.array(before).cast(pa.large_string())

    def _make_room(self, count: int) -> None:
        if self._used + count > self._max_used:
            self._keys[:], self._counts[:], self._used = 0, 0, 0
        size = len(self._keys)
        while size < 2 * (self._used + count):
            size *= 2
        if size > len(self._keys):
            keys, counts = np.zeros(size, np.uint64), np.zeros(size, np.uint32)
            move_counts(self._keys, self._counts, keys, counts)
            self._keys, self._counts = keys, counts


@compiled
def count_repeats(
    hashes: NDArray[np.uint64], keys: NDArray[np.uint64], counts: NDArray[np.uint32], before: NDArray[np.uint32]
) -> int:
    """Look up and count each hash (never 0). `keys` must have room for all. Return the number of new hashes."""
    last = np.uint64(len(keys) - 1)
    new = 0
    for row in range(len(hashes)):
        slot = (hashes[row] >> np.uint64(20)) & last
        while keys[slot] != 0 and keys[slot] != hashes[row]:
            slot = (slot + np.uint64(1)) & last
        if keys[slot] == 0:
            keys[slot] = hashes[row]
            new += 1
        before[row] = counts[slot]
        counts[slot] += np.uint32(1)
    return new


@compiled
def move_counts(
    keys: NDArray[np.uint64], counts: NDArray[np.uint32], to_keys: NDArray[np.uint64], to_counts: NDArray[np.uint32]
) -> None:
    """Copy a hash table into a larger one."""
    last = np.uint64(len(to_keys) - 1)
    for row in range(len(keys)):
        if keys[row] != 0:
            slot = (keys[row] >> np.uint64(20)) & last
            while to_keys[slot] != 0:
                slot = (slot + np.uint64(1)) & last
            to_keys[slot] = keys[row]
            to_counts[slot] = counts[row]
