"""How many facts per CPU-second the window kernel takes, with a million keys, and what memory its state takes.

Usage: python -m benchmarks.windows [--facts 3000000] [--keys 1000000] [--stretch 100000] [--seed 1]

One day of made-up calls: nine in ten by callers drawn evenly from all keys, one in ten by 2,000 heavy callers; half go
to the caller's usual callee. A window is count, different callees and sum of talk time, told after every call. All
work is counted: order checked, facts taken in, values written, old state swept. Batch of one: the same through `feed`,
one fact at a time, on state already there.
"""

import argparse
import time

import numpy as np
from numpy.typing import NDArray

from fanzha.windows.facts import DAY_MS, FactBatch
from fanzha.windows.spec import Aggregate, WindowSpec
from fanzha.windows.windows import Windows

MINUTE = 60_000
FOUR = (MINUTE, 10 * MINUTE, 60 * MINUTE, 120 * MINUTE)
FAMILIES = {"caller": "callee", "callee": "caller", "pair": "", "trunk": "callee", "cell": "caller"}
KIND = 1


def calls(count: int, keys: int, seed: int) -> FactBatch:
    """Return the made-up calls of a day."""
    chance = np.random.default_rng(seed)
    caller = 13_800_000_000 + chance.integers(0, keys, count)
    heavy = chance.random(count) < 0.1
    caller[heavy] = 17_000_000_000 + chance.integers(0, 2_000, heavy.sum())
    usual = chance.random(count) < 0.5
    callee = 13_900_000_000 + np.where(usual, caller * 7_919 % keys, chance.integers(0, keys, count))
    columns = {
        "caller": caller,
        "callee": callee,
        "trunk": 500 + caller % 500,
        "cell": chance.integers(0, 20_000, count),
        "talk_ms": chance.integers(0, 600_000, count),
    }
    return FactBatch(np.full(count, KIND, np.int16), np.sort(chance.integers(0, DAY_MS, count)), columns)


def windows_over(families: list[str], spans: tuple[int, ...]) -> list[tuple[WindowSpec, frozenset[int]]]:
    """Return count, sum and different items for each family and span."""
    specs = []
    for family in families:
        keys = ("caller", "callee") if family == "pair" else (family,)
        for span in spans:
            specs.append(WindowSpec(Aggregate.COUNT, KIND, keys, span))
            specs.append(WindowSpec(Aggregate.SUM, KIND, keys, span, value="talk_ms"))
            if FAMILIES[family]:
                specs.append(WindowSpec(Aggregate.DISTINCT, KIND, keys, span, value=FAMILIES[family]))
    return [(spec, frozenset({KIND})) for spec in specs]


def part(facts: FactBatch, begin: int, end: int) -> FactBatch:
    """Return a stretch of the facts."""
    columns: dict[str, NDArray[np.int64]] = {name: column[begin:end] for name, column in facts.columns.items()}
    return FactBatch(facts.kinds[begin:end], facts.moments[begin:end], columns, begin)


def run(families: list[str], spans: tuple[int, ...], facts: FactBatch, stretch: int) -> None:
    """Feed the day, then single facts; print speed and memory."""
    windows = Windows(windows_over(families, spans), seed=1)
    cuts = [part(facts, begin, begin + stretch) for begin in range(0, len(facts), stretch)]
    began = time.process_time()
    for stretch_facts in cuts:
        windows.feed(stretch_facts)
    seconds = time.process_time() - began
    held = windows.usage()
    late = at_the_end(facts, 5_000)
    singles = [part(late, nth, nth + 1) for nth in range(len(late))]
    began = time.process_time()
    for single in singles:
        windows.feed(single)
    alone = time.process_time() - began
    print(
        f"{len(families)} families, {len(spans)} spans: {len(facts) / seconds / 1e6:.2f} M facts per CPU-second, "
        f"batch of one {alone / len(singles) * 1e6:.1f} us; at the end {held.keys:,} keys, {held.entries:,} entries, "
        f"{held.pairs:,} pairs in {held.bytes / 1e6:,.0f} MB: {held.bytes / max(held.entries, 1):.0f} B an entry"
    )


def at_the_end(facts: FactBatch, count: int) -> FactBatch:
    """Return the first calls again, all at the last moment of the day."""
    first = part(facts, 0, count)
    return FactBatch(first.kinds, np.full(count, facts.moments[-1]), first.columns)


def main() -> None:
    """Compile, then run each shape once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--facts", type=int, default=3_000_000)
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--stretch", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    facts = calls(args.facts, args.keys, args.seed)
    Windows(windows_over(["caller"], FOUR)).feed(part(facts, 0, 1_000))
    for families, spans in ((["caller"], (60 * MINUTE,)), (["caller"], FOUR), (list(FAMILIES), FOUR)):
        run(families, spans, facts, args.stretch)


if __name__ == "__main__":
    main()
