"""A small source read whole into memory: for tests, notebooks and one-off questions."""

from collections.abc import Iterator

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.read._reader import Batch
from fanzha.read._rejects import Reject


class Whole(msgspec.Struct):
    """All that a source told; `tables` are whole event tables."""

    tables: dict[str, pa.Table] = {}
    rejects: list[Reject] = []
    read: int = 0
    used: int = 0
    waiting: int = 0
    notes: list[Words] = []

    def rows(self, table: str) -> list[dict[str, object]]:
        """Return the events of a table as dictionaries, without what is not known."""
        events = self.tables.get(table)
        rows: list[dict[str, object]] = events.to_pylist() if events is not None else []
        return [{name: value for name, value in row.items() if value is not None} for row in rows]


def collected(batches: Iterator[Batch]) -> Whole:
    """Return all batches of a source as one."""
    whole = Whole()
    parts: dict[str, list[pa.RecordBatch]] = {}
    for batch in batches:
        for table, events in batch.tables.items():
            parts.setdefault(table, []).append(events)
        whole.rejects += batch.rejects
        whole.notes += [note for note in batch.notes if note not in whole.notes]
        whole.read, whole.used = whole.read + batch.read, whole.used + batch.used
        whole.waiting += batch.waiting
    whole.tables = {table: pa.Table.from_batches(events) for table, events in parts.items()}
    return whole
