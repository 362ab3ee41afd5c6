"""What rules cost inside a call's set-up, fact by fact, beside plain Python that does the same by hand.

Usage: python -m benchmarks.live [--calls 300000] [--numbers 200000] [--rate 500] [--seed 1]

Made-up calls, so many a second: between numbers drawn evenly, one in a hundred from 20 heavy callers. A call is a
mapping of texts, as a screen has it; its event id and call id are new each time. Twenty rules of three conditions each
(calls, different items, calls from VoIP) over windows of five families by caller, callee, both, trunk and cell. All is
counted: texts become codes, windows are fed and swept, rules decided. Both must fire at the same calls. Then whole
calls: offered, answered, ended, joined, with a wait of 20 minutes each. A tenth of the calls comes first, so that state
is there, and room is reserved. CPU time of this process, one thread, also in the percentiles.
"""

import argparse
import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import numpy as np
from benchmarks._windows_by_hand import ByHand, Fields
from rich.console import Console
from rich.table import Table

from fanzha.rules import check, parse
from fanzha.rules.live import Live

START = 1_767_196_800_000
KEYS = {"caller": 30, "callee": 30, "caller, callee": 30, "trunk": 30_000, "cell": 3_000}  # and how many calls are many
SPANS = {"1h": 3_600_000, "10 min": 600_000, "2h": 7_200_000, "30 min": 1_800_000}
TALKS = """
rule talks "" ""
  on call_ended
  when count(call_ended by caller, 1h) >= 30 and mean(talk_ms of call_ended by caller where answered, 1h) < 20 s
  then find call score 0.7
rule worked_on "" ""
  on call still talking 20 min
  when ingress = "voip" and count(call_answered by callee, 1h) >= 2
  then find callee score 0.5
"""

Fact = tuple[str, int, Fields]
Shape = tuple[str, str, int, tuple[int, int, int]]


