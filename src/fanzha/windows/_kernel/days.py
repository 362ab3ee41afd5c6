"""The calendar of the kernels: a day is a day in China."""

from fanzha.base.kernels import compiled

DAY_MS, CHINA_MS = 86_400_000, 8 * 3_600_000  # as in fanzha.windows.facts, whose change would not renew the cache


@compiled
def day_of(moment: int) -> int:
    """Return the beginning of the day in China."""
    return (moment + CHINA_MS) // DAY_MS * DAY_MS - CHINA_MS
