"""What one scenario tells of one day: facts are added column by column and come out as event tables."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.events import all_events
from fanzha.simulate._draw import Mask, Whole, keys
from fanzha.simulate._render import ArrowColumn, Pick, Value, column, names, repeated

SOURCE = "simulated"
BASIS = "模拟数据，不涉及任何人的通信 simulated data, nobody's communication"
NORMAL, NO_ANSWER = 16, 19  # release causes, ITU-T Q.850


class Part(NamedTuple):
    """Facts of one table: moments and keys order them, the batch is what they say."""

    moments: Whole
    keys: NDArray[np.uint64]
    batch: pa.RecordBatch


class Facts:
    """The facts of one scenario and day; `words` name them, so that their ids are theirs alone."""

    def __init__(self, *words: str | int) -> None:
        self._words = words
        self._count = 0
        self.parts: dict[str, list[Part]] = {}

    def add(self, table: str, at: Whole, **values: Value) -> None:
        """Add a fact of the table at each moment (UTC ms); what is not given is not known."""
        if at.size:
            self._add(table, at, self._keys(at.size), values)

    def calls(
        self,
        at: Whole,
        offer: Mapping[str, Value],
        *,
        answered: Mask,
        ring_ms: Whole,
        talk_ms: Whole,
        cause: Whole | int = NO_ANSWER,
        released_by: str | Pick = "caller",
    ) -> None:
        """Add calls: each offer, its answer if there was one (after the ringing), and its end (`cause` if not)."""
        if not at.size:
            return
        named = self._keys(at.size)
        talk = np.where(answered, talk_ms, 0)
        causes = np.where(answered, NORMAL, cause)
        ended: dict[str, Value] = {"answered": answered, "talk_ms": talk, "release_cause": causes, "partial": False}
        self._add("call_offered", at, named, dict(offer), b"-1")
        self._add("call_ended", at + ring_ms + talk, named, ended | {"released_by": released_by}, b"-3")
        answers: dict[str, Value] = {"ring_ms": ring_ms[answered], "callee": _where(offer.get("callee"), answered)}
        self._add("call_answered", (at + ring_ms)[answered], named[answered], answers, b"-2")

    def _keys(self, count: int) -> NDArray[np.uint64]:
        self._count += 1
        return keys(count, *self._words, self._count)

    def _add(
        self, table: str, at: Whole, named: NDArray[np.uint64], values: dict[str, Value], end: bytes = b""
    ) -> None:
        event, rows = all_events()[table], at.size
        if unknown := set(values) - {one.name for one in event.own}:
            raise KeyError(f"{table} has no {', '.join(sorted(unknown))}")
        made: dict[str, ArrowColumn] = {"event_id": names(named, end)}
        made |= {"source": repeated(SOURCE, rows), "basis": repeated(BASIS, rows)}
        if end:
            made["call_id"] = names(named)
        plain: dict[str, Value] = {**values, "occurred_at": at, "observed_at": at, "simulated": True}
        filled = [
            made[one.name] if one.name in made else column(one, plain.get(one.name), rows) for one in event.columns
        ]
        batch = pa.RecordBatch.from_arrays(filled, schema=event.schema)
        self.parts.setdefault(table, []).append(Part(at, named, batch))


def _where(value: Value, rows: Mask) -> Value:
    if isinstance(value, Pick):
        return value.where(rows)
    return value[rows] if isinstance(value, np.ndarray) else value
