"""Read lengths of time as exports write them: 75, 75.2, 0:01:15, 1分15秒, 1h2m3s, 75秒; one compiled pass."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

GOOD, BAD, EMPTY = 0, 2, 3
_LONGEST = 40


@compiled
def _unit_ms(data: NDArray[np.uint8], at: int, stop: int) -> tuple[int, int]:
    """Return (milliseconds of the unit written at `at`, its length in bytes); (0, 0) when there is none."""
    sign = data[at]
    if sign == 0xE5 and at + 2 < stop and data[at + 1] == 0xB0 and data[at + 2] == 0x8F:  # 小(时)
        return 3_600_000, 6
    if sign == 0xE6 and at + 2 < stop and data[at + 1] == 0x97 and data[at + 2] == 0xB6:  # 时
        return 3_600_000, 3
    if sign == 0xE5 and at + 2 < stop and data[at + 1] == 0x88 and data[at + 2] == 0x86:  # 分, 分钟
        long = at + 5 < stop and data[at + 3] == 0xE9 and data[at + 4] == 0x92 and data[at + 5] == 0x9F
        return 60_000, 6 if long else 3
    if sign == 0xE7 and at + 2 < stop and data[at + 1] == 0xA7 and data[at + 2] == 0x92:  # 秒
        return 1_000, 3
    letter = sign | 32
    if letter == 104:  # h
        return 3_600_000, 1
    if letter == 109:  # m, ms, min
        if at + 1 < stop and data[at + 1] | 32 == 115:
            return 1, 2
        return 60_000, 3 if at + 2 < stop and data[at + 1] | 32 == 105 and data[at + 2] | 32 == 110 else 1
    if letter == 115:  # s, sec
        return 1_000, 3 if at + 2 < stop and data[at + 1] | 32 == 101 and data[at + 2] | 32 == 99 else 1
    return 0, 0


@compiled
def read_spans(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    unit: int,
    out: NDArray[np.int64],
    what: NDArray[np.uint8],
) -> None:
    """Read every cell into milliseconds; plain numbers are `unit` milliseconds each."""
    for row in range(len(offsets) - 1):
        start, stop = offsets[row], offsets[row + 1]
        out[row] = 0
        what[row] = EMPTY if stop == start else BAD
        if stop == start or stop - start > _LONGEST:
            continue
        total, numbers, colons, good = 0.0, 0, 0, True
        pending, has_pending = 0.0, False
        at = start
        while at < stop and good:
            sign = data[at]
            if 48 <= sign <= 57:
                value, digits = 0.0, 0
                while at < stop and 48 <= data[at] <= 57:
                    value = value * 10.0 + (data[at] - 48)
                    digits += 1
                    at += 1
                if at < stop and data[at] == 46:
                    at += 1
                    scale = 0.1
                    while at < stop and 48 <= data[at] <= 57:
                        value += (data[at] - 48) * scale
                        scale *= 0.1
                        at += 1
                good = not (has_pending and colons == 0)
                pending = pending * 60.0 + value if colons > 0 else value
                has_pending = True
                numbers += 1
            elif sign == 58:
                colons += 1
                good = has_pending and colons <= 2
                at += 1
            elif sign == 32:
                at += 1
            else:
                size, width = _unit_ms(data, at, stop)
                good = width > 0 and has_pending and colons == 0
                total += pending * size
                pending, has_pending = 0.0, False
                at += max(width, 1)
        if not good or numbers == 0:
            continue
        if colons > 0:
            total = pending * 1_000.0
        elif has_pending:
            total += pending * (unit if numbers == 1 else 1_000)
        if total < 9.0e15:
            out[row] = np.int64(np.round(total))
            what[row] = GOOD
