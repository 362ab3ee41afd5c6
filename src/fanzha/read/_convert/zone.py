"""The time zone and clock skew of a source."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.clock import span_ms
from fanzha.base.errors import Malformed
from fanzha.read._arrow import compute as pc

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?")
_MAX_OFFSET_HOURS = 14  # of Kiribati, the largest offset in use
#: Zones with a fixed offset of 8 hours: the mainland has had no summer time since 1992, Hong Kong, Macau and Taipei
#: since 1980.
_CHINA = {"Asia/Shanghai", "Asia/Chongqing", "PRC", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei"}


class Zone:
    """A time zone that converts columns of local time to UTC."""

    def __init__(self, name: str) -> None:
        """Accept `+08:00`, `UTC` or an IANA name. Raise Malformed for anything else."""
        self.name = name
        self.offset_ms: int | None = None
        if name in ("UTC", "Z", "GMT"):
            self.offset_ms = 0
        elif name in _CHINA:
            self.offset_ms = 8 * 3_600_000
        elif match := _OFFSET.fullmatch(name):
            hours, minutes = int(match[2]), int(match[3] or 0)
            if hours > _MAX_OFFSET_HOURS or minutes > 59:
                raise _not_a_zone(name)
            self.offset_ms = (-1 if match[1] == "-" else 1) * (hours * 60 + minutes) * 60_000
        else:
            _check_name(name)

    def to_utc(self, local: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return UTC milliseconds of local milliseconds.

        An ambiguous time (at the end of summer time) is the earlier one. A nonexistent time (at its beginning) becomes
        the last millisecond before the clocks go forward.
        """
        if self.offset_ms is not None:
            return local - self.offset_ms
        naive = pa.array(local, pa.timestamp("ms"))
        aware = pc.assume_timezone(naive, self.name, ambiguous="earliest", nonexistent="earliest")
        utc: NDArray[np.int64] = aware.cast(pa.int64()).to_numpy(zero_copy_only=False)
        return utc

    @property
    def tzinfo(self) -> tzinfo:
        """The zone as a Python tzinfo."""
        if self.offset_ms is None:
            return ZoneInfo(self.name)
        return timezone(timedelta(milliseconds=self.offset_ms)) if self.offset_ms else UTC


def _check_name(name: str) -> None:
    try:
        ZoneInfo(name)
        pc.assume_timezone(pa.array([datetime(2026, 3, 1)], pa.timestamp("ms")), name)
    except Exception:  # Python and Arrow raise different errors
        raise _not_a_zone(name) from None


def _not_a_zone(name: str) -> Malformed:
    return Malformed(f"not a time zone: {name!r} (write +08:00 or Asia/Shanghai)")


def parse_skew(text: str) -> int:
    """Return the clock skew in ms: "3s" (ahead), "-2min" (behind), "" for none."""
    if not text:
        return 0
    sign = -1 if text.lstrip().startswith("-") else 1
    return sign * span_ms(text.strip().lstrip("+-"))
