"""Parse columns of durations in one compiled pass: 75, 75.2, 0:01:15, 1分15秒, 1h2m3s, 75秒."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

GOOD, BAD, EMPTY = 0, 2, 3
_MAX_CELL_BYTES = 40


@compiled
def _unit_ms(data: NDArray[np.uint8], position: int, stop: int) -> tuple[int, int]:
    """Return (milliseconds, length in bytes) of the unit at `position`, or (0, 0) if there is none."""
    byte = data[position]
    if byte == 0xE5 and position + 2 < stop and data[position + 1] == 0xB0 and data[position + 2] == 0x8F:  # 小(时)
        return 3_600_000, 6
    if byte == 0xE6 and position + 2 < stop and data[position + 1] == 0x97 and data[position + 2] == 0xB6:  # 时
        return 3_600_000, 3
    if byte == 0xE5 and position + 2 < stop and data[position + 1] == 0x88 and data[position + 2] == 0x86:  # 分, 分钟
        long = (
            position + 5 < stop
            and data[position + 3] == 0xE9
            and data[position + 4] == 0x92
            and data[position + 5] == 0x9F
        )
        return 60_000, 6 if long else 3
    if byte == 0xE7 and position + 2 < stop and data[position + 1] == 0xA7 and data[position + 2] == 0x92:  # 秒
        return 1_000, 3
    letter = byte | 32
    if letter == 104:  # h
        return 3_600_000, 1
    if letter == 109:  # m, ms, min
        if position + 1 < stop and data[position + 1] | 32 == 115:
            return 1, 2
        return 60_000, 3 if position + 2 < stop and data[position + 1] | 32 == 105 and data[
            position + 2
        ] | 32 == 110 else 1
    if letter == 115:  # s, sec
        return 1_000, 3 if position + 2 < stop and data[position + 1] | 32 == 101 and data[
            position + 2
        ] | 32 == 99 else 1
    return 0, 0


@compiled
def read_durations(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    unit: int,
    out: NDArray[np.int64],
    status: NDArray[np.uint8],
) -> None:
    """Parse every cell to milliseconds. Numbers without a unit are multiples of `unit` milliseconds."""
    for row in range(len(offsets) - 1):
        start, stop = offsets[row], offsets[row + 1]
        out[row] = 0
        status[row] = EMPTY if stop == start else BAD
        if stop == start or stop - start > _MAX_CELL_BYTES:
            continue
        total, numbers, colons, valid = 0.0, 0, 0, True
        pending, has_pending = 0.0, False
        position = start
        while position < stop and valid:
            byte = data[position]
            if 48 <= byte <= 57:
                value, digits = 0.0, 0
                while position < stop and 48 <= data[position] <= 57:
                    value = value * 10.0 + (data[position] - 48)
                    digits += 1
                    position += 1
                if position < stop and data[position] == 46:
                    position += 1
                    scale = 0.1
                    while position < stop and 48 <= data[position] <= 57:
                        value += (data[position] - 48) * scale
                        scale *= 0.1
                        position += 1
                valid = not (has_pending and colons == 0)
                pending = pending * 60.0 + value if colons > 0 else value
                has_pending = True
                numbers += 1
            elif byte == 58:
                colons += 1
                valid = has_pending and colons <= 2
                position += 1
            elif byte == 32:
                position += 1
            else:
                size, width = _unit_ms(data, position, stop)
                valid = width > 0 and has_pending and colons == 0
                total += pending * size
                pending, has_pending = 0.0, False
                position += max(width, 1)
        if not valid or numbers == 0:
            continue
        if colons > 0:
            total = pending * 1_000.0
        elif has_pending:
            total += pending * (unit if numbers == 1 else 1_000)
        if total < 9.0e15:
            out[row] = np.int64(np.round(total))
            status[row] = GOOD
