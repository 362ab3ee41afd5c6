"""Merge event tables into one ordered sequence of facts with joined calls, waits and integer columns."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.rules._engine.base_columns import BaseColumnReader, Lists
from fanzha.rules._engine.clock import SavedClock
from fanzha.rules._engine.event_ids import PARTIES, EventIds
from fanzha.rules._engine.fact_codes import ROLES, fact_code
from fanzha.rules._engine.fact_timers import FactTimers, SavedTimers
from fanzha.rules._engine.numbers import Numbers
from fanzha.rules._engine.order import in_order
from fanzha.rules._engine.profiles import SubscriberFacts
from fanzha.rules._engine.program import ENVELOPE, Program, origin
from fanzha.rules._engine.stretch import Stretch
from fanzha.rules.catalog import PROFILE_TABLE
from fanzha.rules.expression_key import expression_key
from fanzha.rules.tree import Expression, FieldReference, SourceLocation
from fanzha.windows import DAY_MS, UNKNOWN, FactBatch
from fanzha.windows.calls import ANSWERED, ENDED, OFFERED, CallRegister, Wait
from fanzha.windows.codes import TextCodes

pc: Any = pyarrow.compute
Whole = NDArray[np.int64]

_NEVER = int(np.iinfo(np.int64).min)
_OWN = tuple(FieldReference(SourceLocation(), name) for name in ENVELOPE)


class _SequencerState(msgspec.Struct, array_like=True):
    codes: bytes
    call_ids: bytes
    calls: bytes
    pending: dict[str, bytes]
    ids: bytes
    first: int
    last: int
    timers: list[SavedTimers] = []  # a state without any has none pending
    clocks: list[SavedClock] = []
    profiles: bytes = b""


class EventSequencer:
    """Buffer events until they are settled. No event before the settled moment may be added later."""

    def __init__(self, program: Program, lists: Lists, *, seed: int = 0) -> None:
        self._program, self._lists, self.codes = program, lists, TextCodes(seed=seed)
        self._offer = _joined(program, "call_offered")
        self._answer = _joined(program, "call_answered")
        self._waits = tuple(
            Wait(ANSWERED if p.still == "talking" else OFFERED, ENDED if p.still == "talking" else ANSWERED, p.wait)
            for p in program.waits
        )
        self._numbers = Numbers(seed=seed)
        self._call_ids = TextCodes(seed=seed)  # separate, because the id of an ended call is released
        self._calls = self._call_register(seed)
        self._timers = FactTimers(program)
        self._profiles = SubscriberFacts(program.profile_fields, seed=seed)
        self._pending_batches: dict[str, list[pa.RecordBatch]] = {}
        self.ids = EventIds()
        self._first, self._last = 0, _NEVER

    def _call_register(self, seed: int) -> CallRegister:
        offered, answered = ([expression_key(node) for _, node in joined] for joined in (self._offer, self._answer))
        return CallRegister(offered, answered, self._waits, seed=seed)

    @property
    def bytes_held(self) -> int:
        """Memory of open calls, codes and pending batches in bytes."""
        waiting = sum(batch.nbytes for batches in self._pending_batches.values() for batch in batches)
        parts = self.codes, self._call_ids, self._calls, self.ids, self._numbers, self._timers, self._profiles
        return waiting + sum(part.bytes_held for part in parts)

    def add_batch(self, table: str, batch: pa.RecordBatch) -> None:
        """Add events of one table in order."""
        if table in self._program.tables and batch.num_rows:
            self._pending_batches.setdefault(table, []).append(batch)

    def take_late(self, table: str, batch: pa.RecordBatch) -> None:
        """Add late events, in order. They become no facts; later look-ups of a number use its registrations."""
        if table == PROFILE_TABLE:
            self._profiles.take_late(batch)

    def settle(self, until: int) -> Stretch:
        """Return the facts before a moment, in order."""
        batches = self._due_batches(until)
        if batches:
            self._last = max(self._last, *(int(_moments(batch)[-1]) for _, batch in batches))
        return self._stretch(batches, until)

    def finish(self) -> Stretch:
        """Return all that is left; waits that would end after the last fact never do."""
        batches = self._due_batches(None)
        last = max([self._last, *(int(_moments(batch)[-1]) for _, batch in batches)])
        return self._stretch(batches, last + 1)

    def _due_batches(self, until: int | None) -> list[tuple[str, pa.RecordBatch]]:
        """Return the due facts by table in order; registrations are kept, and are facts if a rule asks for facts."""
        batches = {
            table: batch for table in sorted(self._pending_batches) if (batch := self._due(table, until)).num_rows
        }
        self._profiles.settle()
        if PROFILE_TABLE in batches:
            self._profiles.take(batches[PROFILE_TABLE])
        return [(table, batch) for table, batch in batches.items() if table in self._program.bases or table in ROLES]

    def _due(self, table: str, until: int | None) -> pa.RecordBatch:
        batch = _joined_batches(self._pending_batches.pop(table))
        count = batch.num_rows if until is None else int(np.searchsorted(_moments(batch), until))
        if count < batch.num_rows:
            self._pending_batches[table] = [batch.slice(count)]
        return batch.slice(0, count)

    def _stretch(self, batches: list[tuple[str, pa.RecordBatch]], until: int) -> Stretch:
        tables, rows, moments = in_order(batches)
        if len(moments):
            before = int(moments[0]) - max(2 * DAY_MS, self._program.longest + DAY_MS)
            self._forget(min(before, self._timers.oldest))
        kinds = np.array([fact_code(table) for table, _ in batches] or [0], np.int16)[tables]
        stretch = Stretch(FactBatch(kinds, moments, {}, self._first), tables, rows, batches, self.codes)
        readings = {
            table: BaseColumnReader(
                table, batch, self.codes, self._numbers, self._lists, self._profiles, int(_moments(batch)[-1])
            )
            for table, batch in batches
        }
        for number, (table, _) in enumerate(batches):
            self._read(stretch, number, table, readings[table])
        self._join_calls(stretch, readings, until)
        self._choose(stretch)
        if self._timers.queues or self._timers.clocks:
            self._timers.run(stretch, until)
        self._remember(stretch)
        self._first += len(stretch.facts)
        return stretch

    def _forget(self, before: int) -> None:
        self.codes.sweep(before)
        self._call_ids.sweep(before)
        self.ids.sweep(before)

    def _remember(self, stretch: Stretch) -> None:
        """Store the ids of the facts by position; a wait has none, since no window contains it."""
        if len(stretch.facts):
            id_columns = [batch.column("event_id") for _, batch in stretch.batches]
            starts = np.cumsum([0, *map(len, id_columns)])
            at = np.where(stretch.tables < 0, -1, starts[stretch.tables] + stretch.rows)
            every: Any = pa.chunked_array([*id_columns, pa.array([""])]).combine_chunks()
            ids = every.take(pa.array(np.where(at < 0, len(every) - 1, at)))
            self.ids.append(stretch.facts.first, int(stretch.facts.moments[-1]), ids, _parties(stretch))

    def _read(self, stretch: Stretch, number: int, table: str, reading: BaseColumnReader) -> None:
        """Write a table's own base columns at the positions of its facts."""
        positions = np.flatnonzero(stretch.tables == number)
        rows = stretch.rows[positions]
        for name, node in self._program.bases.get(table, {}).items():
            if origin(node, table) == table:
                stretch.column(name)[positions] = reading.column(node)[rows]

    def _join_calls(self, stretch: Stretch, readings: Mapping[str, BaseColumnReader], until: int) -> None:
        numbers = {table: number for number, (table, _) in enumerate(stretch.batches) if table in ROLES}
        if not numbers and not self._waits:
            return
        positions = np.flatnonzero(np.isin(stretch.tables, list(numbers.values())))
        roles, calls = np.empty(len(positions), np.int8), np.empty(len(positions), np.int64)
        matrix = np.full((len(positions), len(self._offer) + len(self._answer)), UNKNOWN, np.int64)
        for table, number in numbers.items():
            mine = np.flatnonzero(stretch.tables[positions] == number)
            rows = stretch.rows[positions[mine]]
            roles[mine], calls[mine] = ROLES[table], self._call_codes(stretch.batches[number][1])[rows]
            for at, (where, node) in enumerate([*self._offer, *self._answer]):
                if where == table:
                    column = self._call_column(node, readings[table], stretch.batches[number][1])
                    matrix[mine, at] = column[rows]
        reached = self._calls.feed(roles, calls, stretch.facts.moments[positions], matrix, until)
        self._call_ids.release(_over(roles, calls))
        self._spread(stretch, positions, roles, matrix)
        if any(len(waits.due) for waits in reached):
            self._insert_waits(stretch, [(waits.due, waits.columns) for waits in reached])

    def _call_column(self, node: Expression, reading: BaseColumnReader, batch: pa.RecordBatch) -> Whole:
        """Return a column of a call's fact for its later facts and waits."""
        return reading.column(node)

    def _call_codes(self, batch: pa.RecordBatch) -> Whole:
        return self._call_ids.encode(batch.column("call_id"), int(_moments(batch)[-1]))

    def _spread(self, stretch: Stretch, positions: NDArray[np.intp], roles: NDArray[np.int8], matrix: Whole) -> None:
        """Write the columns joined from the call at the positions of its facts."""
        for fact, role in ROLES.items():
            mine = np.flatnonzero(roles == role)
            for name, node in self._program.bases.get(fact, {}).items():
                where = origin(node, fact)
                if where != fact:
                    at = [*self._offer, *self._answer].index((where, node))
                    stretch.column(name)[positions[mine]] = matrix[mine, at]

    def _insert_waits(self, stretch: Stretch, reached: list[tuple[Whole, Whole]]) -> None:
        """Insert waits after all facts of their millisecond."""
        kinds = [self._program.point_code(point) for point in self._program.waits]
        positions = stretch.insert_moments(kinds, [due for due, _ in reached])
        columns = [*self._offer, *self._answer]
        for point, mine, (_, values) in zip(self._program.waits, positions, reached, strict=True):
            base_nodes = [(origin(node, point.fact), node) for node in self._program.bases[point.fact].values()]
            for table, node in [*base_nodes, *((point.fact, own_field) for own_field in _OWN)]:
                stretch.column(expression_key(node))[mine] = values[:, columns.index((table, node))]

    def _choose(self, stretch: Stretch) -> None:
        """Write the columns that are selected from read columns, of the fact itself or of its call."""
        chosen = self._program.chosen
        kinds = [(fact_code(fact), fact) for fact in chosen]
        waits = [point for point in self._program.waits if point.fact in chosen]
        kinds += [(self._program.point_code(point), point.fact) for point in waits]
        for kind, fact in kinds:
            rows = stretch.fact_positions(kind)
            for name, parts in chosen[fact].items():
                condition, then, otherwise = (stretch.column(part)[rows] for part in parts)
                stretch.column(name)[rows] = np.where(condition != UNKNOWN, then, otherwise)

    def save(self) -> bytes:
        """Return the state as bytes."""
        pending = {table: _to_bytes(_joined_batches(batches)) for table, batches in self._pending_batches.items()}
        parts = self.codes.save(), self._call_ids.save(), self._calls.save(), pending, self.ids.save()
        timers = [queue.save() for queue in self._timers.queues]
        clocks = [clock.save() for clock in self._timers.clocks]
        return msgspec.msgpack.encode(
            _SequencerState(*parts, self._first, self._last, timers, clocks, self._profiles.save())
        )

    def _restore_ids(self, data: bytes) -> None:
        self.ids = EventIds(data)

    def restore(self, data: bytes) -> None:
        """Restore a state saved under this program or another."""
        saved = msgspec.msgpack.decode(data, type=_SequencerState)
        self.codes, self._call_ids = TextCodes.restore(saved.codes), TextCodes.restore(saved.call_ids)
        self._calls.restore(saved.calls)
        self._pending_batches = {
            table: pa.ipc.open_stream(part).read_all().to_batches() for table, part in saved.pending.items()
        }
        self._restore_ids(saved.ids)
        self._profiles.restore(saved.profiles)
        for queue in self._timers.queues:
            queue.restore(saved.timers)
        for clock in self._timers.clocks:
            clock.restore(saved.clocks)
        self._first, self._last = saved.first, saved.last


