"""Entry points for Python: each operates on one family, whose arrays it finds through the directory."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import eviction, state_loader
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.pointers import pointer_to
from fanzha.windows.hash_tables import find_row, tag_of_key

sweep_all, free_first, forget_row, history_of, load_all, load_ages = (
    eviction.sweep,
    eviction.free_oldest,
    eviction.forget,
    eviction.history,
    state_loader.load,
    state_loader.load_age,
)


@compiled
def row_of(directory: NDArray[np.int64], key: NDArray[np.int64]) -> int:
    """Return the row of a key, or NOTHING."""
    plan, state = pointer_to(directory[at.PLAN]), pointer_to(directory[at.STATE])
    rows, keys = pointer_to(directory[at.ROWS]), pointer_to(directory[at.KEYS])
    tag = tag_of_key(state[at.SEED], key, len(key))
    return find_row(keys, state[at.KEYS_LAST], tag, rows, plan[at.ROW_WIDTH], key, len(key))


@compiled
def sweep(directory: NDArray[np.int64], now: int) -> None:
    """Free the entries outside the longest span; `now` is the start of its day if spans are days."""
    plan, state, log = pointer_to(directory[at.PLAN]), pointer_to(directory[at.STATE]), pointer_to(directory[at.LOG])
    rows, keys, pairs = pointer_to(directory[at.ROWS]), pointer_to(directory[at.KEYS]), pointer_to(directory[at.PAIRS])
    sweep_all(plan, state, log, rows, keys, pairs, pointer_to(directory[at.SCRATCH]), now)


@compiled
def free_oldest(directory: NDArray[np.int64], count: int) -> int:
    """Free at most `count` of the oldest entries; return the moment up to which entries may be missing."""
    plan, state, log = pointer_to(directory[at.PLAN]), pointer_to(directory[at.STATE]), pointer_to(directory[at.LOG])
    rows, keys, pairs = pointer_to(directory[at.ROWS]), pointer_to(directory[at.KEYS]), pointer_to(directory[at.PAIRS])
    return free_first(plan, state, log, rows, keys, pairs, pointer_to(directory[at.SCRATCH]), count)


@compiled
def forget(directory: NDArray[np.int64], row: int) -> None:
    """Forget the key of a row."""
    plan, state, log = pointer_to(directory[at.PLAN]), pointer_to(directory[at.STATE]), pointer_to(directory[at.LOG])
    rows, keys, pairs = pointer_to(directory[at.ROWS]), pointer_to(directory[at.KEYS]), pointer_to(directory[at.PAIRS])
    forget_row(plan, state, log, rows, keys, pairs, pointer_to(directory[at.SCRATCH]), row)


@compiled
def history(directory: NDArray[np.int64], row: int, oldest: int, latest: int, entries_out: NDArray[np.int64]) -> int:
    """Write a row's entries after `oldest` up to the place `latest` to `entries_out`, newest first; return how many."""
    plan, state = pointer_to(directory[at.PLAN]), pointer_to(directory[at.STATE])
    log, rows = pointer_to(directory[at.LOG]), pointer_to(directory[at.ROWS])
    return history_of(plan, state, log, rows, row, oldest, latest, entries_out)


@compiled
def load(directory: NDArray[np.int64], entries: NDArray[np.int64], begin: int) -> int:
    """Load saved entries from `begin` on; return how many are loaded, all unless the arrays are full."""
    plan, state, log = pointer_to(directory[at.PLAN]), pointer_to(directory[at.STATE]), pointer_to(directory[at.LOG])
    rows, keys, pairs = pointer_to(directory[at.ROWS]), pointer_to(directory[at.KEYS]), pointer_to(directory[at.PAIRS])
    return load_all(plan, state, log, rows, keys, pairs, pointer_to(directory[at.SCRATCH]), entries, begin)


@compiled
def load_age(directory: NDArray[np.int64], word: int, ages: NDArray[np.int64]) -> None:
    """Set first and last moments at a word of the rows."""
    plan, state = pointer_to(directory[at.PLAN]), pointer_to(directory[at.STATE])
    rows, keys = pointer_to(directory[at.ROWS]), pointer_to(directory[at.KEYS])
    load_ages(plan, state, rows, keys, pointer_to(directory[at.SCRATCH]), word, ages)
