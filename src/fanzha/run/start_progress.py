"""Tell a program that starts slowly from one that hangs: the processor time of its processes grows, or it does not."""

import time
from collections.abc import Callable
from pathlib import Path

#: Without any progress for so long, the start has failed; with progress it may take `MOST_SECONDS`.
QUIET_SECONDS, MOST_SECONDS = 60.0, 900.0
#: How often somebody who waits is told that it goes on.
TOLD_EVERY_SECONDS = 15.0


class StartProgress:
    """Watches the processes of a session while they start. Moments are monotonic seconds."""

    def __init__(
        self,
        session: int,
        clock: Callable[[], float] = time.monotonic,
        measure: "Callable[[int], int] | None" = None,
    ) -> None:
        self._session, self._clock, self._measure = session, clock, measure or processor_ticks
        self._began = self._moved_at = self._told_at = clock()
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

    def is_to_tell(self) -> bool:
        """Return whether it is time to say again that the start goes on."""
        now = self._clock()
        if now - self._told_at < TOLD_EVERY_SECONDS:
            return False
        self._told_at = now
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
