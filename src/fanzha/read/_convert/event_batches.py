"""Build event batches from typed columns: split calls into events, add envelope columns and ids."""

import numpy as np
import pyarrow as pa

from fanzha.events import CALL_FACTS, all_events
from fanzha.read._arrow import ArrowColumn, constant_column
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.ids import EventIdGenerator
from fanzha.read._convert.rows import Columns
from fanzha.read._map.column_map import ColumnMap
from fanzha.read._map.targets import CALLS

_TELLS_AN_END = ("ended_at", "total_ms", "talk_ms", "answered", "answered_at", "release_cause", "released_by")


def split_call(columns: Columns, rows: int) -> dict[str, Columns]:
    """Return the columns of call_offered, call_answered and call_ended, as far as the source provides them.

    `columns` has call_id, occurred_at and the mapped columns. A call is answered if the source says so, or has a time
    of answer or a talk time above zero. A partial record without an end and a talk time has no call_ended. An
    unanswered call ends after ringing. No event precedes the one that it follows.
    """
    nulls = pa.nulls(rows, pa.int64())
    offered_at = columns["occurred_at"]
    talk_ms, ended_at, total_ms = (columns.get(name, nulls) for name in ("talk_ms", "ended_at", "total_ms"))
    ended_at = pc.coalesce(ended_at, pc.add(offered_at, total_ms))
    answered = _find_answered(columns, talk_ms, rows)
    is_answered = pc.fill_null(answered, False)
    ring_end = pc.add(offered_at, columns.get("ring_ms", nulls))
    answered_at = pc.coalesce(columns.get("answered_at", nulls), ring_end, pc.subtract(ended_at, talk_ms))
    answered_at = pc.if_else(is_answered, pc.max_element_wise(pc.coalesce(answered_at, offered_at), offered_at), None)
    answer = columns | {"occurred_at": answered_at, "ring_ms": _find_ring_ms(columns, offered_at, answered_at, rows)}
    facts: dict[str, Columns] = {"call_offered": columns, "call_answered": _filter_rows(answer, is_answered)}
    if any(name in columns for name in _TELLS_AN_END):
        is_unanswered = pc.invert(pc.fill_null(answered, True))
        length = pc.if_else(is_unanswered, 0, pc.coalesce(talk_ms, _subtract_or_zero(ended_at, answered_at)))
        moment = pc.coalesce(ended_at, pc.add(answered_at, talk_ms), answered_at, ring_end, offered_at)
        over = pc.max_element_wise(moment, answered_at, offered_at)
        end = {"occurred_at": over, "answered": answered, "talk_ms": length}
        is_partial = pc.fill_null(columns.get("partial", pa.nulls(rows, pa.bool_())), False)
        still_open = pc.and_(is_partial, pc.and_(ended_at.is_null(), talk_ms.is_null()))
        facts["call_ended"] = _filter_rows(columns | end, pc.invert(still_open))
    return facts


def _filter_rows(columns: Columns, rows: ArrowColumn) -> Columns:
    return {name: pc.filter(column, rows) for name, column in columns.items()}


def _find_answered(call: Columns, talk_ms: ArrowColumn, rows: int) -> ArrowColumn:
    stated = call.get("answered", pa.nulls(rows, pa.bool_()))
    by_talk = pc.greater(talk_ms, 0)
    by_time = call["answered_at"].is_valid() if "answered_at" in call else pa.nulls(rows, pa.bool_())
    return pc.coalesce(stated, pc.if_else(pc.fill_null(by_talk, False), True, by_time), by_talk)


def _find_ring_ms(call: Columns, offered: ArrowColumn, answered_at: ArrowColumn, rows: int) -> ArrowColumn:
    """Return the ringing time from the source, else from the time of answer or from total and talk time."""
    if "ring_ms" in call:
        return call["ring_ms"]
    if "answered_at" in call or ("talk_ms" in call and ("ended_at" in call or "total_ms" in call)):
        return _subtract_or_zero(answered_at, offered)
    return pa.nulls(rows, pa.int64())


def _subtract_or_zero(later: ArrowColumn, earlier: ArrowColumn) -> ArrowColumn:
    return pc.max_element_wise(pc.subtract(later, earlier), 0, skip_nulls=False)