def _parties(stretch: Stretch) -> Whole:
    """Return caller or sender, callee or recipient, and talk time of each fact."""
    parties = np.full((len(stretch.facts), len(PARTIES)), UNKNOWN, np.int64)
    for at, names in enumerate(PARTIES):
        for column in (stretch.columns[name] for name in names if name in stretch.columns):
            parties[:, at] = np.where(parties[:, at] == UNKNOWN, column, parties[:, at])
    return parties


def _over(roles: NDArray[np.int8], calls: Whole) -> Whole:
    """Return the calls whose last fact in the stretch is their end; an id may be reused after the end."""
    call_codes, last = np.unique(calls[::-1], return_index=True)
    ended_calls: Whole = call_codes[roles[::-1][last] == ENDED]
    return ended_calls


def _joined_batches(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    whole: Any = pa
    joined: pa.RecordBatch = batches[0] if len(batches) == 1 else whole.concat_batches(batches)
    return joined


def _joined(program: Program, table: str) -> list[tuple[str, Expression]]:
    """Return the base columns that later facts of a call read from an event of this table."""
    nodes: dict[Expression, None] = {}
    for fact, bases in program.bases.items():
        nodes.update({node: None for node in bases.values() if fact != table and origin(node, fact) == table})
    for point in program.waits:
        if point.fact == table:
            nodes.update({node: None for node in program.bases[table].values() if origin(node, table) == table})
            nodes.update(dict.fromkeys(_OWN))
        nodes.update({node: None for node in program.bases[point.fact].values() if origin(node, point.fact) == table})
    return [(table, node) for node in nodes]


def _moments(batch: pa.RecordBatch) -> Whole:
    moments: Whole = batch.column("occurred_at").to_numpy()
    return moments


def _to_bytes(batch: pa.RecordBatch) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()
