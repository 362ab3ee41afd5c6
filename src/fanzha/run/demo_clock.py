"""The clock of the demo's made-up year: the site's code in this process reads it, so that the year passes in seconds.

Steps, deadlines and notices have the made-up time. The batches of the evidence log keep the true time of recording.
"""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from unittest.mock import patch

from django.utils import timezone

from fanzha.command.processes.models import Timer, TimerStatus
from fanzha.command.processes.worker import run_once

_Action = Callable[[], object]


class DemoClock:
    """A clock that moves from one planned action to the next; deadlines on the way pass when they are due."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self._agenda: list[tuple[datetime, int, _Action]] = []
        self._numbers = count()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the site's code read this clock instead of the machine's during the block."""
        with patch.object(timezone, "now", lambda: self.now):
            yield

    def plan(self, at: datetime, action: _Action) -> None:
        """Plan an action; actions of the same moment keep their order."""
        heapq.heappush(self._agenda, (at, next(self._numbers), action))

    def plan_in(self, minutes: float, action: _Action) -> None:
        """Plan an action some minutes from now."""
        self.plan(self.now + timedelta(minutes=minutes), action)

    def play(self, until: datetime) -> None:
        """Take the planned actions, and those that they plan, up to a moment; then it is that moment."""
        while self._agenda and self._agenda[0][0] <= until:
            at, _number, action = heapq.heappop(self._agenda)
            self.advance(at)
            action()
        self.advance(until)

    def advance(self, until: datetime) -> None:
        """Let time pass: carry out effects, and pass each deadline when it is due."""
        _run_worker()
        while due := self._next_deadline(until):
            self.now = max(self.now, due)
            _run_worker()
        self.now = max(self.now, until)

    def _next_deadline(self, until: datetime) -> datetime | None:
        waiting = Timer.objects.filter(state=TimerStatus.WAITING, due_at__gt=self.now, due_at__lte=until)
        return waiting.order_by("due_at").values_list("due_at", flat=True).first()


def _run_worker() -> None:
    while run_once():
        continue
