"""Made-up calls as a switch reports them while they happen, with planted one-ring calls."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fanzha.events import all_events

TICK_MS = 50  # facts are handed over so often
NUMBERS = 200_000
FOREIGN_SHARE = 0.1
ANSWERED_SHARE = 0.6
LATE_SHARE, LATE_MS = 0.1, 800  # facts that are handed over up to so much later than the others
BURSTS_PER_SECOND = 10  # planted callers that come to their finding
RUNG = 30  # people rung by a planted caller: the wangiri rule names a home number at the thirtieth
RING_MS = 3_000
START_BEFORE_MS = 25_000  # by then as many calls end as begin

Whole = NDArray[np.int64]


class Table(NamedTuple):
    """The facts of one event table, in the order in which they are sent; `ends` are the places after each tick."""

    rows: pa.RecordBatch
    ends: Whole

    def of_tick(self, tick: int, start_ms: int) -> pa.RecordBatch:
        """Return the facts of a tick; their moments count from `start_ms` (UTC ms)."""
        begin = int(self.ends[tick - 1]) if tick else 0
        rows = self.rows.slice(begin, int(self.ends[tick]) - begin)
        moments = pc.add(rows.column("occurred_at"), start_ms)
        return rows.set_column(rows.schema.get_field_index("occurred_at"), "occurred_at", moments)


class LiveCalls(NamedTuple):
    """Facts by table, and for each planted caller the moment of the fact that must lead to a finding (ms)."""

    tables: dict[str, Table]
    planted: dict[str, int]

    @property
    def fact_count(self) -> int:
        """The number of facts."""
        return sum(table.rows.num_rows for table in self.tables.values())


def draw_calls(rate: int, seconds: int, seed: int) -> LiveCalls:
    """Draw calls with so many facts a second over so many seconds."""
    draw = np.random.default_rng(seed)
    planted = _plant(seconds, draw)
    span = 1_000 * seconds + START_BEFORE_MS
    calls = round((rate - 2 * RUNG * BURSTS_PER_SECOND) / (2 + ANSWERED_SHARE) * span / 1_000)
    begins = np.concatenate((draw.integers(-START_BEFORE_MS, 1_000 * seconds, calls), planted.begins))
    count, is_planted = len(begins), np.arange(len(begins)) >= calls
    answered = (draw.random(count) < ANSWERED_SHARE) & ~is_planted
    ring = np.where(is_planted, RING_MS, draw.integers(2_000, 8_000, count))
    talk = np.where(answered, draw.integers(1_000, 17_000, count), 0)
    foreign = (draw.random(count) < FOREIGN_SHARE) & ~is_planted
    callers = np.concatenate((draw.integers(0, NUMBERS, calls), planted.callers))
    ids = _texts("call-", np.arange(count))
    caller_texts = np.where(foreign, _numbers("+4420794", callers, 6), _numbers("+86170", callers, 8))
    called = np.concatenate((draw.integers(0, NUMBERS, calls), np.arange(count - calls)))  # planted callers: distinct
    callees = _numbers("+86171", called, 8)
    offered = {
        "call_id": ids,
        "caller": caller_texts,
        "proven_caller": np.where(foreign, None, caller_texts),
        "callee": callees,
        "ingress": np.where(foreign, "international_gateway", "mobile"),
        "trunk": np.where(foreign, _texts("IGW-FIC-", callers % 40), None),
        "cell": np.where(foreign, None, _texts("460-00-", callers * 7 % 20_000)),
    }
    ended = {
        "call_id": ids,
        "answered": answered,
        "talk_ms": np.where(answered, talk, None),
        "released_by": np.where(is_planted | (draw.random(count) < 0.5), "caller", "callee"),
    }
    every = np.ones(count, np.bool_)
    facts = {
        "call_offered": (begins, offered, every),
        "call_answered": (begins + ring, {"call_id": ids, "ring_ms": ring, "callee": callees}, answered),
        "call_ended": (begins + ring + talk, ended, every),
    }
    tables = {
        name: _table(name, moments, columns, rows, ~is_planted, seconds, draw)
        for name, (moments, columns, rows) in facts.items()
    }
    return LiveCalls(tables, planted.triggers)


class _Planted(NamedTuple):
    begins: Whole
    callers: Whole
    triggers: dict[str, int]


def _plant(seconds: int, draw: np.random.Generator) -> _Planted:
    """Draw callers who ring thirty people within 8 to 15 seconds; the last of these calls leads to a finding."""
    ends = np.arange(20_000, 1_000 * seconds - RING_MS - 100, 1_000 // BURSTS_PER_SECOND)
    callers = np.repeat(NUMBERS + np.arange(len(ends)), RUNG)
    spans = draw.integers(8_000, 15_000, len(ends))
    steps = np.sort(draw.random((len(ends), RUNG)), axis=1)
    steps[:, -1] = 1
    begins = (ends[:, None] - spans[:, None] * (1 - steps)).astype(np.int64)
    names = _numbers("+86170", NUMBERS + np.arange(len(ends)), 8)
    return _Planted(begins.ravel(), callers, dict(zip(names.tolist(), (ends + RING_MS).tolist(), strict=True)))


def _table(
    name: str,
    moments: Whole,
    columns: dict[str, NDArray[np.object_]],
    is_there: NDArray[np.bool_],
    may_be_late: NDArray[np.bool_],
    seconds: int,
    draw: np.random.Generator,
) -> Table:
    sent = moments + np.where(
        may_be_late & (draw.random(len(moments)) < LATE_SHARE), draw.integers(0, LATE_MS, len(moments)), 0
    )
    places = np.flatnonzero(is_there & (moments >= 0) & (sent < 1_000 * seconds))
    places = places[np.argsort(sent[places], kind="stable")]
    fields = {
        "event_id": _texts(f"{name}-", places),
        "occurred_at": moments[places],
        **{column: values[places] for column, values in columns.items()},
        "source": np.full(len(places), "switch", object),
        "simulated": np.ones(len(places), np.bool_),
    }
    schema = all_events()[name].schema
    rows = pa.record_batch({column: pa.array(values, schema.field(column).type) for column, values in fields.items()})
    ticks = np.arange(1, 1_000 * seconds // TICK_MS + 1) * TICK_MS
    return Table(rows, np.searchsorted(sent[places], ticks))


def _texts(head: str, values: Whole) -> NDArray[np.object_]:
    return np.array([f"{head}{value}" for value in values.tolist()], object)


def _numbers(head: str, values: Whole, digits: int) -> NDArray[np.object_]:
    return np.array([f"{head}{value:0{digits}}" for value in (values % 10**digits).tolist()], object)


def iterate_ticks(seconds: int) -> Iterator[int]:
    """Yield the numbers of the ticks."""
    yield from range(1_000 * seconds // TICK_MS)
