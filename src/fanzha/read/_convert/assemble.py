"""Typed columns -> batches of event tables, with envelope and ids."""

import numpy as np
import pyarrow as pa

from fanzha.events import CALL_FACTS, all_events
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._arrow import repeated
from fanzha.read._convert.calls import call_facts
from fanzha.read._convert.ids import Namer
from fanzha.read._convert.sheet import Columns
from fanzha.read._map.column_map import ColumnMap
from fanzha.read._map.targets import CALLS

#: What makes a call when the source has no ids.
_CALL_IDENTITY = ("occurred_at", "caller", "callee", "original_callee", "trunk", "ended_at", "talk_ms", "total_ms")


class Assembler:
    """Builds the event batches of one source."""

    def __init__(self, map_: ColumnMap, source: str, format_: str, basis: str, observed_at: int) -> None:
        self._map = map_
        self._namer = Namer(format_, map_.source, map_.table)
        self._envelope: dict[str, int | str | None] = {
            "observed_at": observed_at,
            "source": source,
            "basis": basis or None,
        }

    def tables(self, columns: Columns, rows: int, *, own_times: bool) -> dict[str, pa.RecordBatch]:
        """Return the batches of `rows` good rows; `own_times`: their moments are the source's own."""
        ids = self._ids(columns, own_times)
        if self._map.table == CALLS:
            calls = columns | {"call_id": self._call_ids(columns, ids)}
            facts = call_facts(calls | {"event_id": ids}, rows)
            return {
                name: self._batch(name, fact | {"event_id": _suffixed(fact["event_id"], name)})
                for name, fact in facts.items()
                if len(fact["event_id"])
            }
        if self._map.table in CALL_FACTS:
            columns = columns | {"call_id": self._call_ids(columns, ids)}
        return {self._map.table: self._batch(self._map.table, columns | {"event_id": ids})}

    def _ids(self, columns: Columns, own_times: bool) -> ArrowColumn:
        """Digest what makes the fact: the source's id where it has one, else the fact itself.

        An id of a source that the map does not name is not trusted alone: two exports both count from 1.
        """
        own = next((columns[name] for name in ("event_id", "call_id") if name in columns), None)
        if own is not None and self._map.source and not own.null_count:
            return self._namer.names([own], true_ids=True)
        identity = _CALL_IDENTITY if self._map.table == CALLS else all_events()[self._map.table].identity
        names = dict.fromkeys((*identity, "occurred_at") if own_times else identity)
        parts = [columns[name] for name in names if name in columns and (own_times or name != "occurred_at")]
        return self._namer.names(
            parts if own is None else [own, *parts], true_ids=own is not None and not own.null_count
        )

    def _call_ids(self, columns: Columns, ids: ArrowColumn) -> ArrowColumn:
        if "call_id" not in columns:
            return ids
        own = columns["call_id"].cast(pa.string())
        prefix = f"{self._map.source}/" if self._map.source else ""
        return pc.coalesce(pc.binary_join_element_wise(prefix, own, "") if prefix else own, ids)

    def _batch(self, table: str, columns: Columns) -> pa.RecordBatch:
        event, rows = all_events()[table], len(columns["event_id"])
        given = dict(columns) | {name: _same(value, rows) for name, value in self._envelope.items()}
        given["simulated"] = pa.array(np.full(rows, self._map.simulated))
        arrays = [
            given[field.name].cast(field.type) if field.name in given else pa.nulls(rows, field.type)
            for field in event.schema
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=event.schema)


def _same(value: int | str | None, rows: int) -> ArrowColumn:
    return repeated(value, pa.int64() if isinstance(value, int) else pa.string(), rows)


def _suffixed(ids: ArrowColumn, table: str) -> ArrowColumn:
    """Name the facts of a call by their turn, so that they sort by their ids as they followed from each other."""
    return pc.binary_join_element_wise(ids, str(CALL_FACTS.index(table) + 1), "-")
