"""The snapshot at ten million numbers: size, opening, look-ups, and how soon one changed number acts; beside others.

Usage: python -m benchmarks.snapshot [--numbers 10000000] [--seed 1] [--beside dict,sqlite,lmdb]

Numbers are made up: mobiles, half of them in blocks of a thousand, with some thousand different entries. Half of the
look-ups miss. Look-ups are per second of this process's CPU, the best of five runs; times of opening, verifying and
acting are by the clock. Deltas are published by another process, as in operation, while a loop here follows and ticks.
`lmdb` is measured where its package is installed.
"""

import argparse
import asyncio
import gc
import os
import random
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from benchmarks._number_stores import BESIDE, clock_seconds, rate, tell
from numpy.typing import NDArray

from fanzha.claims.contents_builder import ContentsBuilder
from fanzha.claims.difference import Limits
from fanzha.claims.snapshot import Contents, SnapshotEntry, check, number_text
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.screen.snapshot_follower import SnapshotFollower
from fanzha.store.snapshots import SnapshotStore

AT = 1_772_323_200_000  # 2026-03-01
HOUR = 3_600_000
ENTRIES = 4_000
LOOK_UPS = 200_000
BATCH = 1_000_000
CHANGES = 20
REFUSED = SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "fake_bank")
Keys = NDArray[np.uint64]


def made_up(count: int, seed: int) -> Keys:
    """Draw different numbers of mobiles, half of them in blocks of a thousand."""
    draw = np.random.default_rng(seed)
    blocks = draw.choice(7_000_000, count // 2_000, replace=False).astype(np.uint64)
    first = np.uint64(8_613_000_000_000) + blocks * np.uint64(1_000)
    dense = (first[:, None] + np.arange(1_000, dtype=np.uint64)).ravel()
    scattered = draw.integers(8_613_000_000_000, 8_620_000_000_000, count // 2 + count // 50, dtype=np.uint64)
    return draw.permutation(np.unique(np.concatenate([dense, scattered])))[:count]


def contents(keys: Keys) -> Contents:
    """List numbers, each with one of some thousand entries."""
    listing = ContentsBuilder()
    for place, part in enumerate(np.array_split(keys, ENTRIES)):
        level = Level.SUSPECTED if place % 2 else Level.WATCH
        until, whose = AT + (place % 1_000 + 1) * HOUR, f"made-up organisation {place % 7}"
        listing.add_keys(
            part, SnapshotEntry(level, Treatment.LABEL, "brushing", until, service="voice", organization=whose)
        )
    return listing.build()


def publish(folder: Path, keys: Keys) -> None:
    """Publish a base; called in a process of its own."""
    SnapshotStore(folder).publish_base(contents(keys), at=AT)


def publish_one(folder: Path, key: int) -> None:
    """Publish that a number is refused; called in a process of its own."""
    SnapshotStore(folder).publish_delta({("phone_number", number_text(key)): REFUSED}, at=AT)


def standing(store: SnapshotStore, keys: Keys, asked: Keys, many: Keys) -> None:
    """Measure a base as it stands."""
    current = store.current()
    assert current is not None
    (file,) = store.open(current)
    tell("bytes a number, whole file", f"{len(file.data) / len(keys):.2f}")
    tell("verified, every byte", f"{clock_seconds(lambda: check(store.open(current)[0]), 3):.2f} s")
    tell("mapped and opened", f"{clock_seconds(lambda: MappedSnapshot(*store.open(current)), 20) * 1_000:.2f} ms")
    mapped = MappedSnapshot(file)
    mapped.warm()
    one, text, list_ = mapped.key, mapped.number, asked.tolist()
    written = [number_text(key) for key in list_]
    rate("look-ups by key, one by one", len(list_), lambda: [one(key) for key in list_], 5)
    rate("look-ups by text, one by one", len(list_), lambda: [text(number) for number in written], 5)
    rate("look-ups in batches", len(many), lambda: mapped.find_profiles(many), 5)


class Ticking:
    """A loop that wants to wake every millisecond, and how late it woke at the most."""

    def __init__(self) -> None:
        """Begin."""
        self.latest = 0.0
        self._task = asyncio.get_running_loop().create_task(self._tick())

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(0.001)
            self.latest = max(self.latest, loop.time() - before - 0.001)

    def tell(self, name: str) -> None:
        """Print the latest and begin anew."""
        tell(f"  a loop that ticks woke late by at the most, {name}", f"{self.latest * 1_000:.1f} ms")
        self.latest = 0.0


async def acting(store: SnapshotStore, keys: Keys, other: ProcessPoolExecutor) -> None:
    """Measure how soon a changed number acts in a loop that goes on."""
    changed = random.Random(1).sample(keys[:10_000].tolist(), CHANGES)
    loop, ticking = asyncio.get_running_loop(), Ticking()
    await asyncio.sleep(5)
    ticking.tell("doing nothing")
    follower = SnapshotFollower(store.folder, limits=Limits(), oldest_ms=86_400_000)
    follower.restore_accepted()
    gc.collect()
    gc.freeze()  # as a server does once it is loaded: walking it all takes a fifth of a second
    ticking.latest = 0.0
    running = loop.create_task(follower.run())
    while follower.mapped is None:
        await asyncio.sleep(0.01)
    ticking.tell("taking the base")
    took = []
    for key in changed:
        began = loop.time()
        await loop.run_in_executor(other, publish_one, store.folder, key)
        while (entry := follower.mapped.key(key)) is None or entry.treatment is not Treatment.REFUSE:
            await asyncio.sleep(0.001)
        took.append(loop.time() - began)
    tell("one changed number: published, verified, acted on, median", f"{sorted(took)[CHANGES // 2] * 1_000:.0f} ms")
    tell("  at the most of 20", f"{max(took) * 1_000:.0f} ms")
    ticking.tell("taking deltas")
    sequence = follower.mapped.head.sequence
    await loop.run_in_executor(other, publish, store.folder, keys[: len(keys) // 10 * 9])
    began, ticking.latest = loop.time(), 0.0
    while follower.mapped.head.sequence == sequence:
        await asyncio.sleep(0.001)
    tell("another base of nine tenths of them: verified, compared, taken", f"{loop.time() - began:.1f} s")
    await asyncio.sleep(1)
    ticking.tell("taking it")
    running.cancel()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--numbers", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--beside", default=",".join(BESIDE), help="others to measure, by name")
    given = parser.parse_args()
    keys = made_up(given.numbers, given.seed)
    draw = np.random.default_rng(given.seed + 1)
    absent = draw.integers(8_613_000_000_000, 8_620_000_000_000, BATCH // 2, dtype=np.uint64)
    many = draw.permutation(np.concatenate([draw.choice(keys, BATCH // 2), absent]))
    with tempfile.TemporaryDirectory() as temporary, ProcessPoolExecutor(1, get_context("spawn")) as other:
        folder = Path(temporary)
        os.environ["FANZHA_HOME"] = temporary
        store = SnapshotStore(folder / "snapshots")
        other.submit(publish, folder / "compiled", keys[:10]).result()
        print(f"{len(keys):,} numbers")
        seconds = clock_seconds(lambda: other.submit(publish, store.folder, keys).result())
        tell("compiled, compared with nothing, written, flushed", f"{seconds:.1f} s")
        standing(store, keys, many[:LOOK_UPS], many)
        asyncio.run(acting(store, keys, other))
        for name in filter(None, given.beside.split(",")):
            BESIDE[name](keys, many[:LOOK_UPS].tolist(), many.tolist(), folder)


if __name__ == "__main__":
    main()
