"""How many written numbers are understood in a second of one core, beside `phonenumbers`, on the same numbers.

Usage: python -m benchmarks.phone_numbers [--rows 1000000] [--foreign 0.05] [--seed 1]

The mix is that of a carrier's calls: mostly Chinese mobiles in several spellings, then fixed lines, IoT and port
numbers, short codes, numbers from abroad and disguised ones. CPU-seconds are of this process; the best of three runs.
`phonenumbers` does less: it parses, validates and tells the type, but knows no IoT, port or MVNO number.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator

import phonenumbers
import pyarrow as pa
from phonenumbers import NumberParseException

from fanzha.kinds.phone_number import classify, classify_many

MOBILES = ("134", "138", "159", "186", "189", "199", "170", "167")
AREAS = ("010", "021", "020", "0755", "0571", "0898")
ABROAD = (("+44 20 8", 7), ("+1 212 5", 6), ("+852 9", 7), ("+61 4", 8), ("+7 916 ", 7))  # and how many digits more
SHORT = ("95588", "10086", "12345", "110", "96110", "4008123123")


def written(rows: int, foreign: float, seed: int) -> Iterator[str]:
    """Draw numbers as they are written in call records."""
    draw = random.Random(seed)
    shares = (0.78 - foreign, 0.10, 0.04, 0.04, 0.02, foreign, 0.02)
    for sort in draw.choices(range(7), shares, k=rows):
        digits = f"{draw.randrange(10**8):08}"
        if sort == 0:
            yield draw.choice(("", "", "+86", "0086", "86", "0")) + draw.choice(MOBILES) + digits
        elif sort == 1:
            yield draw.choice(AREAS) + str(draw.randrange(2, 9)) + digits[1:]
        elif sort == 2:
            yield "10648" + digits
        elif sort == 3:
            yield "1069" + digits
        elif sort == 4:
            yield draw.choice(SHORT)
        elif sort == 5:
            start, width = draw.choice(ABROAD)
            yield start + digits[-width:]
        else:
            yield draw.choice(("+86", "0086", "00", "+8610", "0")) + draw.choice(SHORT)


def by_phonenumbers(numbers: list[str]) -> None:
    """Parse, validate and tell the type, as its documentation shows."""
    for number in numbers:
        try:
            parsed = phonenumbers.parse(number, "CN")
        except NumberParseException:
            continue
        phonenumbers.is_valid_number(parsed)
        phonenumbers.number_type(parsed)


def cpu_seconds(run: Callable[[], object], times: int = 3) -> float:
    """Return the CPU-seconds of the best run."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    """Measure both sides and print numbers a second."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--foreign", type=float, default=0.05, help="share of numbers from abroad")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    numbers = list(written(given.rows, given.foreign, given.seed))
    column, few = pa.array(numbers), numbers[: min(given.rows, 50_000)]
    classify_many(column.slice(0, 1_000))  # compile first
    sides = [
        ("fanzha classify_many", given.rows, cpu_seconds(lambda: classify_many(column))),
        ("fanzha classify, one by one", len(few), cpu_seconds(lambda: [classify(number) for number in few])),
        (f"phonenumbers {phonenumbers.__version__}", len(few), cpu_seconds(lambda: by_phonenumbers(few))),
    ]
    for name, rows, seconds in sides:
        print(f"{name:<30}{rows:>12,} numbers {seconds:>8.3f} CPU-s {rows / seconds:>12,.0f} a second")


if __name__ == "__main__":
    main()
