"""Whether memory stays flat while keys come and go: three days of callers of whom none calls for more than an hour.

Usage: python -m benchmarks.window_memory [--hours 72] [--facts 150000] [--seed 1] [--figure FILE.svg]

Every hour brings so many calls by callers never seen before, nearly each of his own. Two families (caller; caller and
callee) keep windows up to two hours. Told after every sixth hour: keys that ever came, keys and entries held, the bytes
of all arrays of the windows, and the memory of the process.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from fanzha.windows import Aggregate, FactBatch, WindowSpec
from fanzha.windows.windows import Windows

HOUR_MS, KIND, PART = 3_600_000, 1, 50_000
SPANS = (HOUR_MS // 6, HOUR_MS, 2 * HOUR_MS)
KEYS = (("caller",), ("caller", "callee"))


class Held(NamedTuple):
    """What is held at the end of an hour."""

    hour: int
    came: int
    keys: int
    entries: int
    arrays_mb: float
    process_mb: float


def asked() -> list[tuple[WindowSpec, frozenset[int]]]:
    """Return counts, sums and different callees."""
    specs = [WindowSpec(Aggregate.COUNT, KIND, keys, span) for keys in KEYS for span in SPANS]
    specs += [WindowSpec(Aggregate.SUM, KIND, keys, span, value="talk_ms") for keys in KEYS for span in SPANS]
    specs += [WindowSpec(Aggregate.DISTINCT, KIND, ("caller",), span, value="callee") for span in SPANS]
    return [(spec, frozenset({KIND})) for spec in specs]


def hours(count: int, facts: int, seed: int) -> list[Held]:
    """Feed hour after hour; return what was held."""
    windows, draw = Windows(asked(), seed=1), np.random.default_rng(seed)
    told, came, first = [], 0, 0
    for hour in range(count):
        moments = hour * HOUR_MS + np.sort(draw.integers(0, HOUR_MS, facts))
        caller = came + draw.integers(0, facts, facts)
        came += len(np.unique(caller))
        columns = {
            "caller": caller,
            "callee": draw.integers(0, facts, facts),
            "talk_ms": draw.integers(0, 60_000, facts),
        }
        for begin in range(0, facts, PART):
            part = slice(begin, begin + PART)
            chosen = {name: column[part] for name, column in columns.items()}
            count = len(moments[part])
            windows.feed(FactBatch(np.full(count, KIND, np.int16), moments[part], chosen, first))
            first += count
        held = windows.usage()
        told.append(Held(hour + 1, came, held.keys, held.entries, held.bytes / 1e6, process_mb()))
    return told


def process_mb() -> float:
    """Return the memory of this process now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def figure(told: list[Held]) -> str:
    """Return a chart: keys that ever came, and the memory of the arrays."""
    lines = (
        ("keys that ever came", "#9aa4b2", [one.came for one in told]),
        ("MB held", "#c0392b", [one.arrays_mb for one in told]),
    )
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 260" role="img" font-family="system-ui, sans-serif"'
        ' font-size="13">\n<rect width="720" height="260" fill="#fff" rx="8"/>'
    ]
    for nth, (name, colour, values) in enumerate(lines):
        most = max(values)
        points = " ".join(
            f"{60 + 600 * at / max(1, len(values) - 1):.1f},{220 - 180 * value / most:.1f}"
            for at, value in enumerate(values)
        )
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{points}"/>')
        parts.append(f'<text x="{60 + 330 * nth}" y="24" fill="{colour}">{name}: up to {most:,.0f}</text>')
    parts.append('<text x="60" y="244" fill="#5d6878">hour 1</text>')
    parts.append(f'<text x="660" y="244" text-anchor="end" fill="#5d6878">hour {told[-1].hour}</text>\n</svg>\n')
    return "\n".join(parts)


def main() -> None:
    """Run, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("hours", 72), ("facts", 150_000), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--figure", type=Path)
    given = parser.parse_args()
    told = hours(given.hours, given.facts, given.seed)
    table = Table()
    for head in ("hour", "keys that ever came", "keys held", "entries held", "arrays, MB", "process, MB"):
        table.add_column(head, justify="right")
    for one in [one for one in told if one.hour in (1, 2, 3) or one.hour % 6 == 0]:
        table.add_row(
            str(one.hour),
            f"{one.came:,}",
            f"{one.keys:,}",
            f"{one.entries:,}",
            f"{one.arrays_mb:,.0f}",
            f"{one.process_mb:,.0f}",
        )
    Console().print(table)
    if given.figure:
        given.figure.write_text(figure(told), "utf-8")


if __name__ == "__main__":
    main()
