"""Sequence single facts: in a live process the order of arrival is the order of facts."""

import struct
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from fanzha.rules._engine.base_columns import Lists
from fanzha.rules._engine.event_ids import PARTIES
from fanzha.rules._engine.fact_codes import ROLES
from fanzha.rules._engine.fact_timers import TimerQueue
from fanzha.rules._engine.program import Program, origin
from fanzha.rules._engine.sequence import EventSequencer
from fanzha.rules._engine.stretch import Stretch
from fanzha.rules._live.calls import LiveCalls, Whole
from fanzha.rules._live.field_reader import FieldReader, Fields
from fanzha.rules._live.received_fact import ReceivedFact
from fanzha.rules._live.state_format import StateLayout, decode_calls, encode_calls
from fanzha.rules._live.timers import TIMER_BYTES, LiveTimer
from fanzha.rules.expression_key import expression_key
from fanzha.rules.tree import Expression
from fanzha.windows import DAY_MS, UNKNOWN
from fanzha.windows.calls import CallRegister
from fanzha.windows.codes import TextCodes

SWEEP_MS = 60_000  # between sweeps of unused texts
LONGEST_ID = 1_024  # characters of a call id; calls with a longer id are not joined
CALL_BYTES, WAIT_BYTES = 250, 450  # bytes of an open call and of a wait, with ids of 36 characters and 20 columns


