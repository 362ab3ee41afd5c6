"""The kernel and plain SQL find the same, whatever the rule, the stream, the cuts, and where it is restored.

EQUALITY_CASES says how many rule × stream cases, EQUALITY_SEED which.
"""

import os
from collections.abc import Iterator, Mapping
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from tests.rules.random_rule import LISTS, random_rule
from tests.rules.random_stream import random_stream
from tests.rules.sql_reference import Row, connect_reference

from fanzha.rules.check import CheckedFile, check
from fanzha.rules.engine import Fired, RuleEngine
from fanzha.rules.parse import parse
from fanzha.rules.tree import Expression, Rule, WindowExpression, children

RULES = 4  # that run together over one stream
CASES = int(os.environ.get("EQUALITY_CASES", "200"))
SEED = os.environ.get("EQUALITY_SEED", "2026")


@pytest.mark.parametrize("stream", range(-(-CASES // RULES)))
def test_kernel_and_sql_find_the_same(stream: int) -> None:
    random = Random(f"{SEED} {stream}")
    tables = random_stream(random)
    texts = [random_rule(random, tables) for _ in range(RULES)]
    files = [check(parse(text)) for text in texts]
    found = kernel(files, tables, random)
    with connect_reference(tables, LISTS) as ask:
        for text, file in zip(texts, files, strict=True):
            (rule,) = file.rules
            assert found[id(rule)] == ask(rule), text


def kernel(files: list[CheckedFile], tables: Mapping[str, pa.Table], random: Random) -> dict[int, list[Row]]:
    """Return what the kernel finds for each rule, the events fed in random cuts and the state now and then restored."""
    rules = [rule for file in files for rule in file.rules]
    rows: dict[int, list[Row]] = {id(rule): [] for rule in rules}
    for fired in firings(rules, tables, random):
        rows[id(fired.rule)] += rows_of(fired)
    return rows


def firings(rules: list[Rule], tables: Mapping[str, pa.Table], random: Random) -> Iterator[Fired]:
    """Yield what fires; the last cut is behind the last fact of all tables, whether a rule reads them or not."""
    seed = random.getrandbits(30)
    engine = RuleEngine(rules, LISTS, seed=seed)
    left = {table: in_order(events) for table, events in tables.items()}
    moments = sorted({moment for events in left.values() for moment in moments_of(events).tolist()})
    cuts = sorted(random.sample(moments, min(len(moments), random.choice((0, 1, 5, len(moments))))))
    for cut in [*cuts, moments[-1] + 1]:
        for table in random.sample(sorted(left), len(left)):
            early = random.choice((0, 0, 1, 50))  # taken in before their turn
            count = int(np.searchsorted(moments_of(left[table]), cut)) + early
            now, left[table] = left[table].slice(0, count), left[table].slice(count)
            for batch in now.to_batches(max_chunksize=random.choice((1, 7, 999))):
                engine.take(table, batch)
        yield from engine.settle(cut)
        if random.random() < 0.2:
            saved = engine.save()
            engine = RuleEngine(rules, LISTS, seed=seed)
            engine.restore(saved)
    yield from engine.finish()


def in_order(events: pa.Table) -> pa.Table:
    """Return events as the door gives them on: each once, by moment and id."""
    rows = events.sort_by([("occurred_at", "ascending"), ("event_id", "ascending")]).to_pylist()
    once = {row["event_id"]: row for row in rows}
    return pa.Table.from_pylist(list(once.values()), events.schema)


def moments_of(events: pa.Table) -> NDArray[np.int64]:
    """Return when the events occurred."""
    moments: NDArray[np.int64] = events["occurred_at"].to_numpy()
    return moments


def rows_of(fired: Fired) -> list[Row]:
    """Return firings as the reference SQL gives them."""
    windows = (values_of(fired, window) for window in windows_of(fired.rule))
    known = [[None if np.isnan(score) else float(score) for score in fired.scores], *windows]
    events = (fired.of_event("event_id", row) for row in range(len(fired.positions)))
    names = [fired.rule.name] * len(fired.positions)
    return list(zip(names, events, fired.moments.tolist(), *known, strict=True))


def values_of(fired: Fired, window: WindowExpression) -> list[float | str | None]:
    """Return the values of a window at the firings."""
    if fired.at.is_text(window):
        return [fired.stretch.codes.text(int(code)) for code in fired.at.whole(window)]
    return [None if np.isnan(value) else float(value) for value in fired.at.numbers(window)]


def windows_of(rule: Rule) -> list[WindowExpression]:
    """Return the windows about the present fact in order of appearance, each once."""
    parts = (part for part in (rule.when, rule.unless, rule.score) if part)
    return list(dict.fromkeys(window for part in parts for window in outermost(part)))


def outermost(node: Expression) -> Iterator[WindowExpression]:
    """Yield the windows of an expression that stand in no other."""
    if isinstance(node, WindowExpression):
        yield node
        return
    for child in children(node):
        yield from outermost(child)