def shapes(spans: Sequence[str]) -> list[Shape]:
    """Return twenty rules: key, item, span and limits."""
    return [
        (key, "cell" if "callee" in key else "callee", SPANS[spans[nth // len(KEYS) % len(spans)]], (many + nth, 5, 9))
        for nth, (key, many) in enumerate([*KEYS.items()] * 4)
    ]


def written(rules: Sequence[Shape]) -> str:
    """Return them in the language of rules."""
    return "".join(
        f"""
rule r{nth} "" ""
  on call_offered
  when count(call_offered by {key}, {span} ms) >= {calls}
   and distinct({item} of call_offered by {key}, {span} ms) >= {items}
   and count(call_offered by {key} where ingress = "voip", {span} ms) >= {voip}
  then find call score 0.7
"""
        for nth, (key, item, span, (calls, items, voip)) in enumerate(rules)
    )


def offers(count: int, numbers: int, rate: int, seed: int) -> Iterator[Fact]:
    """Draw calls that are offered."""
    draw = Random(seed)
    for nth in range(count):
        caller = draw.randrange(20) if draw.random() < 0.01 else 20 + draw.randrange(numbers)
        yield (
            "call_offered",
            START + nth * 1_000 // rate,
            {
                "call_id": f"3f2504e0-4f89-41d3-9a0c-{nth:012d}@192.0.2.1",
                "event_id": f"{draw.getrandbits(128):032x}",
                "source": "screen",
                "caller": f"+86170{caller:08d}",
                "callee": f"+86170{draw.randrange(numbers):08d}",
                "trunk": f"TG-{caller % 500}",
                "cell": f"460-00-{draw.randrange(20_000)}",
                "ingress": draw.choice(("voip", "mobile")),
            },
        )


def whole(calls: Iterator[Fact]) -> Iterator[Fact]:
    """Answer every call a second after it is offered and end it eight seconds later, one in a hundred after an hour."""
    later: list[Fact] = []
    for nth, (table, moment, fields) in enumerate(calls):
        while later and later[0][1] <= moment:
            yield later.pop(0)
        yield table, moment, fields
        same = {"call_id": fields["call_id"], "event_id": fields["event_id"][::-1]}
        yield "call_answered", moment, same | {"ring_ms": 0}
        if nth % 100:
            later.append(("call_ended", moment + 8_000, same | {"answered": True, "talk_ms": 8_000}))


class Ran:
    """Facts run one by one: CPU microseconds a fact, percentiles of the time each took, and what fired."""

    def __init__(self, take: Callable[[str, int, Fields], Sequence[Any]], facts: Sequence[Fact]) -> None:
        first = len(facts) // 10
        self.fired = [(nth, found) for nth, fact in enumerate(facts[:first]) if (found := take(*fact))]
        took = np.zeros(len(facts) - first)
        gc.collect()
        gc.freeze()
        began = time.process_time()
        for nth, fact in enumerate(facts[first:], start=first):
            at = time.process_time_ns()
            found = take(*fact)
            took[nth - first] = time.process_time_ns() - at
            if found:
                self.fired.append((nth, found))
        self.each = (time.process_time() - began) / len(took) * 1e6
        self.shares = np.percentile(took, (50, 99, 99.9, 100)) / 1e3

    def cells(self) -> list[str]:
        """Return the figures of a row."""
        return [f"{self.each:.1f}", *(f"{value:,.0f}" for value in self.shares)]


def live(text: str, facts: Sequence[Fact]) -> tuple[Live, Ran]:
    """Run facts through the rules of a text."""
    rules = Live(check(parse(text)).rules, seed=1)
    rules.reserve(len(facts))
    return rules, Ran(rules.fact, facts)


def compare(spans: Sequence[str], facts: Sequence[Fact], table: Table) -> None:
    """Run both over offered calls."""
    rules = shapes(spans)
    screen, ours = live(written(rules), facts)
    by_hand = ByHand(rules)
    theirs = Ran(lambda _, moment, fields: by_hand.offered(moment, fields), facts)
    fired = [(nth, sorted(int(one.rule.name[1:]) for one in found)) for nth, found in ours.fired]
    if fired != theirs.fired:
        raise SystemExit("they fire at different calls")
    name = f"5 families, {len(spans)} span{'s' if len(spans) > 1 else ''}, 20 rules; {len(fired):,} calls fire"
    table.add_row(name, *ours.cells(), memory(screen))
    table.add_row("  plain Python by hand", *theirs.cells(), "")


def memory(screen: Live) -> str:
    """Return what the state takes."""
    held = screen.levels[0].usage()
    total = held.bytes + screen.bytes_held
    each = total / max(held.entries, 1)
    return f"{total / 1e6:,.0f} MB: {held.keys:,} keys, {held.entries:,} entries, {each:,.0f} B each"


def by_hand_memory(rules: Sequence[Shape], facts: Sequence[Fact]) -> int:
    """Return the bytes that windows by hand take after some calls."""
    by_hand = ByHand(rules)
    tracemalloc.start()
    for _, moment, fields in facts:
        by_hand.offered(moment, fields)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return taken


def main() -> None:
    """Run all shapes and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=300_000)
    parser.add_argument("--numbers", type=int, default=200_000)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    table = Table("fact by fact", "CPU µs a fact", "p50 µs", "p99", "p99.9", "most", "state")
    live(TALKS + written(shapes(tuple(SPANS))), list(offers(100, 9, 9, 0)))  # compile
    facts = list(offers(args.calls, args.numbers, args.rate, args.seed))
    for spans in (tuple(SPANS)[:1], tuple(SPANS)):
        compare(spans, facts, table)
    screen, ran = live(TALKS, list(whole(iter(facts))))
    table.add_row("whole calls, joined, a wait each, 2 rules", *ran.cells(), memory(screen))
    Console(width=160).print(table)
    few = facts[: args.calls // 10]
    taken = by_hand_memory(shapes(tuple(SPANS)), few)
    screen, _ = live(written(shapes(tuple(SPANS))), few)
    held = screen.levels[0].usage().bytes + screen.bytes_held
    print(f"4 spans after {len(few):,} calls: {held / 1e6:.0f} MB, by hand {taken / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
