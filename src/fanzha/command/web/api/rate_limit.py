"""Rate limit per caller: a burst of one minute's quota, then evenly (generic cell rate algorithm, ITU-T I.371).

Each server process counts in memory, so that no request needs a write. With n processes a caller may get up to n times
the quota.
"""

import math
import threading
import time
from collections.abc import Callable

from django.utils.translation import gettext as _

from fanzha.command.web.api.problems import Problem

WINDOW_SECONDS = 60.0
_MOST = 10_000  # callers remembered


class RateLimit:
    """Store the theoretical arrival time of each caller."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._paid_until: dict[str, float] = {}
        self._lock = threading.Lock()

    def take(self, caller: str, per_minute: int) -> None:
        """Count one request. Raise Problem with the time to wait if the limit is exceeded."""
        now, pause = self._clock(), WINDOW_SECONDS / per_minute
        with self._lock:
            paid = max(now, self._paid_until.get(caller, now)) + pause
            if (over := paid - now - WINDOW_SECONDS) <= 1e-9:
                self._remember(caller, paid)
                return
        raise Problem("too_many", _("Try again later."), retry_after=math.ceil(over))

    def _remember(self, caller: str, paid: float) -> None:
        """Store the caller as the latest; forget the one that asked longest ago if there are too many."""
        self._paid_until.pop(caller, None)
        self._paid_until[caller] = paid
        if len(self._paid_until) > _MOST:
            del self._paid_until[next(iter(self._paid_until))]