#: The columns that identify a call if the source has no ids.
_CALL_IDENTITY = ("occurred_at", "caller", "callee", "original_callee", "trunk", "ended_at", "talk_ms", "total_ms")


class EventBatchBuilder:
    """Builds the event batches of one source."""

    def __init__(self, map_: ColumnMap, source: str, format_: str, basis: str, observed_at: int) -> None:
        self._map = map_
        self._id_generator = EventIdGenerator(format_, map_.source, map_.table)
        self._envelope: dict[str, int | str | None] = {
            "observed_at": observed_at,
            "source": source,
            "basis": basis or None,
        }

    def build_tables(self, columns: Columns, rows: int, *, own_times: bool) -> dict[str, pa.RecordBatch]:
        """Return the batches of `rows` valid rows. `own_times`: the times come from the source."""
        ids = self._make_ids(columns, own_times)
        if self._map.table == CALLS:
            calls = columns | {"call_id": self._make_call_ids(columns, ids)}
            facts = split_call(calls | {"event_id": ids}, rows)
            return {
                name: self._build_batch(name, fact | {"event_id": _add_suffix(fact["event_id"], name)})
                for name, fact in facts.items()
                if len(fact["event_id"])
            }
        if self._map.table in CALL_FACTS:
            columns = columns | {"call_id": self._make_call_ids(columns, ids)}
        return {self._map.table: self._build_batch(self._map.table, columns | {"event_id": ids})}

    def _make_ids(self, columns: Columns, own_times: bool) -> ArrowColumn:
        """Return event ids: digests of the source's id if there is one, else of the identifying columns.

        Without a source name in the map, the source's id is not unique (two exports may both count from 1), so the
        identifying columns are included.
        """
        source_ids = next((columns[name] for name in ("event_id", "call_id") if name in columns), None)
        if source_ids is not None and self._map.source and not source_ids.null_count:
            return self._id_generator.generate([source_ids, *self._part_times(columns)], true_ids=True)
        identity = _CALL_IDENTITY if self._map.table == CALLS else all_events()[self._map.table].identity
        names = dict.fromkeys((*identity, "occurred_at") if own_times else identity)
        parts = [columns[name] for name in names if name in columns and (own_times or name != "occurred_at")]
        return self._id_generator.generate(
            parts if source_ids is None else [source_ids, *parts],
            true_ids=source_ids is not None and not source_ids.null_count,
        )

    def _part_times(self, columns: Columns) -> list[ArrowColumn]:
        """Return the times that tell the records of one call apart, if some records may be partial."""
        if self._map.table != CALLS or "event_id" in columns or "partial" not in self._map.columns:
            return []
        return [columns[name] for name in ("occurred_at", "answered_at", "ended_at") if name in columns]

    def _make_call_ids(self, columns: Columns, ids: ArrowColumn) -> ArrowColumn:
        if "call_id" not in columns:
            return ids
        call_ids = columns["call_id"].cast(pa.string())
        prefix = f"{self._map.source}/" if self._map.source else ""
        return pc.coalesce(pc.binary_join_element_wise(prefix, call_ids, "") if prefix else call_ids, ids)

    def _build_batch(self, table: str, columns: Columns) -> pa.RecordBatch:
        event, rows = all_events()[table], len(columns["event_id"])
        values = dict(columns) | {name: _repeat_value(value, rows) for name, value in self._envelope.items()}
        values["simulated"] = pa.array(np.full(rows, self._map.simulated))
        arrays = [
            values[field.name].cast(field.type) if field.name in values else pa.nulls(rows, field.type)
            for field in event.schema
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=event.schema)


def _repeat_value(value: int | str | None, rows: int) -> ArrowColumn:
    return constant_column(value, pa.int64() if isinstance(value, int) else pa.string(), rows)


def _add_suffix(ids: ArrowColumn, table: str) -> ArrowColumn:
    """Append the position of the table in CALL_FACTS, so that the events of a call sort in order by their ids."""
    return pc.binary_join_element_wise(ids, str(CALL_FACTS.index(table) + 1), "-")
