"""Collect the facts that a scenario generates for one day, as record batches of the event tables."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.events import all_events
from fanzha.simulate._columns import ArrowColumn, Categorical, Value, build_column, format_keys, repeat_text
from fanzha.simulate._random import BoolArray, IntArray, generate_keys

SOURCE = "simulated"
BASIS = Words("模拟数据，不涉及任何人的通信", "simulated data, nobody's communication").joined()
NORMAL, NO_ANSWER = 16, 19  # release causes, ITU-T Q.850


class FactPart(NamedTuple):
    """Facts of one table. `moments` (UTC ms) and `keys` give the sort order of the rows of `batch`."""

    moments: IntArray
    keys: NDArray[np.uint64]
    batch: pa.RecordBatch


class Facts:
    """The facts of one scenario and day. Event ids derive from `words`, which must be unique to them."""

    def __init__(self, *words: str | int) -> None:
        self._words = words
        self._count = 0
        self.parts: dict[str, list[FactPart]] = {}

    def add(self, table: str, at: IntArray, **values: Value) -> None:
        """Add one fact to `table` for each moment in `at` (UTC ms). Columns without a value are null.

        Raise KeyError if the table lacks a column.
        """
        if at.size:
            self._add(table, at, self._keys(at.size), values)

    def add_calls(
        self,
        at: IntArray,
        offer: Mapping[str, Value],
        *,
        answered: BoolArray,
        ring_ms: IntArray,
        talk_ms: IntArray,
        cause: IntArray | int = NO_ANSWER,
        released_by: str | Categorical = "caller",
    ) -> None:
        """Add the events of calls that are offered at `at` (UTC ms): offered, answered and ended.

        An unanswered call has no `call_answered` event, and `cause` is its release cause.
        """
        if not at.size:
            return
        row_keys = self._keys(at.size)
        talk = np.where(answered, talk_ms, 0)
        causes = np.where(answered, NORMAL, cause)
        end_values: dict[str, Value] = {
            "answered": answered,
            "talk_ms": talk,
            "release_cause": causes,
            "partial": False,
        }
        self._add("call_offered", at, row_keys, dict(offer), b"-1")
        self._add("call_ended", at + ring_ms + talk, row_keys, end_values | {"released_by": released_by}, b"-3")
        answer_values: dict[str, Value] = {
            "ring_ms": ring_ms[answered],
            "callee": _filter_value(offer.get("callee"), answered),
        }
        self._add("call_answered", (at + ring_ms)[answered], row_keys[answered], answer_values, b"-2")

    def _keys(self, count: int) -> NDArray[np.uint64]:
        self._count += 1
        return generate_keys(count, *self._words, self._count)

    def _add(
        self, table: str, at: IntArray, row_keys: NDArray[np.uint64], values: dict[str, Value], suffix: bytes = b""
    ) -> None:
        event, rows = all_events()[table], at.size
        if unknown := set(values) - {column.name for column in event.own}:
            raise KeyError(f"{table} has no {', '.join(sorted(unknown))}")
        derived: dict[str, ArrowColumn] = {"event_id": format_keys(row_keys, suffix)}
        derived |= {"source": repeat_text(SOURCE, rows), "basis": repeat_text(BASIS, rows)}
        if suffix:
            derived["call_id"] = format_keys(row_keys)
        row_values: dict[str, Value] = {**values, "occurred_at": at, "observed_at": at, "simulated": True}
        arrays = [
            derived[column.name] if column.name in derived else build_column(column, row_values.get(column.name), rows)
            for column in event.columns
        ]
        batch = pa.RecordBatch.from_arrays(arrays, schema=event.schema)
        self.parts.setdefault(table, []).append(FactPart(at, row_keys, batch))


def _filter_value(value: Value, rows: BoolArray) -> Value:
    if isinstance(value, Categorical):
        return value.filter(rows)
    return value[rows] if isinstance(value, np.ndarray) else value
