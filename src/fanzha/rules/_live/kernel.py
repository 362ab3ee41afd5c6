"""Kernels for a single fact: compute its columns, gather them for windows, and decide its rules."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.rules._engine._single_fact_kernel import DEEPEST, evaluate
from fanzha.windows.facts import UNKNOWN

_MOST = 2.0**62


@compiled
def gather(
    operations: NDArray[np.int64],
    constants: NDArray[np.float64],
    starts: NDArray[np.int64],
    targets: NDArray[np.int64],
    values: NDArray[np.int64],
    fields: NDArray[np.int64],
    columns: NDArray[np.int64],
    fact: NDArray[np.int64],
) -> None:
    """Compute expressions into the fields at `targets`, then copy the fields at `columns` behind a fact's moment.

    Expression e has the operations from starts[e] to starts[e + 1]; results are whole numbers, UNKNOWN where unknown.
    """
    if len(targets):
        stack = np.empty(DEEPEST, np.float64)
        for nth in range(len(targets)):
            evaluate(operations, constants, starts[nth], starts[nth + 1], values, fields, stack)
            fields[targets[nth]] = int(np.rint(stack[0])) if abs(stack[0]) < _MOST else UNKNOWN
    for nth in range(len(columns)):
        fact[2 + nth] = fields[columns[nth]]


@compiled
def decide(
    operations: NDArray[np.int64],
    constants: NDArray[np.float64],
    starts: NDArray[np.int64],
    values: NDArray[np.int64],
    fields: NDArray[np.int64],
    fired: NDArray[np.int64],
    scores: NDArray[np.float64],
) -> int:
    """Write which rules fire and their scores; return how many. Rule r has `when`, `except` and score one by one.

    The operations of its three expressions begin at starts[3r], starts[3r + 1], starts[3r + 2].
    """
    stack = np.empty(DEEPEST, np.float64)
    count = 0
    for rule in range(len(fired)):
        at = 3 * rule
        evaluate(operations, constants, starts[at], starts[at + 1], values, fields, stack)
        if stack[0] != 1.0:
            continue
        evaluate(operations, constants, starts[at + 1], starts[at + 2], values, fields, stack)
        if stack[0] == 1.0:
            continue
        evaluate(operations, constants, starts[at + 2], starts[at + 3], values, fields, stack)
        fired[count] = rule
        scores[count] = stack[0] if np.isfinite(stack[0]) else np.nan
        count += 1
    return count
