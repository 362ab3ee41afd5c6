"""Evaluate rules over a whole history: like the engine, with windows that keep only what some rule may ask for.

The facts are put in order and stored once, by the caller's store, while keys are counted. Only then are rules judged,
stretch by stretch. What fires, with its explanation, is what the engine yields; memory follows the keys that may lead
to a finding, not all facts.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.rules._engine.base_columns import BaseColumnReader, Lists
from fanzha.rules._engine.event_ids import PARTIES, EventIds
from fanzha.rules._engine.fact_codes import point_code
from fanzha.rules._engine.program import Program
from fanzha.rules._engine.sequence import EventSequencer
from fanzha.rules._engine.stretch import Stretch
from fanzha.rules._engine.survey import Survey
from fanzha.rules.engine import Fired, RuleEngine
from fanzha.rules.tree import Expression, FieldReference, Rule
from fanzha.windows import UNKNOWN, FactBatch
from fanzha.windows.codes import TextCodes

pc: Any = pyarrow.compute

FORMAT = 1
_ENVELOPE = ("event_id", "simulated", "basis", "call_id")
_IDS = ("event_id", "call_id")
_KIND, _MOMENT = " kind", " moment"  # no column of a rule begins with a space


class HistoryStore(Protocol):
    """Keeps pairs of record batches by number: the facts of a stretch, and their ids and parties."""

    def __len__(self) -> int:
        """Return the number of stretches."""

    def append(self, facts: pa.RecordBatch, ids: pa.RecordBatch) -> None:
        """Store one more stretch."""

    def truncate(self, count: int) -> None:
        """Remove all but the first `count` stretches."""

    def facts(self, number: int) -> pa.RecordBatch:
        """Return the facts of a stretch."""

    def ids(self, number: int) -> pa.RecordBatch:
        """Return the ids and parties of the facts of a stretch."""


class _State(msgspec.Struct, array_like=True):
    format: int
    sequencer: bytes
    wait_ids: bytes
    survey: bytes
    untils: list[int | None]


class StoredIds(EventIds):
    """Event ids and parties of all facts, in the store."""

    def __init__(self, store: HistoryStore) -> None:
        super().__init__()
        self._store = store
        self.stops: list[int] = []  # position after the last fact of each stretch
        self._waiting: pa.RecordBatch | None = None

    def append(self, first: int, last: int, ids: "pa.Array[Any]", parties: NDArray[np.int64]) -> None:
        """Keep the ids of a stretch for `take`."""
        columns = [ids, *(pa.array(parties[:, at]) for at in range(len(PARTIES)))]
        self._waiting = pa.RecordBatch.from_arrays(columns, ["event_id", *(names[0] for names in PARTIES)])

    def take(self) -> pa.RecordBatch:
        """Return the ids of the last stretch, and count it as stored."""
        batch, self._waiting = self._waiting, None
        assert batch is not None
        self.stops.append((self.stops[-1] if self.stops else 0) + batch.num_rows)
        return batch

    def __contains__(self, position: int) -> bool:
        """Return whether the fact at a position is stored."""
        return bool(self.stops) and 0 <= position < self.stops[-1]

    def get(self, position: int) -> str:
        """Return the id of a fact."""
        batch, at = self._locate(position)
        return str(batch.column(0)[at].as_py())

    def parties(self, position: int) -> tuple[int, ...]:
        """Return the codes of PARTIES of a fact, UNKNOWN if missing."""
        batch, at = self._locate(position)
        return tuple(int(column[at].as_py()) for column in batch.columns[1:])

    def _locate(self, position: int) -> tuple[pa.RecordBatch, int]:
        number = bisect_right(self.stops, position)
        return self._store.ids(number), position - (self.stops[number - 1] if number else 0)

    def sweep(self, before: int) -> None:
        """Keep all."""

    def save(self) -> bytes:
        """Return the stops; the ids are in the store."""
        return msgspec.msgpack.encode(self.stops)


class HistorySequencer(EventSequencer):
    """Puts events in order; no text is forgotten, since its code is read again when the rules are judged.

    Ids of events and calls are the exception: they are as many as the events, and only waits need them, until these are
    over. They have a table of codes of their own, which forgets.
    """

    ids: StoredIds

    def __init__(self, program: Program, lists: Lists, store: HistoryStore, *, seed: int = 0) -> None:
        super().__init__(program, lists, seed=seed)
        self._store = store
        self.ids = StoredIds(store)
        self.wait_ids = TextCodes(seed=seed)
        read = {name for nodes in program.bases.values() for name in nodes}
        read |= {name for nodes in program.chosen.values() for name in nodes}
        self.has_wait_ids = not read & set(_IDS)  # a rule that reads ids itself has their codes among the others
        self.wait_kinds = np.array([point_code(point) for point in program.waits], np.int16)
        self._longest_wait = max((point.wait for point in program.waits), default=0)

    def _forget(self, before: int) -> None:
        self._call_ids.sweep(before)

    def settle(self, until: int) -> Stretch:
        """Return the facts before a moment; forget the ids of those whose waits are over since before the last."""
        self.wait_ids.sweep(self._last - 2 * self._longest_wait)
        return super().settle(until)

    def _call_column(self, node: Expression, reading: BaseColumnReader, batch: pa.RecordBatch) -> NDArray[np.int64]:
        if self.has_wait_ids and isinstance(node, FieldReference) and node.name in _IDS:
            return self.wait_ids.encode(batch.column(node.name), int(batch.column("occurred_at")[-1].as_py()))
        return super()._call_column(node, reading, batch)

    def envelope_of_waits(self, stretch: Stretch, name: str, rows: NDArray[np.intp]) -> "pa.Array[Any]":
        """Return a column of the envelope of the facts that began the waits at these rows."""
        codes = stretch.columns[name][rows]
        whole: pa.Array[Any]
        if name == "simulated":
            whole = pa.array(codes == 1)
        elif name == "basis" or not self.has_wait_ids:
            whole = self.codes.texts(codes)
        else:
            of_calls = np.isin(stretch.facts.kinds[rows], self.wait_kinds)
            texts: Any = self.codes.texts(np.where(of_calls, UNKNOWN, codes))
            ids: Any = self.wait_ids.texts(np.where(of_calls, codes, UNKNOWN))
            whole = pc.if_else(pa.array(of_calls), ids, texts)
        return whole

    def _restore_ids(self, data: bytes) -> None:
        self.ids = StoredIds(self._store)
        self.ids.stops = msgspec.msgpack.decode(data, type=list[int])


class HistoryEngine(RuleEngine):
    """A set of checked rules over a history: first `take` and `settle` all of it, then `remaining`."""

    def __init__(
        self,
        rules: Sequence[Rule],
        lists: Lists | None,
        store: HistoryStore,
        *,
        extra_expressions: Sequence[tuple[str, Expression]] = (),
        seed: int = 0,
    ) -> None:
        """`store` keeps the stretches; the other arguments are those of `RuleEngine`."""
        self._store = store
        self._untils: list[int | None] = []  # of each stretch the moment before which its facts lie, None of the last
        super().__init__(rules, lists, extra_expressions=extra_expressions, seed=seed)
        self._survey = Survey(self.program, self._demand, self._windows, seed=seed)

    def _build_sequencer(self, lists: Lists) -> HistorySequencer:
        self._history = HistorySequencer(self.program, lists, self._store, seed=self._seed)
        return self._history

    def settle(self, until: int) -> Iterator[Fired]:
        """Store the facts before a moment; nothing is judged yet."""
        self._put(self._sequencer.settle(until), until)
        return iter(())

    def _put(self, stretch: Stretch, until: int | None) -> None:
        if len(stretch.facts):
            self._survey.count(stretch)
            self._store.append(_to_batch(stretch, self._history), self._history.ids.take())
            self._untils.append(until)

    def remaining(self) -> Iterator[tuple[int | None, Iterator[Fired]]]:
        """Store what is left, then yield the rules that fire in each stretch, one stretch after the other."""
        self._put(self._sequencer.finish(), None)
        rows = [self._survey.ask(self._stretch(number)) for number in range(len(self._store))]
        for number in range(len(self._store)):
            stretch = self._stretch(number)
            yield self._untils[number], self._judge(stretch, self._survey.needs(stretch, rows[number]))
            rows[number] = {}
        if not self._untils or self._untils[-1] is not None:
            yield None, iter(())

    def _stretch(self, number: int) -> Stretch:
        stops = self._history.ids.stops
        return _from_batch(self._store.facts(number), stops[number - 1] if number else 0, self._sequencer.codes)

    def save(self) -> bytes:
        """Return the state as bytes, while facts are being stored; the stored ones are in the store."""
        return msgspec.msgpack.encode(
            _State(FORMAT, self._sequencer.save(), self._history.wait_ids.save(), self._survey.save(), self._untils)
        )

    def restore(self, data: bytes) -> None:
        """Restore a state of the same rules, and remove what was stored after it. ValueError for another format."""
        saved = msgspec.msgpack.decode(data, type=_State)
        if saved.format != FORMAT:
            raise ValueError(f"the state is of format {saved.format}, not {FORMAT}: begin anew")
        self._sequencer.restore(saved.sequencer)
        self._history.wait_ids = TextCodes.restore(saved.wait_ids)
        self._survey.restore(saved.survey)
        self._untils = saved.untils
        self._store.truncate(len(self._untils))


def _to_batch(stretch: Stretch, sequencer: HistorySequencer) -> pa.RecordBatch:
    """Return a stretch as one batch: kinds, moments, envelope columns (of a wait: of its fact), base columns."""
    waits = stretch.tables < 0
    starts = np.cumsum([0, *(batch.num_rows for _, batch in stretch.batches)])
    places: Any = pa.array(np.where(waits, 0, starts[stretch.tables] + stretch.rows), mask=waits)
    columns: dict[str, Any] = {
        _KIND: pa.array(stretch.facts.kinds),
        _MOMENT: pa.array(stretch.facts.moments),
    }
    for name in _ENVELOPE:
        parts: list[Any] = [
            batch.column(name) if name in batch.schema.names else pa.nulls(batch.num_rows, _TYPES[name])
            for _, batch in stretch.batches
        ]
        whole: Any = pa.chunked_array([part.cast(_TYPES[name]) for part in parts], _TYPES[name])
        column = whole.combine_chunks().take(places)
        if waits.any():
            of_waits = sequencer.envelope_of_waits(stretch, name, np.flatnonzero(waits))
            column = pc.replace_with_mask(column, pa.array(waits), of_waits.cast(column.type))
        columns[f" {name}"] = column
    stored = stretch.columns.keys() - set(_IDS if sequencer.has_wait_ids else ())
    columns.update((name, pa.array(stretch.columns[name])) for name in stretch.columns if name in stored)
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


_TYPES: dict[str, Any] = {
    "event_id": pa.string(),
    "simulated": pa.bool_(),
    "basis": pa.string(),
    "call_id": pa.string(),
}


def _from_batch(batch: pa.RecordBatch, first: int, codes: TextCodes) -> Stretch:
    """Return a stretch of `_to_batch`; `first` is the position of its first fact."""
    kinds, moments = batch.column(_KIND).to_numpy(), batch.column(_MOMENT).to_numpy()
    tables = np.zeros(len(kinds), np.int8)
    envelope = pa.RecordBatch.from_arrays([batch.column(f" {name}") for name in _ENVELOPE], list(_ENVELOPE))
    names = [name for name in batch.schema.names if not name.startswith(" ")]
    columns = {name: batch.column(name).to_numpy() for name in names}
    facts = FactBatch(kinds, moments, {}, first)
    return Stretch(facts, tables, np.arange(len(kinds)), [("", envelope)], codes, columns)