class LiveEventSequencer(EventSequencer):
    """Accept single facts beside batches; `row` holds the columns of the latest, at the offsets in `fields`."""

    def __init__(
        self, program: Program, lists: Lists, *, seed: int, most_texts: int, most_calls: int, most_events: int | None
    ) -> None:
        super().__init__(program, lists, seed=seed)
        self.ids.most = self._most_events = most_events
        self.codes.most = self._most_texts = most_texts
        self._seed, self._most_calls = seed, most_calls
        self.fields: dict[str, int] = {}
        joined_nodes = [[node for _, node in joined] for joined in (self._offer, self._answer)]
        for node in (
            *joined_nodes[0],
            *joined_nodes[1],
            *(node for bases in program.bases.values() for node in bases.values()),
        ):
            self.fields.setdefault(expression_key(node), len(self.fields))
        for name in (name for chosen in program.chosen.values() for name in chosen):
            self.fields.setdefault(name, len(self.fields))
        for name in (name for names in PARTIES for name in names):
            self.fields.setdefault(name, len(self.fields))
        self._chosen = {
            fact: [self._field_offsets((name, *parts)) for name, parts in chosen.items()]
            for fact, chosen in program.chosen.items()
        }
        self._form = StateLayout(*([expression_key(node) for node in nodes] for nodes in joined_nodes))
        self._parties = [(offsets[0], offsets[-1]) for offsets in map(self._field_offsets, PARTIES)]
        self._joins = bool(self._form.width or self._waits)
        self._own = {
            "call_offered": self._field_offsets(self._form.offered),
            "call_answered": self._field_offsets(self._form.answered),
        }
        self._joined = {fact: self._joined_columns(fact, only_joined=True) for fact in ROLES}
        self._waits_on = [point.fact for point in program.waits]
        self._waited = [self._joined_columns(point.fact, only_joined=False) for point in program.waits]
        self._readers = {table: FieldReader(table, self._read_from(table), lists) for table in program.tables}
        self._live_timers = [LiveTimer(program, queue, self.fields) for queue in self._timers.queues]
        self._timers_of = {
            table: [timer for timer in self._live_timers if timer.point.fact == table] for table in program.tables
        }
        self.dropped_timers = 0
        self._sweeps_at = UNKNOWN
        self.open = self._no_calls()
        self.begin()

    def begin(self) -> None:
        """Allocate the row once all computed columns have offsets in `fields`."""
        self.row = np.full(len(self.fields), UNKNOWN, np.int64)
        self._memory = memoryview(self.row.data)
        self._unknown = [UNKNOWN] * len(self.fields)
        self._pack = struct.Struct(f"={len(self.fields)}q").pack_into

    def _field_offsets(self, names: Sequence[str]) -> list[int]:
        return [self.fields[name] for name in names]

    def _joined_columns(self, fact: str, *, only_joined: bool) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Return, for offer and answer, (offset in the row, index in the stored columns) of a fact's columns."""
        bases = self._program.bases.get(fact, {})
        columns = []
        for table, names in (("call_offered", self._form.offered), ("call_answered", self._form.answered)):
            mine = [name for name, node in bases.items() if origin(node, fact) == table]
            skipped = only_joined and table == fact
            columns.append([] if skipped else [(self.fields[name], names.index(name)) for name in mine])
        return columns[0], columns[1]

    def _read_from(self, table: str) -> dict[Expression, int]:
        """Return all columns read from a table's fields, for its own facts or for later facts of the call."""
        return {
            node: self.fields[name]
            for fact, bases in self._program.bases.items()
            for name, node in bases.items()
            if origin(node, fact) == table
        }

    def _no_calls(self) -> LiveCalls:
        return LiveCalls(self._waits, len(self._offer), len(self._answer), self._most_calls)

    def advance(self, moment: int) -> int:
        """Return the moment of a new fact: `moment`, but not before the last fact."""
        self._last = max(self._last, moment)
        return self._last

    def enter(self, table: str, now: int, fields: Fields) -> ReceivedFact:
        """Add a fact of one of the program's tables; its base columns are in `row` until the next fact."""
        if now >= self._sweeps_at:
            self._forget(now - max(2 * DAY_MS, self._program.longest + DAY_MS))
            self._sweeps_at = now + SWEEP_MS
        values = self._unknown.copy()
        self._readers[table].read(fields, self.codes, now, values)
        call, event_id = _text(fields.get("call_id")), _text(fields.get("event_id")) or ""
        fact = ReceivedFact(
            now, self._first, event_id, fields.get("simulated") is True, _text(fields.get("basis")), call
        )
        if self._joins and call is not None and table in ROLES and len(call) <= LONGEST_ID:
            own = tuple([values[column] for column in self._own.get(table, ())])
            self._write(values, self._joined[table], *self.open.join(ROLES[table], call, now, own, fact[2:5]))
        self._fill_chosen(values, table)
        self._next(fact, values)
        for timer in self._timers_of[table]:
            self.dropped_timers += timer.begin(fact, values, self.row, self._most_calls)
        return fact

    @property
    def next_due(self) -> int:
        """The end of the first wait or timer, or earlier, if that wait was cancelled."""
        if not self._live_timers:
            return self.open.next_due
        return min([self.open.next_due, *(timer.next_due for timer in self._live_timers)])

    def over(self, now: int) -> Iterator[tuple[int, ReceivedFact]]:
        """Yield the waits and timers that end before a moment, in order, with the number of their point.

        `row` holds their columns. Waits are numbered before timers; at the same moment those for calls come first.
        """
        while (timer := min(self._live_timers, key=_next_due, default=None)) and timer.next_due < now:
            yield from self._waits_over(timer.next_due + 1)
            values = self._unknown.copy()
            due, _, event_id, simulated, basis, call = timer.pop(values)
            fact = ReceivedFact(due, self._first, event_id, simulated, basis, call)
            self._next(fact, values, has_event=False)
            yield len(self._waits) + self._live_timers.index(timer), fact
        yield from self._waits_over(now)

    def _waits_over(self, now: int) -> Iterator[tuple[int, ReceivedFact]]:
        while (ended_wait := self.open.over(now)) is not None:
            kind, (due, call, offer, answer, envelope) = ended_wait
            values = self._unknown.copy()
            self._write(values, self._waited[kind], offer, answer)
            self._fill_chosen(values, self._waits_on[kind])
            self._next(fact := ReceivedFact(due, self._first, *envelope, call), values, has_event=False)
            yield kind, fact

    def _write(
        self,
        values: list[int],
        joined: tuple[list[tuple[int, int]], list[tuple[int, int]]],
        offer: Whole,
        answer: Whole,
    ) -> None:
        for column, nth in joined[0]:
            values[column] = offer[nth]
        for column, nth in joined[1]:
            values[column] = answer[nth]

    def _fill_chosen(self, values: list[int], fact: str) -> None:
        """Write the columns that are selected from others, as in `EventSequencer`."""
        for column, condition, then, otherwise in self._chosen.get(fact, ()):
            values[column] = values[then if values[condition] != UNKNOWN else otherwise]

    def _next(self, fact: ReceivedFact, values: list[int], *, has_event: bool = True) -> None:
        self._pack(self._memory, 0, *values)
        parties = tuple([values[a] if values[a] != UNKNOWN else values[b] for a, b in self._parties])
        self.ids.add(fact.position, fact.moment, fact.event_id if has_event else "", parties)
        self._first += 1

    @property
    def bytes_held(self) -> int:
        """Memory of open calls, codes and ids in bytes."""
        waits, timers = sum(map(len, self.open.waits)), sum(map(len, self._live_timers))
        return super().bytes_held + self.open.open_calls * CALL_BYTES + waits * WAIT_BYTES + timers * TIMER_BYTES

    def _stretch(self, batches: list[tuple[str, pa.RecordBatch]], until: int) -> Stretch:
        self._write_register()
        stretch = super()._stretch(batches, until)
        self._read_register()
        return stretch

    def save(self) -> bytes:
        """Return the state as bytes, in the format of `EventSequencer`."""
        self._write_register()
        data = super().save()
        self._calls, self._call_ids = self._no_register()
        for queue in self._timers.queues:
            queue.clear()
        return data

    def restore(self, data: bytes) -> None:
        """Restore a state saved by any sequencer of this program or another."""
        self._calls, self._call_ids = self._no_register()
        super().restore(data)
        self.codes.most, self.ids.most = self._most_texts, self._most_events
        self._read_register()

    def take_over(self, old: "LiveEventSequencer") -> None:
        """Take the state of another sequencer, which must not be used afterwards; convert calls of other columns."""
        self.codes, self.ids, self._first, self._last = old.codes, old.ids, old._first, old._last
        self.codes.most, self.ids.most = self._most_texts, self._most_events
        for timer in old._live_timers:
            timer.write(queue := TimerQueue(timer.point, timer.names), self.codes, self._last)
            for mine, own_queue in zip(self._live_timers, self._timers.queues, strict=True):
                if mine.point == timer.point:
                    own_queue.restore([queue.save()])
                    mine.read(own_queue, self.codes)
        if (self._form, self._waits) == (old._form, old._waits):
            self.open = old.open
        elif self._joins and old._joins:
            self._calls, self._call_ids = self._no_register()
            self._calls.restore(encode_calls(old.open, old._form, self._call_ids, self.codes, self._last))
            self._read_register()

    def _no_register(self) -> tuple[CallRegister, TextCodes]:
        return CallRegister(self._form.offered, self._form.answered, self._waits, seed=self._seed), TextCodes(
            seed=self._seed
        )

    def _write_register(self) -> None:
        """Write the open calls, waits and timers into the call register and the queues."""
        for timer, queue in zip(self._live_timers, self._timers.queues, strict=True):
            timer.write(queue, self.codes, self._last)
        self._calls, self._call_ids = self._no_register()
        if self._joins:
            self._calls.restore(encode_calls(self.open, self._form, self._call_ids, self.codes, self._last))

    def _read_register(self) -> None:
        """Read the open calls, waits and timers back."""
        for timer, queue in zip(self._live_timers, self._timers.queues, strict=True):
            timer.read(queue, self.codes)
        self.open = self._no_calls()
        if self._joins:
            decode_calls(self.open, self._calls.save(), self._form, self._call_ids, self.codes)
        self._calls, self._call_ids = self._no_register()


def _next_due(timer: LiveTimer) -> int:
    return timer.next_due


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
