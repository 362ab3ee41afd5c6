"""Quotas of questions a day, counted in this process: a basis that is used up answers nothing until midnight (UTC)."""

import threading
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar

B = TypeVar("B")


class QuotaCounter:
    """Counts questions of the present day by name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day: date | None = None
        self._counts: Counter[str] = Counter()

    def take(self, quotas: Iterable[tuple[str, int, B]], now: datetime) -> list[B]:
        """Count one question for each name, quota and object; return the objects whose quota was not used up."""
        with self._lock:
            if self._day != now.date():
                self._day, self._counts = now.date(), Counter()
            left = []
            for name, quota, held in quotas:
                if self._counts[name] < quota:
                    self._counts[name] += 1
                    left.append(held)
            return left
