"""Stack machine that evaluates rules at a single fact; unknown numbers and truth values are NaN."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows.facts import CHINA_MS, UNKNOWN

CONSTANT, FIELD, WINDOW, SAME_TEXT = 0, 1, 2, 3
ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE = 10, 11, 12, 13, 14
AT_LEAST, AT_MOST, MORE, LESS, EQUAL, UNEQUAL = 20, 21, 22, 23, 24, 25
AND, OR, NOT, ELSE, KNOWN, TEXT_KNOWN, HOUR, POINT, ROOT = 30, 31, 32, 33, 34, 35, 36, 37, 38

IN_WINDOWS = 1 << 30  # added to the offset of a text that is the value of a window

_HOUR_MS = 3_600_000
DEEPEST = 256  # of the stack; the language allows less depth


@compiled
def combine(code: int, a: float, b: float) -> float:
    """Combine two numbers or truths; an infinite result is unknown."""
    if code == AND:
        return 0.0 if a == 0.0 or b == 0.0 else a * b
    if code == OR:
        return 1.0 if a == 1.0 or b == 1.0 else a + b
    if code == ELSE:
        return b if np.isnan(a) else a
    if code < AT_LEAST:
        if code == ADD:
            result = a + b
        elif code == SUBTRACT:
            result = a - b
        elif code == MULTIPLY:
            result = a * b
        else:
            result = a / b
        return result if np.isfinite(result) else np.nan
    if np.isnan(a) or np.isnan(b):
        return np.nan
    if code == AT_LEAST:
        return 1.0 if a >= b else 0.0
    if code == AT_MOST:
        return 1.0 if a <= b else 0.0
    if code == MORE:
        return 1.0 if a > b else 0.0
    if code == LESS:
        return 1.0 if a < b else 0.0
    return 1.0 if (a == b) == (code == EQUAL) else 0.0


@compiled
def evaluate(
    operations: NDArray[np.int64],
    constants: NDArray[np.float64],
    begin: int,
    end: int,
    values: NDArray[np.int64],
    fields: NDArray[np.int64],
    stack: NDArray[np.float64],
) -> None:
    """Run the operations (code, argument) from `begin` to `end`; results start at the bottom of the stack."""
    top = -1
    for at in range(begin, end):
        code, argument = operations[at, 0], operations[at, 1]
        if code == CONSTANT:
            top += 1
            stack[top] = constants[argument]
        elif code in (FIELD, WINDOW):
            whole = fields[argument] if code == FIELD else values[argument]
            top += 1
            stack[top] = np.nan if whole == UNKNOWN else np.float64(whole)
        elif code == SAME_TEXT:
            left_at, right_at = argument >> 32, argument & 0xFFFFFFFF
            left = fields[left_at] if left_at < IN_WINDOWS else values[left_at - IN_WINDOWS]
            right = fields[right_at] if right_at < IN_WINDOWS else values[right_at - IN_WINDOWS]
            top += 1
            stack[top] = np.nan if UNKNOWN in (left, right) else (1.0 if left == right else 0.0)
        elif code == TEXT_KNOWN:
            top += 1
            stack[top] = 0.0 if fields[argument] == UNKNOWN else 1.0
        elif code == NEGATE:
            stack[top] = -stack[top]
        elif code == NOT:
            stack[top] = 1.0 - stack[top]
        elif code == KNOWN:
            stack[top] = 0.0 if np.isnan(stack[top]) else 1.0
        elif code == HOUR:
            stack[top] = np.floor((stack[top] + CHINA_MS) / _HOUR_MS) % 24
        elif code == ROOT:
            stack[top] = np.sqrt(max(stack[top], 0.0)) if np.isfinite(stack[top]) else np.nan
        elif code == POINT:  # total, weight, condition
            top -= 2
            stack[top] = stack[top] + (stack[top + 1] if stack[top + 2] == 1.0 else 0.0)
        else:
            top -= 1
            stack[top] = combine(code, stack[top], stack[top + 1])


@compiled
def fires(
    operations: NDArray[np.int64],
    constants: NDArray[np.float64],
    starts: NDArray[np.int64],
    values: NDArray[np.int64],
    fields: NDArray[np.int64],
    fired: NDArray[np.bool_],
) -> None:
    """Decide every rule at one fact; rule r has the operations from starts[r] to starts[r + 1].

    Each rule leaves its `when` and, above it, its `except` on the stack.
    """
    stack = np.empty(DEEPEST, np.float64)
    for rule in range(len(starts) - 1):
        evaluate(operations, constants, starts[rule], starts[rule + 1], values, fields, stack)
        fired[rule] = stack[0] == 1.0 and stack[1] != 1.0
