"""Parse columns of timestamps in many notations, in one compiled pass.

Recognised without a format: 2026-03-01 08:30:15.123, 2026/3/1 8:30, 2026年3月1日 8时30分15秒, 20260301083015,
20260301, 下午 and PM, ISO 8601 with a zone, 01-MAR-26 08.30.15 AM, 01-3月 -26 08.30.15 上午, seconds, milliseconds,
microseconds and nanoseconds since 1970, `Sun Mar  1 08:30:15 2026`, Excel's day numbers.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

LOCAL, AWARE, BAD, EMPTY, AMBIGUOUS = 0, 1, 2, 3, 4  # status of a cell
YEAR_FIRST, DAY_FIRST, MONTH_FIRST, UNKNOWN_ORDER = 0, 1, 2, 3  # the order of year, month and day, e.g. in 03/01/2026
_MAX_CELL_BYTES = 64
_MONTHS = np.array([int.from_bytes(m, "big") for m in (
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")])  # fmt: skip
_DAYS = np.array([int.from_bytes(d, "big") for d in (b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun")])


@compiled
def days_from_civil(year: int, month: int, day: int) -> int:
    """Return days since 1970-01-01 of a Gregorian date (Hinnant's algorithm)."""
    shifted = year - (1 if month <= 2 else 0)
    era = shifted // 400
    year_of_era = shifted - era * 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


@compiled
def _to_local_ms(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int:
    """Return local milliseconds since 1970, or -1 if the date or time is invalid."""
    if not (1970 < year < 2200 and 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second <= 60):
        return -1
    days = days_from_civil(year, month, day)
    next_month = days_from_civil(year + month // 12, month % 12 + 1, 1)
    if days >= next_month:
        return -1
    return ((days * 24 + hour) * 60 + minute) * 60_000 + min(second, 59) * 1_000


@compiled
def _slice_digits(value: int, length: int, first: int, count: int) -> int:
    """Return `count` decimal digits of a number of `length` digits, from position `first`."""
    return int(value // 10 ** (length - first - count)) % int(10**count)


@compiled
def _parse_single_number(value: int, length: int, fraction_ms: int) -> tuple[int, bool]:
    """Return (milliseconds, is UTC) of a timestamp written as one number, or -1 milliseconds if it is none."""
    if length in (8, 10, 12, 14, 17):
        year, month = _slice_digits(value, length, 0, 4), _slice_digits(value, length, 4, 2)
        hour = _slice_digits(value, length, 8, 2) if length >= 10 else 0
        minute = _slice_digits(value, length, 10, 2) if length >= 12 else 0
        second = _slice_digits(value, length, 12, 2) if length >= 14 else 0
        extra = _slice_digits(value, length, 14, 3) if length == 17 else fraction_ms if length == 14 else 0
        local = _to_local_ms(year, month, _slice_digits(value, length, 6, 2), hour, minute, second)
        if local >= 0 and year >= 1990:
            return local + extra, False
    if length in (9, 10):
        return value * 1_000 + fraction_ms, True
    if length in (12, 13):
        return value, True
    if length == 16:
        return value // 1_000, True
    if length == 19:
        return value // 1_000_000, True
    return -1, False


@compiled
def _is_ambiguous(number: NDArray[np.int64]) -> bool:
    """Return whether three short numbers are a date in more than one order. Years before 2020 are not expected."""
    return bool(number[0] <= 31 and (number[0] < 20 or number[2] >= 20))


@compiled
def read_timestamps(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    order: int,
    out: NDArray[np.int64],
    status: NDArray[np.uint8],
) -> None:
    """Parse every cell. Write milliseconds to `out`, local or UTC by `status` (LOCAL, AWARE, …)."""
    number: Any = np.zeros(10, np.int64)
    length: Any = np.zeros(10, np.int64)
    separators: Any = np.zeros(10, np.int64)  # the separator in front of each group of digits
    for row in range(len(offsets) - 1):
        start, stop = offsets[row], offsets[row + 1]
        out[row] = 0
        status[row] = BAD
        if stop == start:
            status[row] = EMPTY
            continue
        if stop - start > _MAX_CELL_BYTES:
            continue
        groups, month, meridiem, zone, zone_sign, zone_ms, valid = 0, 0, 0, False, 0, 0, True
        month_at, month_sign_at, year_sign = -1, -1, False  # month_sign_at: number of groups before 月
        colon = False
        position, previous = start, 0
        while position < stop and valid:
            byte = data[position]
            if 48 <= byte <= 57:
                value: Any = np.int64(0)
                count = 0
                while position < stop and 48 <= data[position] <= 57:
                    if count < 18 or (count == 18 and value < 900_000_000_000_000_000):
                        value = value * 10 + (data[position] - 48)
                    count += 1
                    position += 1
                if count > 19 or groups >= 10:
                    valid = False
                elif zone_sign != 0 and not zone:
                    hours: Any = value // 100 if count > 2 else value
                    minutes: Any = value % 100 if count > 2 else 0
                    if count <= 2 and position < stop and data[position] == 58:
                        position += 1
                        while position < stop and 48 <= data[position] <= 57:
                            minutes = min(minutes * 10 + (data[position] - 48), 60)
                            position += 1
                    zone, zone_ms = True, zone_sign * (hours * 60 + minutes) * 60_000
                    valid = hours <= 14 and minutes < 60
                else:
                    number[groups], length[groups], separators[groups] = value, count, previous
                    groups += 1
                previous = 0
                continue
            if (65 <= byte <= 90) or (97 <= byte <= 122):
                letters: Any = np.int64(0)
                count = 0
                while position < stop and ((65 <= data[position] <= 90) or (97 <= data[position] <= 122)):
                    letters = ((letters << 8) | (data[position] | 32)) & 0xFFFFFF if count < 3 else letters
                    count += 1
                    position += 1
                if count == 1 and letters == 122:  # z
                    zone, zone_ms = True, 0
                elif count == 1 and letters == 116:  # t
                    valid = groups > 0
                elif count == 2 and (letters == 24_941 or letters == 28_781):  # am, pm
                    meridiem = 1 if letters == 24_941 else 2
                elif count == 3 and (letters == 7_697_507 or letters == 6_778_228):  # utc, gmt
                    zone, zone_ms = True, 0
                elif count == 3 and letters == 6_517_620:  # cst: China Standard Time
                    zone, zone_ms = True, 8 * 3_600_000
                else:
                    found = False
                    for index in range(12):
                        if count >= 3 and _MONTHS[index] == letters:
                            month, month_at, found = index + 1, groups, True
                    for index in range(7):
                        found = found or (count >= 3 and _DAYS[index] == letters)
                    valid = found
                previous = 0
                continue
            if (
                byte == 0xE4
                and position + 2 < stop
                and data[position + 1] == 0xB8
                and data[position + 2] in (0x8A, 0x8B)
            ):
                meridiem = 1 if data[position + 2] == 0x8A else 2  # 上午, 下午
            if (
                byte == 0xE6
                and position + 2 < stop
                and data[position + 1] == 0x9C
                and data[position + 2] == 0x88
                and month_sign_at < 0
            ):
                month_sign_at = groups  # 月
            year_sign |= (
                byte == 0xE5 and position + 2 < stop and data[position + 1] == 0xB9 and data[position + 2] == 0xB4
            )  # 年
            if byte == 58:
                colon = True
            if byte == 43 or (byte == 45 and ((groups >= 5 and colon) or (groups == 1 and length[0] >= 14))):
                valid = zone_sign == 0 and groups > 0
                zone_sign = -1 if byte == 45 else 1
            elif byte == 45 and groups == 0:
                valid = False
            if byte != 32:
                previous = byte
            position += 1
        if not valid or groups == 0 or (zone_sign != 0 and not zone):
            continue
        if groups <= 2 and month == 0 and length[0] > 4:
            fraction: Any = np.int64(0)
            local: Any = np.int64(-1)
            aware = False
            if groups == 2 and separators[1] == 46:
                decimals = min(length[1], 9)
                fraction = number[1] // 10 ** (length[1] - decimals) * 1_000 // 10**decimals
            if groups == 1 or separators[1] == 46:
                if length[0] == 5 and 20_000 <= number[0] < 80_000:
                    share = number[1] / 10.0 ** length[1] if groups == 2 else 0.0
                    step = 1_000 if groups == 2 and length[1] <= 8 else 1  # the precision of the decimals
                    local = (number[0] - 25_569) * 86_400_000 + np.int64(np.round(share * 86_400_000.0 / step)) * step
                else:
                    local, aware = _parse_single_number(number[0], length[0], fraction)
            elif length[0] == 8 and length[1] in (4, 5, 6):
                clock = number[1] if length[1] != 4 else number[1] * 100
                date = number[0]
                local = _to_local_ms(
                    date // 10_000, date // 100 % 100, date % 100, clock // 10_000, clock // 100 % 100, clock % 100
                )
            if local < 0:
                continue
            out[row] = local - (zone_ms if zone and not aware else 0)
            status[row] = AWARE if aware or zone else LOCAL
            continue
        year: Any = np.int64(0)
        day: Any = np.int64(0)
        first, short = 3, False
        if month > 0:
            first = 2
            if groups >= 2 and length[0] == 4 and month_at == 1:
                year, day, short = number[0], number[1], length[0] <= 2
            elif groups >= 2 and month_at == 1:
                day, year, short = number[0], number[1], length[1] <= 2
            elif groups >= 5 and length[groups - 1] == 4 and month_at == 0:
                day, year, first = number[0], number[groups - 1], 1
                groups -= 1
            elif groups >= 2 and month_at == 0:
                day, year, short = number[0], number[1], length[1] <= 2
            else:
                continue
        elif groups >= 3 and (length[0] > 2 or separators[1] != 58):  # not a time of day such as 08:03:15
            if (
                month_sign_at == 2 and length[0] <= 2 and not year_sign
            ):  # 01-3月 -26, as Oracle writes DD-MON-RR in Chinese
                day, month, year, short = number[0], number[1], number[2], length[2] <= 2
            elif (
                length[0] <= 2 and length[2] <= 2 and order == UNKNOWN_ORDER and not year_sign and _is_ambiguous(number)
            ):
                status[row] = AMBIGUOUS
                continue
            elif length[0] == 4 or (length[0] <= 2 and order in (YEAR_FIRST, UNKNOWN_ORDER) and length[2] != 4):
                year, month, day, short = number[0], number[1], number[2], length[0] <= 2
            elif length[0] <= 2 and length[2] >= 2 and order in (DAY_FIRST, MONTH_FIRST):
                year, short = number[2], length[2] <= 2
                day, month = (number[0], number[1]) if order == DAY_FIRST else (number[1], number[0])
            elif length[0] == 8 and length[1] <= 2 and length[2] <= 2:
                year, month, day = number[0] // 10_000, number[0] // 100 % 100, number[0] % 100
                first = 1
            else:
                continue
        else:
            continue
        clock = groups - first
        hour: Any = number[first] if clock > 0 else np.int64(0)
        if meridiem != 0:
            if hour > 12:
                meridiem = 0
            elif meridiem == 2 and hour < 12:
                hour += 12
            elif meridiem == 1 and hour == 12:
                hour = np.int64(0)
        minute: Any = number[first + 1] if clock > 1 else np.int64(0)
        second: Any = number[first + 2] if clock > 2 else np.int64(0)
        local = _to_local_ms(year + 2000 if short else year, month, day, hour, minute, second)
        if local < 0 or clock > 4:
            continue
        if clock == 4:
            decimals = min(length[first + 3], 9)
            local += number[first + 3] // 10 ** (length[first + 3] - decimals) * 1_000 // 10**decimals
        out[row] = local - (zone_ms if zone else 0)
        status[row] = AWARE if zone else LOCAL
