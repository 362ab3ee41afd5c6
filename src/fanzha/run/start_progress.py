"""Distinguish a slow start from a hanging one by the processor time of the processes, which grows or does not."""

import time
from collections.abc import Callable
from pathlib import Path

#: Without any progress for so long, the start has failed; with progress it may take `MOST_SECONDS`.
QUIET_SECONDS, MOST_SECONDS = 60.0, 900.0
#: How often the operator is notified that the start continues.
NOTIFY_SECONDS = 15.0


class StartProgress:
    """Watches the processes of a session while they start. Moments are monotonic seconds."""

    def __init__(
        self,
        session: int,
        clock: Callable[[], float] = time.monotonic,
        measure: "Callable[[int], int] | None" = None,
    ) -> None:
        self._session, self._clock, self._measure = session, clock, measure or processor_ticks
        self._began = self._moved_at = self._notified_at = clock()
        self._ticks = 0

    @property
    def seconds(self) -> float:
        """Return for how long it has been starting."""
        return self._clock() - self._began

    def is_stuck(self) -> bool:
        """Return whether nothing has moved for `QUIET_SECONDS`, or the start takes more than `MOST_SECONDS`."""
        ticks, now = self._measure(self._session), self._clock()
        if ticks != self._ticks:
            self._ticks, self._moved_at = ticks, now
        return now - self._moved_at > QUIET_SECONDS or now - self._began > MOST_SECONDS

    def is_notification_due(self) -> bool:
        """Return whether the operator must be notified again that the start continues; restart the interval if so."""
        now = self._clock()
        if now - self._notified_at < NOTIFY_SECONDS:
            return False
        self._notified_at = now
        return True


def processor_ticks(session: int) -> int:
    """Return the processor time (clock ticks) that the processes of a session have used (proc(5), stat)."""
    used = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[3]) == session:
            used += int(fields[11]) + int(fields[12])
    return used
