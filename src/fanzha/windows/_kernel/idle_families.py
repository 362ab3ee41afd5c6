"""Write the outputs of families without any key, quickly: most families of a run have none yet."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.pointers import pointer_behind

UNKNOWN = at.UNKNOWN


@compiled
def is_idle(
    plan: NDArray[np.int64], state: NDArray[np.int64], facts: NDArray[np.int64], count: int, kind_of: NDArray[np.int64]
) -> bool:
    """Return whether a family has no key and selects none of the facts."""
    if state[at.LIVE_KEYS]:
        return False
    selects = 0
    for fact in range(count):
        selects |= plan[plan[at.ROLE_TABLE] + 2 * kind_of[facts[fact] & 0xFFFF]] & at.SELECTS
    return bool(selects == 0)


@compiled
def write_empty_outputs(
    plan: NDArray[np.int64],
    rows: NDArray[np.int64],
    scratch: NDArray[np.int64],
    facts: NDArray[np.int64],
    count: int,
    kind_of: NDArray[np.int64],
    roles: NDArray[np.int64],
    role_step: int,
    shift: int,
    out: NDArray[np.int64],
) -> None:
    """Write the outputs of all facts as those of keys that were never seen, or of unknown keys."""
    parts, views, width = plan[at.KEY_PARTS], plan[at.VIEW_COUNT], plan[at.ROW_WIDTH]
    for fact in range(count):
        role = plan[at.ROLE_TABLE] + 2 * kind_of[facts[fact] & 0xFFFF]
        for output in range(plan[at.OUTPUT_COUNT]):
            out[output] = UNKNOWN
        if plan[role] & (roles[fact * role_step] >> shift) & at.ASKS:
            table = plan[at.VIEW_TABLE] + 1
            for view in range(views):
                key_is_known = True
                for part in range(parts):
                    key_is_known &= facts[plan[table + part] * count + fact] != UNKNOWN
                scratch[view] = at.NOTHING * width if key_is_known else at.NOT_KNOWN * width
                table += 1 + parts
            numbers = pointer_behind(plan, plan[role + 1] + views)
            outputs = pointer_behind(numbers, 5)
            for early_or_late in range(2):
                for _ in range(numbers[2 * early_or_late]):
                    out[outputs[0]] = rows[scratch[outputs[1]] + outputs[2]]
                    outputs = pointer_behind(outputs, at.AGGREGATE_WIDTH)
                outputs = pointer_behind(outputs, at.OTHER_WIDTH * numbers[2 * early_or_late + 1])
        out = pointer_behind(out, plan[at.OUTPUT_COUNT])
