"""Over a history the same rules fire at the same facts, with the same explanations, as over the facts as they come."""

from collections.abc import Iterator
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from tests.rules.facts import HOUR, START, batch, calls
from tests.rules.random_rule import LISTS, random_rule
from tests.rules.random_stream import random_stream

from fanzha.rules import check, parse
from fanzha.rules.engine import Fired, RuleEngine
from fanzha.rules.explain import explain
from fanzha.rules.history import HistoryEngine
from fanzha.rules.tree import Rule

BURST = """
rule burst "" ""
  on call_ended
  when ingress = "voip" and count(call_ended by caller, 1h) >= 5 and mean(talk_ms of call_ended by caller, 1h) < 20 s
  then find caller_or_trunk score 0.7
rule wait "" ""
  on call still talking 1 min
  when distinct(callee of call_offered by trunk, 24h) in (3, 6)
  then find callee score 0.5
rule nested "" ""
  on call_offered
  when count(call_ended by trunk where talk_ms >= 1 s and count(call_offered by caller, 1h) >= 4, 24h) >= 2
  then find trunk score points(0.4 when count(call_offered by trunk, 1h) >= 7, 0.4 when ingress = "voip")
"""


class Stretches:
    """A store in memory."""

    def __init__(self) -> None:
        self.pairs: list[tuple[pa.RecordBatch, pa.RecordBatch]] = []

    def __len__(self) -> int:
        return len(self.pairs)

    def append(self, facts: pa.RecordBatch, ids: pa.RecordBatch) -> None:
        self.pairs.append((facts, ids))

    def truncate(self, count: int) -> None:
        del self.pairs[count:]

    def facts(self, number: int) -> pa.RecordBatch:
        return self.pairs[number][0]

    def ids(self, number: int) -> pa.RecordBatch:
        return self.pairs[number][1]


def rules(text: str) -> tuple[Rule, ...]:
    return check(parse(text)).rules


def described(engine: RuleEngine, fired: Fired, row: int) -> tuple[object, ...]:
    """Return what a finding would say of one firing."""
    envelope = tuple(fired.of_event(name, row) for name in ("event_id", "simulated", "basis", "call_id"))
    conditions = explain(engine, fired, row)
    events = [
        (engine.event_id(event.position), engine.parties(event.position), event.value, event.occurred_at)
        for condition in conditions
        for window in condition.windows
        for event in window.events
        if engine.holds_event(event.position)
    ]
    return fired.rule.name, int(fired.moments[row]), float(fired.scores[row]), envelope, repr(conditions), events


def all_firings(engine: RuleEngine, slices: list[tuple[dict[str, pa.RecordBatch], int]]) -> list[tuple[object, ...]]:
    def stretches() -> Iterator[Iterator[Fired]]:
        for tables, until in slices:
            for table, events in tables.items():
                engine.take(table, events)
            yield engine.settle(until)
        yield from (firings for _, firings in engine.remaining())

    found = [described(engine, one, row) for fired in stretches() for one in fired for row in range(len(one.positions))]
    return sorted(found, key=repr)


def cut(tables: dict[str, pa.Table], count: int) -> list[tuple[dict[str, pa.RecordBatch], int]]:
    """Return the sorted, distinct events of all tables in slices of time."""
    batches = {}
    for name, table in tables.items():
        whole = table.sort_by([("occurred_at", "ascending"), ("event_id", "ascending")]).combine_chunks()
        batches[name] = whole.to_batches()[0] if whole.num_rows else pa.RecordBatch.from_pylist([], schema=whole.schema)
    times = {name: events.column("occurred_at").to_numpy() for name, events in batches.items()}
    moments = np.sort(np.concatenate(list(times.values()))).tolist()
    limits = sorted({moments[len(moments) * nth // count] for nth in range(1, count)} | {moments[-1]})
    slices, begins = [], dict.fromkeys(batches, 0)
    for limit in limits:
        piece = {}
        for name, events in batches.items():
            end = int(np.searchsorted(times[name], limit, side="right"))
            if end > begins[name]:
                piece[name] = events.slice(begins[name], end - begins[name])
            begins[name] = end
        slices.append((piece, limit))
    return slices


@pytest.mark.parametrize("times", [1, 40])
def test_a_history_gives_what_the_engine_gives(times: int) -> None:
    slices = [(calls(times * 10, every=HOUR // 20 // times, talk_ms=70_000), START + 30 * HOUR)]
    expected = all_firings(RuleEngine(rules(BURST)), slices)
    assert expected
    assert all_firings(HistoryEngine(rules(BURST), None, Stretches()), slices) == expected


@pytest.mark.parametrize("seed", range(12))
def test_random_rules_over_random_facts_fire_alike(seed: int) -> None:
    random = Random(seed)
    tables = random_stream(random)
    texts = [random_rule(random, tables).replace("rule drawn", f"rule drawn{nth}") for nth in range(3)]
    slices = cut(tables, random.randint(1, 4))
    checked = [rule for text in texts for rule in check(parse(text)).rules]
    expected = all_firings(RuleEngine(checked, LISTS), slices)
    assert all_firings(HistoryEngine(checked, LISTS, Stretches()), slices) == expected


@pytest.mark.parametrize("after", [1, 2])
def test_it_resumes_where_it_was_saved_and_forgets_what_was_stored_since(after: int) -> None:
    times = [calls(10, every=HOUR // 20, talk_ms=70_000), calls(10, every=HOUR // 20, talk_ms=70_000, first=10)]
    slices = [(times[0], START + 25 * 60_000), (times[1], START + 50 * 60_000), ({}, START + HOUR)]
    expected = all_firings(RuleEngine(rules(BURST)), slices)
    store = Stretches()
    engine = HistoryEngine(rules(BURST), None, store)
    for tables, until in slices[:after]:
        for table, events in tables.items():
            engine.take(table, events)
        assert not list(engine.settle(until))
    saved = engine.save()
    engine.take("message", batch("message", {"at": 2 * HOUR, "channel": "sms"}))
    list(engine.settle(START + 2 * HOUR))
    again = HistoryEngine(rules(BURST), None, store)
    again.restore(saved)
    assert all_firings(again, slices[after:]) == expected


def test_windows_keep_no_key_that_no_rule_may_fire_for() -> None:
    def entries(engine: RuleEngine) -> int:
        all_firings(engine, [(calls(400, every=1_000), START + 30 * HOUR)])
        return sum(windows.usage().entries for windows in engine.levels)

    seldom = rules(BURST.split("rule wait")[0].replace("caller,", "callee,"))
    assert entries(RuleEngine(seldom)) == 400
    assert entries(HistoryEngine(seldom, None, Stretches())) == 0
