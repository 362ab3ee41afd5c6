"""Other stores of numbers, filled and asked alike: a dict, SQLite, and LMDB where its package is installed."""

import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

VALUES = 4_000


def tell(name: str, figure: str) -> None:
    """Print a row."""
    print(f"{name:<62}{figure:>20}", flush=True)


def cpu_seconds(work: Callable[[], object], times: int = 5) -> float:
    """Return the CPU-seconds of the best run."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def clock_seconds(work: Callable[[], object], times: int = 1) -> float:
    """Return the seconds of the best run by the clock."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def rate(name: str, count: int, work: Callable[[], object], times: int = 3) -> None:
    """Measure and print look-ups a second."""
    tell(name, f"{count / cpu_seconds(work, times):,.0f} /s")


def beside_dict(keys: NDArray[np.uint64], asked: list[int], many: list[int], folder: Path) -> None:
    """A dict of the keys."""
    known: dict[int, int] = {}
    pairs = zip(keys.tolist(), (keys % VALUES).tolist(), strict=True)
    tell("dict: filled", f"{clock_seconds(lambda: known.update(pairs)):.1f} s")
    tell("dict: bytes a number, with its keys", f"{sys.getsizeof(known) / len(keys) + 32:.0f}")
    rate("dict: look-ups by key, one by one", len(asked), lambda: [known.get(key) for key in asked])
    rate("dict: look-ups in batches", len(many), lambda: list(map(known.get, many)))


def beside_sqlite(keys: NDArray[np.uint64], asked: list[int], many: list[int], folder: Path) -> None:
    """An SQLite table with the number as its row, read-only and mapped."""
    path = folder / "numbers.sqlite"
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("CREATE TABLE number (key INTEGER PRIMARY KEY, entry INTEGER)")
    pairs = ((key, key % VALUES) for key in np.sort(keys).tolist())
    seconds = clock_seconds(lambda: database.executemany("INSERT INTO number VALUES (?, ?)", pairs))
    database.commit()
    database.close()
    tell("sqlite: filled", f"{seconds:.1f} s")
    tell("sqlite: bytes a number", f"{path.stat().st_size / len(keys):.2f}")
    opened = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    opened.execute("PRAGMA mmap_size = 4000000000")
    ask = "SELECT entry FROM number WHERE key = ?"
    rate(
        "sqlite: look-ups by key, one by one", len(asked), lambda: [opened.execute(ask, (k,)).fetchone() for k in asked]
    )
    opened.close()


def beside_lmdb(keys: NDArray[np.uint64], asked: list[int], many: list[int], folder: Path) -> None:
    """An LMDB of eight-byte keys."""
    try:
        import lmdb
    except ImportError:
        tell("lmdb", "not installed")
        return
    place = str(folder / "lmdb")
    pairs = ((key.to_bytes(8, "big"), (key % VALUES).to_bytes(2, "big")) for key in np.sort(keys).tolist())
    with lmdb.open(place, map_size=8 << 30, writemap=True, sync=False) as filled, filled.begin(write=True) as writing:
        tell("lmdb: filled", f"{clock_seconds(lambda: writing.cursor().putmulti(pairs, append=True)):.1f} s")
    written, batch = ([key.to_bytes(8, "big") for key in each] for each in (asked, many))
    with lmdb.open(place, readonly=True, lock=False) as opened, opened.begin() as reading:
        used = opened.stat()
        pages = used["branch_pages"] + used["leaf_pages"]
        tell("lmdb: bytes a number", f"{pages * used['psize'] / len(keys):.2f}")
        get = reading.get
        rate("lmdb: look-ups by key, one by one", len(written), lambda: [get(key) for key in written])
        rate("lmdb: look-ups in batches", len(batch), lambda: reading.cursor().getmulti(batch))


BESIDE = {"dict": beside_dict, "sqlite": beside_sqlite, "lmdb": beside_lmdb}
