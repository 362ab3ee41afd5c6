"""Sort a table that does not fit in memory: distribute its rows over stretches of time, and sort each by itself."""

import shutil
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fanzha.analyze.event_versions import hash_ids, possible_repeats, superseded_rows

SAMPLE = 64  # the moment of one row in so many decides where stretches begin
MOST_BUCKETS = 256  # files that are open at once

Rows = NDArray[np.intp]


def read_row_groups(
    parts: Sequence[Path], columns: list[str] | None = None, dictionary_columns: list[str] | None = None
) -> Generator[pa.Table]:
    """Yield the row groups of Parquet files, in the order of the files' names; an empty file yields an empty table."""
    for part in sorted(parts, key=str):
        with pq.ParquetFile(part, pre_buffer=False, read_dictionary=dictionary_columns) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group, columns=columns)
            if not file.num_row_groups:
                table = file.schema_arrow.empty_table()
                yield table if columns is None else table.select(columns)


def sort_in_buckets(
    parts: Sequence[Path], folder: Path, bucket_bytes: int, dictionary_columns: list[str]
) -> Iterator[pa.Table]:
    """Yield the rows of a table to keep in stretches of time, one after the other, each of about `bucket_bytes`.

    The rows of a stretch are as they stood in the parts. Besides a stretch, memory holds 17 bytes for each row.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    hashes, moments = list[NDArray[np.uint64]](), list[NDArray[np.int64]]()
    for group in read_row_groups(parts, ["event_id", "occurred_at"]):
        hashes.append(hash_ids(group.column("event_id").combine_chunks()))
        moments.append(group.column("occurred_at").to_numpy()[::SAMPLE])
    dropped = _superseded_rows(parts, possible_repeats(np.concatenate(hashes)))
    rows = sum(map(len, hashes))
    hashes.clear()
    groups = read_row_groups(parts, dictionary_columns=dictionary_columns)
    first = next(group for group in groups if group.num_rows)
    size = rows * first.nbytes // max(1, first.num_rows)
    count = min(MOST_BUCKETS, size // max(1, bucket_bytes) + 1)
    sample = np.sort(np.concatenate(moments))
    starts = np.unique(sample[np.arange(1, count) * len(sample) // count])
    groups.close()
    del first
    for path in _distribute(read_row_groups(parts, None, dictionary_columns), dropped, starts, folder):
        yield _read_bucket(path)
    folder.rmdir()


def _superseded_rows(parts: Sequence[Path], candidates: Rows) -> Rows:
    """Return the rows that a later version replaces, in ascending order. Only `candidates` are examined."""
    first, chosen = 0, list[pa.Table]()
    for group in read_row_groups(parts, ["event_id", "observed_at"]):
        begin, end = np.searchsorted(candidates, (first, first + group.num_rows))
        chosen.append(group.take(candidates[begin:end] - first))
        first += group.num_rows
    table = pa.concat_tables(chosen).combine_chunks()
    ids: Any = table.column("event_id").combine_chunks()
    return np.sort(superseded_rows(candidates, ids, table.column("observed_at").to_numpy()))


def _distribute(groups: Iterator[pa.Table], dropped: Rows, starts: NDArray[np.int64], folder: Path) -> list[Path]:
    """Write the rows into one file for each stretch of time that has any, without those dropped; return the files.

    `starts` are the moments at which the stretches but the first begin.
    """
    paths = [folder / f"{number:03d}.arrows" for number in range(len(starts) + 1)]
    with ExitStack() as stack:
        writers: dict[int, Any] = {}
        first = 0
        for group in groups:
            keeps = np.ones(group.num_rows, np.bool_)
            keeps[dropped[slice(*np.searchsorted(dropped, (first, first + group.num_rows)))] - first] = False
            first += group.num_rows
            rows = np.flatnonzero(keeps)
            numbers = np.searchsorted(starts, group.column("occurred_at").to_numpy()[rows], side="right")
            order = np.argsort(numbers, kind="stable")
            bounds = np.searchsorted(numbers[order], np.arange(len(paths) + 1)).tolist()
            table = group.take(rows[order]).combine_chunks()
            for number, (begin, end) in enumerate(pairwise(bounds)):
                if begin < end:
                    if number not in writers:
                        sink = stack.enter_context(pa.OSFile(str(paths[number]), "wb"))
                        writers[number] = stack.enter_context(pa.ipc.new_stream(sink, table.schema))
                    writers[number].write_table(table.slice(begin, end - begin))
    return [paths[number] for number in sorted(writers)]


def _read_bucket(path: Path) -> pa.Table:
    """Return the rows of one stretch of time in the order in which they were written, and remove the file."""
    with pa.OSFile(str(path), "rb") as source, pa.ipc.open_stream(source) as stream:
        table: pa.Table = stream.read_all().combine_chunks()
    path.unlink()
    return table
