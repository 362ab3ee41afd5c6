"""Evaluate rules over a whole history: like the engine, with windows that keep only what some rule may ask for.

The facts are put in order and stored once, by the caller's store, while keys are counted. Only then are rules judged,
stretch by stretch. What fires, with its explanation, is what the engine yields; memory follows the keys that may lead
to a finding, not all facts.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Protocol

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.memory import release_free_memory
from fanzha.rules._engine.base_columns import BaseColumnReader, Lists
from fanzha.rules._engine.event_ids import PARTIES, EventIds
from fanzha.rules._engine.program import Program
from fanzha.rules._engine.sequence import EventSequencer
from fanzha.rules._engine.stored_columns import StoredColumns, pack_column, unpack_column
from fanzha.rules._engine.stretch import Stretch
from fanzha.rules._engine.survey import Survey
from fanzha.rules.engine import Fired, RuleEngine
from fanzha.rules.tree import Expression, FieldReference, Rule
from fanzha.windows import UNKNOWN, FactBatch
from fanzha.windows.codes import TextCodes

pc: Any = pyarrow.compute

FORMAT = 2
OPEN_STRETCHES = 32  # stretches whose parties stay in memory for explanations
_ENVELOPE = ("event_id", "simulated", "basis", "call_id")
_IDS = ("event_id", "call_id")
_KIND, _MOMENT = " kind", " moment"  # no column of a rule begins with a space


class HistoryStore(Protocol):
    """Keeps pairs of record batches by number: the facts of a stretch, and what findings tell of their events."""

    def __len__(self) -> int:
        """Return the number of stretches."""

    def append(self, facts: pa.RecordBatch, ids: pa.RecordBatch) -> None:
        """Store one more stretch."""

    def truncate(self, count: int) -> None:
        """Remove all but the first `count` stretches."""

    def facts(self, number: int) -> pa.RecordBatch:
        """Return the facts of a stretch."""

    def ids(self, number: int) -> pa.RecordBatch:
        """Return event ids and other envelope columns of the facts of a stretch."""


class _HistoryState(msgspec.Struct, array_like=True):
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
        self._parties = lru_cache(OPEN_STRETCHES)(self._read_parties)

    def count(self, facts: int) -> None:
        """Count one more stretch as stored."""
        self.stops.append((self.stops[-1] if self.stops else 0) + facts)

    def __contains__(self, position: int) -> bool:
        """Return whether the fact at a position is stored."""
        return bool(self.stops) and 0 <= position < self.stops[-1]

    def get(self, position: int) -> str:
        """Return the id of a fact."""
        number, at = self._locate(position)
        return str(self._store.ids(number).column(0)[at].as_py())

    def parties(self, position: int) -> tuple[int, ...]:
        """Return the codes of PARTIES of a fact, UNKNOWN if missing."""
        number, at = self._locate(position)
        parties: tuple[int, ...] = tuple(self._parties(number)[at].tolist())
        return parties

    def _read_parties(self, number: int) -> NDArray[np.int64]:
        """Return the codes of PARTIES of the n facts of a stretch [n, parties]."""
        batch = self._store.facts(number)
        parties = np.full((batch.num_rows, len(PARTIES)), UNKNOWN, np.int64)
        for at, names in enumerate(PARTIES):
            for name in (name for name in names if name in batch.schema.names):
                parties[:, at] = np.where(parties[:, at] == UNKNOWN, unpack_column(batch, name), parties[:, at])
        return parties

    def _locate(self, position: int) -> tuple[int, int]:
        number = bisect_right(self.stops, position)
        return number, position - (self.stops[number - 1] if number else 0)

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
        self._store, self._seed = store, seed
        self.ids = StoredIds(store)
        self.wait_ids = TextCodes(seed=seed)
        read = {name for nodes in program.bases.values() for name in nodes}
        read |= {name for nodes in program.chosen.values() for name in nodes}
        self.has_wait_ids = not read & set(_IDS)  # a rule that reads ids itself has their codes among the others
        self.wait_kinds = np.array([program.point_code(point) for point in program.waits], np.int16)
        self._longest_wait = max((point.wait for point in program.waits), default=0)

    def end(self) -> None:
        """Free the open calls and their ids; no fact comes any more."""
        self._call_ids, self.wait_ids = TextCodes(seed=self._seed), TextCodes(seed=self._seed)
        self._calls = self._call_register(self._seed)

    def _forget(self, before: int) -> None:
        self._call_ids.sweep(before)

    def _remember(self, stretch: Stretch) -> None:
        """Ids are stored with the stretch."""

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
        self._store_stretch(self._sequencer.settle(until), until)
        return iter(())

    def _store_stretch(self, stretch: Stretch, until: int | None) -> None:
        if len(stretch.facts):
            self._survey.count(stretch)
            self._store.append(*_to_batches(stretch, self._history))
            self._history.ids.count(len(stretch.facts))
            self._untils.append(until)

    def remaining(self) -> Iterator[tuple[int | None, Iterator[Fired]]]:
        """Store what is left, then yield the rules that fire in each stretch, one stretch after the other."""
        self._store_stretch(self._sequencer.finish(), None)
        self._history.end()
        rows = self._survey.ask(lambda: map(self._stretch, range(len(self._store))))
        release_free_memory()
        for number in range(len(self._store)):
            stretch = self._stretch(number)
            yield self._untils[number], self._judge(stretch, self._survey.needs(stretch, rows[number]))
            rows[number] = {}
        if not self._untils or self._untils[-1] is not None:
            yield None, iter(())

    def _stretch(self, number: int) -> Stretch:
        stops = self._history.ids.stops
        first, codes = stops[number - 1] if number else 0, self._sequencer.codes
        return _from_batches(self._store.facts(number), self._store.ids(number), first, codes)

    def save(self) -> bytes:
        """Return the state as bytes, while facts are being stored; the stored ones are in the store."""
        return msgspec.msgpack.encode(
            _HistoryState(
                FORMAT, self._sequencer.save(), self._history.wait_ids.save(), self._survey.save(), self._untils
            )
        )

    def restore(self, data: bytes) -> None:
        """Restore a state of the same rules, and remove what was stored after it. ValueError for another format."""
        saved = msgspec.msgpack.decode(data, type=_HistoryState)
        if saved.format != FORMAT:
            raise ValueError(f"the state is of format {saved.format}, not {FORMAT}: begin anew")
        self._sequencer.restore(saved.sequencer)
        self._history.wait_ids = TextCodes.restore(saved.wait_ids)
        self._survey.restore(saved.survey)
        self._untils = saved.untils
        self._store.truncate(len(self._untils))


def _to_batches(stretch: Stretch, sequencer: HistorySequencer) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Return a stretch as two batches: kinds, moments and base columns; envelope columns (of a wait: of its fact)."""
    waits = stretch.tables < 0
    starts = np.cumsum([0, *(batch.num_rows for _, batch in stretch.batches)])
    places: Any = pa.array(np.where(waits, 0, starts[stretch.tables] + stretch.rows), mask=waits)
    envelope: list[Any] = []
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
        envelope.append(column)
    stored = stretch.columns.keys() - set(_IDS if sequencer.has_wait_ids else ())
    packed = [
        pack_column(_KIND, stretch.facts.kinds.astype(np.int64)),
        pack_column(_MOMENT, stretch.facts.moments),
        *(pack_column(name, column) for name, column in stretch.columns.items() if name in stored),
    ]
    facts = pa.RecordBatch.from_arrays(
        [column for _, column in packed], schema=pa.schema([field for field, _ in packed])
    )
    return facts, pa.RecordBatch.from_arrays(envelope, list(_ENVELOPE))


_TYPES: dict[str, Any] = {
    "event_id": pa.string(),
    "simulated": pa.bool_(),
    "basis": pa.string(),
    "call_id": pa.string(),
}


def _from_batches(facts: pa.RecordBatch, envelope: pa.RecordBatch, first: int, codes: TextCodes) -> Stretch:
    """Return a stretch of `_to_batches`; `first` is the position of its first fact."""
    kinds = unpack_column(facts, _KIND).astype(np.int16)
    columns = StoredColumns.of_batch(facts, [name for name in facts.schema.names if not name.startswith(" ")])
    batch = FactBatch(kinds, unpack_column(facts, _MOMENT), {}, first)
    return Stretch(batch, np.zeros(len(kinds), np.int8), np.arange(len(kinds)), [("", envelope)], codes, columns)
