"""Events leave the reorder buffer in order, each once; late ones are given back."""

from collections.abc import Mapping
from random import Random

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from fanzha.analyze.watch.reorder_buffer import ReorderBuffer
from fanzha.base.clock import LATEST_MS
from fanzha.events import all_events

START = 1_772_323_200_000
DAY_MS = 86_400_000


def batch(*events: tuple[str, int], observed: int = 0) -> pa.RecordBatch:
    rows = [
        {"event_id": event_id, "occurred_at": START + at, "observed_at": observed, "source": "t", "simulated": True}
        for event_id, at in events
    ]
    return pa.RecordBatch.from_pylist(rows, schema=all_events()["message"].schema)


def released(due: Mapping[str, pa.RecordBatch]) -> list[tuple[str, int]]:
    ids, moments = (due["message"][name].to_pylist() for name in ("event_id", "occurred_at")) if due else ([], [])
    return [(str(id_), int(moment or 0) - START) for id_, moment in zip(ids, moments, strict=True)]


EVENTS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 50)), max_size=40, unique_by=lambda event: event[0])


@given(EVENTS, st.lists(st.integers(0, 60), max_size=6), st.randoms())
def test_in_any_order_with_repeats_and_a_restart_each_event_leaves_once_in_order(
    events: list[tuple[int, int]], releases: list[int], draw: Random
) -> None:
    named = [(f"e{number:02}", at) for number, at in events]
    arriving = named + draw.sample(named, len(named) // 2)
    draw.shuffle(arriving)
    buffer, out, late = ReorderBuffer(DAY_MS), list[tuple[str, int]](), 0
    for number, event in enumerate(arriving):
        late += sum(part.num_rows for part in buffer.add({"message": batch(event)}, LATEST_MS).late.values())
        if number < len(releases):
            out += released(buffer.release(START + releases[number])[0])
            buffer = ReorderBuffer(DAY_MS, buffer.save())
    out += released(buffer.release(LATEST_MS)[0])
    assert out == sorted(out, key=lambda event: (event[1], event[0]))
    assert len(set(out)) == len(out) and set(out) <= set(named)
    assert len(out) == len(named) if not late else True


def test_a_correction_replaces_an_event_that_waits() -> None:
    buffer = ReorderBuffer(DAY_MS)
    buffer.add({"message": batch(("a", 5), observed=1)}, LATEST_MS)
    buffer.add({"message": batch(("a", 7), observed=2)}, LATEST_MS)
    due, repeats = buffer.release(START + 10)
    assert (released(due), repeats) == ([("a", 7)], 1)


def test_a_repeat_of_a_released_event_is_no_late_event() -> None:
    buffer = ReorderBuffer(DAY_MS)
    buffer.add({"message": batch(("a", 5))}, LATEST_MS)
    buffer.release(START + 10)
    added = buffer.add({"message": batch(("a", 5), ("b", 6))}, LATEST_MS)
    assert (added.repeats, added.late["message"].num_rows) == (1, 1)


def test_events_without_a_time_of_their_own_do_not_move_the_newest_moment() -> None:
    buffer = ReorderBuffer(DAY_MS)
    buffer.add({"message": batch(("a", 5))}, LATEST_MS)
    buffer.add({"message": batch(("b", 900), observed=START + 900)}, LATEST_MS)
    assert buffer.newest() == START + 5
