"""How many facts per CPU-second the rules take, with a million keys, beside the same rule in other tools.

Usage: python -m benchmarks.rules [--facts 2000000] [--keys 1000000] [--seed 1] [--runs 3]

One day of made-up calls, one fact each: nine in ten by callers drawn evenly from all keys, one in ten by 200 heavy
callers with short calls. Everything is on: facts arrive up to a second out of order and one in fifty twice; they are
sorted by moment and id, each once, as `analyze` sorts its tables; then come filters, windows, eviction, sweeping and
rules. The peers get the answered calls in order and once, each no more than it can take in half a minute, and must fire
at the same calls. Then single facts: windows, sweeping and rules, on the state at the end of the day.

CPU-seconds of one thread, medians. Polars, Bytewax and River come with `make peers`; json-rules-engine is run where npm
has brought it (NODE_PATH names the folder).
"""

import argparse
import os
import time
from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

import numpy as np
from benchmarks._calls_of_a_day import Day, Whole, day
from benchmarks._windows_of_others import PEERS, Firings, Peer, Stream
from rich.console import Console
from rich.table import Table

from fanzha.rules import check, parse
from fanzha.rules._engine.fact_codes import fact_code
from fanzha.rules._engine.sequence import Stretch
from fanzha.rules._live.steps import DecisionStep
from fanzha.rules.engine import RuleEngine
from fanzha.rules.live import Live
from fanzha.rules.tree import DecisionPoint
from fanzha.windows import UNKNOWN, FactBatch
from fanzha.windows.codes import TextCodes

FACT = "call_ended"
BURST = """
rule burst "" ""
  on call_ended
  when answered
   and count(call_ended by caller where answered, 1h) >= 30
   and distinct(callee of call_ended by caller where answered, 1h) >= 25
   and mean(talk_ms of call_ended by caller where answered, 1h) < 20 s
  then find call score 0.7
"""
SPANS = ("1h", "10 min", "2h", "30 min")
KEYS = ("caller", "callee", "caller, callee", "trunk", "cell")
HEADS = ("rules", "facts per CPU-s", "firings", "alone, us", "entries", "B each", "keys held", "B each")


