"""Process a single fact in every family without the overhead of a batch, for calls being set up."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.days import day_of
from fanzha.windows._kernel.eviction import sweep
from fanzha.windows._kernel.pointers import pointer_behind, pointer_to
from fanzha.windows._kernel.stretch import stretch


@compiled
def run_single(
    directory: NDArray[np.int64],
    kind_of: NDArray[np.int64],
    fact: NDArray[np.int64],
    position: int,
    roles: NDArray[np.int64],
    out: NDArray[np.int64],
    first: int,
) -> int:
    """Process a fact [kind, moment, columns] in the families from index `first` on and write their outputs.

    `roles` is one word that restricts nothing (-1). Returns the index of the first family that is full, or the number
    of families.
    """
    table, kinds, outputs = pointer_to(fact.ctypes.data), pointer_to(kind_of.ctypes.data), pointer_to(out.ctypes.data)
    every_role = pointer_to(roles.ctypes.data)
    families = len(directory) // at.DIRECTORY_WIDTH
    for family in range(first, families):
        base = family * at.DIRECTORY_WIDTH
        plan, state = pointer_to(directory[base + at.PLAN]), pointer_to(directory[base + at.STATE])
        log, rows = pointer_to(directory[base + at.LOG]), pointer_to(directory[base + at.ROWS])
        keys, pairs = pointer_to(directory[base + at.KEYS]), pointer_to(directory[base + at.PAIRS])
        scratch = pointer_to(directory[base + at.SCRATCH])
        sweep(plan, state, log, rows, keys, pairs, scratch, day_of(table[1]) if plan[at.DAILY] else table[1])
        family_outputs = pointer_behind(outputs, plan[at.OUT_BASE])
        done = stretch(
            plan,
            state,
            log,
            rows,
            keys,
            pairs,
            scratch,
            table,
            1,
            position,
            kinds,
            every_role,
            0,
            0,
            family_outputs,
            0,
        )
        if done < 1:
            return family
    return families
