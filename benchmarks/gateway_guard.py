"""How many calls the gateway guard judges in a second of one core, batch by batch, with its state kept.

Usage: python -m benchmarks.gateway_guard [--rows 1000000] [--foreign 0.3] [--trunks 200] [--seed 1]
"""

import argparse
import random
import time
from typing import Any

import pyarrow as pa
from benchmarks.phone_numbers import written

from fanzha.detect.gateway_guard import DETECTOR
from fanzha.events.call_offered import EVENT, INGRESS

BATCH = 65_536


def calls(rows: int, foreign: float, trunks: int, seed: int) -> pa.RecordBatch:
    """Draw made-up calls of all ingresses, ten a second."""
    draw = random.Random(seed)
    names = [str(number) for number in range(rows)]
    moments = range(1_772_323_200_000, 1_772_323_200_000 + rows * 100, 100)
    columns: dict[str, Any] = {
        "event_id": names,
        "occurred_at": moments,
        "observed_at": moments,
        "source": ["benchmark"] * rows,
        "simulated": [True] * rows,
        "call_id": names,
        "caller": list(written(rows, foreign, seed)),
        "callee": [f"+86191000{draw.randrange(10**5):05}" for _ in names],
        "ingress": draw.choices(INGRESS, (0.4, 0.2, 0.1, 0.2, 0.1), k=rows),
        "trunk": [f"T{draw.randrange(trunks)}" for _ in names],
        "roaming": draw.choices(("proven", "unproven", "disproven", None), k=rows),
    }
    return EVENT.conform({name: pa.array(values) for name, values in columns.items()}, rows)


def main() -> None:
    """Measure and print calls a second and the size of the state."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--foreign", type=float, default=0.3, help="share of callers with numbers from abroad")
    parser.add_argument("--trunks", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    batch = calls(given.rows, given.foreign, given.trunks, given.seed)
    list(DETECTOR.open().feed("call_offered", batch.slice(0, 1_000)))  # compile first
    session, found, start = DETECTOR.open(), 0, time.process_time()
    for first in range(0, given.rows, BATCH):
        found += len(list(session.feed("call_offered", batch.slice(first, BATCH))))
    state = len(session.save())
    found += len(list(session.finish()))
    seconds = time.process_time() - start
    print(f"{given.rows:,} calls {seconds:.2f} CPU-s {given.rows / seconds:,.0f} a second; {found:,} findings")
    print(f"state between batches at the end: {state:,} bytes")


if __name__ == "__main__":
    main()