def twenty(keys: tuple[str, ...], spans: tuple[str, ...]) -> str:
    """Return twenty rules spread over so many families and spans, each with a filter."""
    return "".join(
        _rule(number, keys[number % len(keys)], spans[number // len(keys) % len(spans)]) for number in range(20)
    )


def _rule(number: int, by: str, span: str) -> str:
    return f"""
rule r{number} "" ""
  on call_ended
  when count(call_ended by {by}, {span}) >= {30 + number}
   and distinct({"cell" if "callee" in by else "callee"} of call_ended by {by}, {span}) >= {25 + number}
   and mean(talk_ms of call_ended by {by} where answered, {span}) < 20 s
  then find call score 0.7
"""


SHAPES = (
    ("one family, one rule", BURST),
    ("one family, 4 spans, 20 rules", twenty(("caller",), SPANS)),
    ("five families, 1 span, 20 rules", twenty(KEYS, SPANS[:1])),
    ("five families, 4 spans, 20 rules", twenty(KEYS, SPANS)),
)


class Run(NamedTuple):
    """What came of one run."""

    per_second: float
    firings: dict[str, Whole]  # rule -> places of the calls
    engine: RuleEngine


def run(text: str, calls: Day) -> Run:
    """Take the whole day in as it comes."""
    engine = RuleEngine(check(parse(text)).rules, seed=1)
    codes, found, first = TextCodes(), list[tuple[str, Whole]](), 0
    began = time.process_time()
    for places in calls.in_order():
        found += judged(engine, calls, places, first, codes)
        first += len(places)
    seconds = time.process_time() - began
    firings = {name: np.concatenate([at for rule, at in found if rule == name]) for name in dict(found)}
    return Run(len(calls.arrivals) / seconds, firings, engine)


def judged(engine: RuleEngine, calls: Day, places: Whole, first: int, codes: TextCodes) -> Iterator[tuple[str, Whole]]:
    """Yield the rules that fire in a stretch, and at which calls."""
    count = len(places)
    facts = FactBatch(np.full(count, fact_code(FACT), np.int16), calls.moments[places], {}, first)
    columns = {name: column[places] for name, column in calls.columns.items()}
    stretch = Stretch(facts, np.zeros(count, np.int8), np.arange(count), [], codes, columns)
    for fired in engine.judge(stretch):
        yield fired.rule.name, places[fired.positions]


def microseconds_alone(text: str, run_: Run, calls: Day, count: int = 20_000) -> float:
    """Return the CPU time of one fact alone: windows, sweeping and rules, on the state that a run left."""
    live = Live(check(parse(text)).rules, seed=1)
    live.restore(run_.engine.save())
    step, fields = DecisionStep(DecisionPoint(FACT), live.program, live.levels, live.layout), live.layout.fields
    row, moment = np.full(len(fields), UNKNOWN, np.int64), int(calls.moments[-1])
    rows = np.tile(row, (count, 1))
    for name, column in calls.columns.items():
        if name in fields:
            rows[:, fields[name]] = column[:count]
    for nth in range(100):
        step.run(moment, len(calls.moments) + nth, rows[-1 - nth])
    began = time.process_time()
    for nth in range(count):
        step.run(moment + nth, len(calls.moments) + 100 + nth, rows[nth])
    return (time.process_time() - began) / count * 1e6


def cpu_seconds() -> float:
    """Return the CPU time of this process and of those it waited for."""
    taken = os.times()
    return taken.user + taken.system + taken.children_user + taken.children_system


def answered(calls: Day) -> Stream:
    """Return what the peers get."""
    some = calls.columns["answered"] == 1
    return Stream(calls.moments[some], *(calls.columns[name][some] for name in ("caller", "callee", "talk_ms")))


def beside(peer: Peer, stream: Stream, ours: Firings) -> tuple[str, str, str, str]:
    """Run a peer; return a row of the table."""
    if not peer.here():
        return peer.name, "not installed", "", ""
    given = stream.head(peer.most)
    peer.fires(stream.head(2_000))
    began = cpu_seconds()
    firings = peer.fires(given)
    seconds = cpu_seconds() - began
    expected = {one for one in ours if one[0] <= given.moments[-1]}
    same = "the same" if firings == expected else f"{len(firings ^ expected)} of {len(expected):,} differ"
    return peer.name, f"{len(given.moments):,} answered", f"{len(given.moments) / seconds:,.0f}", same


def row(name: str, text: str, runs: list[Run], alone: float) -> tuple[str, ...]:
    """Return a row of our own table: speed, and what the state at the end of the day takes."""
    held = [windows.usage() for windows in runs[-1].engine.levels]
    memory, entries, keys = (sum(getattr(one, name) for one in held) for name in ("bytes", "entries", "keys"))
    return (
        name,
        f"{median(one.per_second for one in runs):,.0f}",
        f"{sum(map(len, runs[-1].firings.values())):,}",
        f"{alone:.1f}",
        f"{entries:,}",
        f"{memory / entries:.0f}",
        f"{keys:,}",
        f"{memory / keys:.0f}",
    )


def main() -> None:
    """Measure and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("facts", 2_000_000), ("keys", 1_000_000), ("seed", 1), ("runs", 3)):
        parser.add_argument(f"--{name}", type=int, default=value)
    given = parser.parse_args()
    calls, console = day(given.facts, given.keys, given.seed), Console(width=160)
    small = day(20_000, 1_000, given.seed)
    own = Table(
        title=f"{len(calls.arrivals):,} facts, {given.keys:,} keys", caption="bytes: of all state / entries, / keys"
    )
    heads = (
        "rules",
        "facts per CPU-s",
        "firings",
        "alone, us",
        "live entries",
        "B each",
        "live keys",
        "B each",
        "B an id",
    )
    for head in heads:
        own.add_column(head, justify="left" if head == "rules" else "right")
    ours: Firings = set()
    for name, text in SHAPES:
        run(text, small)
        runs = [run(text, calls) for _ in range(given.runs)]
        own.add_row(*row(name, text, runs, microseconds_alone(text, runs[-1], calls)))
        if text is BURST:
            at = runs[-1].firings["burst"]
            ours = set(zip(calls.moments[at].tolist(), calls.columns["caller"][at].tolist(), strict=True))
    console.print(own)
    others = Table(title="the rule of the first line in other tools")
    for head in ("tool", "calls", "calls per CPU-s", "fires at"):
        others.add_column(head, justify="left" if head == "tool" else "right")
    for peer in PEERS:
        others.add_row(*beside(peer, answered(calls), ours))
    console.print(others)


if __name__ == "__main__":
    main()
