"""The reorder buffer: events wait for their allowed lateness and leave in the order of (`occurred_at`, `event_id`)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.analyze.event_order import Slice
from fanzha.analyze.event_versions import hash_ids, last_versions
from fanzha.analyze.watch.seen_ids import SeenIds
from fanzha.base.clock import EARLIEST_MS, LATEST_MS

pc: Any = pyarrow.compute


class _BufferState(msgspec.Struct, array_like=True):
    pending: dict[str, bytes]
    released_until: int
    newest: tuple[int, int]
    seen: bytes


@dataclass
class AddResult:
    """What became of the events added: late ones by table, and the number of repeats that were dropped."""

    late: Slice = field(default_factory=dict)
    repeats: int = 0


class ReorderBuffer:
    """Holds events back until they are released. A repeat of an `event_id` counts once.

    A correction (same id, `observed_at` not earlier) replaces an event that still waits. An event before the released
    moment is late: it is returned to the caller and not used.
    """

    def __init__(self, remember_ms: int, saved: bytes = b"") -> None:
        """Remember the ids of released events for `remember_ms`; start empty, or with a saved state."""
        state = msgspec.msgpack.decode(saved, type=_BufferState) if saved else None
        self.released_until = state.released_until if state else EARLIEST_MS
        self._newest = state.newest if state else (EARLIEST_MS, EARLIEST_MS)
        self._seen = SeenIds(remember_ms, saved=state.seen if state else b"")
        self._pending: dict[str, list[pa.RecordBatch]] = {
            table: pa.ipc.open_stream(data).read_all().to_batches()
            for table, data in (state.pending if state else {}).items()
        }

    def newest(self, tables: Iterable[pa.RecordBatch] = (), limit: int = LATEST_MS) -> int:
        """Return the latest moment up to `limit` (UTC ms) that was added, or will be with these events.

        Readers give events without a time the moment of reading, which says nothing about how far the source is: they
        count only as long as there are no others.
        """
        own, any_ = self._find_newest(tables, limit)
        return own if own > EARLIEST_MS else any_

    def _find_newest(self, tables: Iterable[pa.RecordBatch], limit: int) -> tuple[int, int]:
        """Return the latest moment of the events with a time of their own, and of all."""
        own, any_ = self._newest
        for batch in tables:
            moments = occurred_at(batch)
            is_valid = moments <= limit
            is_own = is_valid & (moments != batch.column("observed_at").to_numpy())
            own = max(own, int(np.max(moments, initial=EARLIEST_MS, where=is_own)))
            any_ = max(any_, int(np.max(moments, initial=EARLIEST_MS, where=is_valid)))
        return own, any_

    @property
    def pending_count(self) -> int:
        """The number of events that wait."""
        return sum(batch.num_rows for batches in self._pending.values() for batch in batches)

    def add(self, tables: Slice, limit: int) -> AddResult:
        """Add events in any order; moments after `limit` (UTC ms) do not count as the newest one."""
        result = AddResult()
        self._newest = self._find_newest(tables.values(), limit)
        for table, batch in tables.items():
            if not batch.num_rows:
                continue
            moments = occurred_at(batch)
            is_repeat = self._seen.contains(hash_ids(batch.column("event_id")))
            is_late = (moments < self.released_until) & ~is_repeat
            result.repeats += int(is_repeat.sum())
            if is_late.any():
                result.late[table] = batch.filter(pa.array(is_late))
            if not (is_repeat | is_late).all():
                self._pending.setdefault(table, []).append(batch.filter(pa.array(~(is_repeat | is_late))))
        return result

    def release(self, until: int) -> tuple[Slice, int]:
        """Return the events before a moment in order, and the number of repeats dropped among all that wait."""
        due: Slice = {}
        repeats = 0
        for table in sorted(self._pending):
            batch = join_batches(self._pending.pop(table))
            kept = last_versions(batch.column("event_id"), batch.column("observed_at").to_numpy())
            repeats += batch.num_rows - len(kept)
            is_due = occurred_at(batch)[kept] < until
            if is_due.any():
                rows = batch.take(_indices(kept[is_due]))
                keys = [("occurred_at", "ascending"), ("event_id", "ascending")]
                due[table] = rows.take(pc.sort_indices(pa.Table.from_batches([rows]), sort_keys=keys))
            if not is_due.all():
                self._pending[table] = [batch.take(_indices(kept[~is_due]))]
        for batch in due.values():
            self._seen.add(hash_ids(batch.column("event_id")), occurred_at(batch))
        self.released_until = max(self.released_until, until)
        return due, repeats

    def save(self) -> bytes:
        """Return the state as bytes."""
        pending = {table: to_bytes(join_batches(batches)) for table, batches in self._pending.items()}
        return msgspec.msgpack.encode(_BufferState(pending, self.released_until, self._newest, self._seen.save()))


def _indices(rows: NDArray[np.intp]) -> Any:
    return pa.array(rows)


def occurred_at(batch: pa.RecordBatch) -> NDArray[np.int64]:
    """Return the moments of a batch (UTC ms)."""
    moments: NDArray[np.int64] = batch.column("occurred_at").to_numpy()
    return moments


def join_batches(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    """Return the batches as one."""
    arrow: Any = pa
    joined: pa.RecordBatch = batches[0] if len(batches) == 1 else arrow.concat_batches(batches)
    return joined


def to_bytes(batch: pa.RecordBatch) -> bytes:
    """Return a batch as an Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def from_bytes(data: bytes) -> pa.RecordBatch:
    """Return the batch of an Arrow IPC stream of one batch or more."""
    return join_batches(pa.ipc.open_stream(data).read_all().combine_chunks().to_batches())
