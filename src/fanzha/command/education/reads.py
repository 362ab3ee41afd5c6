"""Count reads without cookies: per version, day and language, and nothing of who reads.

Each process of the site counts in memory and adds its counts to the table at most every few seconds, so that a page
that many read is no row that many requests wait for.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from fanzha.command.education.models import EducationVersion, ReadCount
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("whoever reads is nobody on the site")
#: Seconds after which counts are stored by the next read.
STORE_AFTER_SECONDS = 5.0


class ReadKey(NamedTuple):
    """What is counted together: a version (primary key) of an owner (primary key) on a day in a language."""

    owner: int
    version: int
    day: date
    language: str


class ReadCounter:
    """Counts reads in memory until they are stored; `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._counts: Counter[ReadKey] = Counter()
        self._stored_at = clock()

    def add(self, version: EducationVersion, day: date, language: str) -> None:
        """Count one read, and store all counts if the last time is long ago."""
        with self._lock:
            self._counts[ReadKey(version.owner_id, version.pk, day, language)] += 1
            is_due = self._clock() - self._stored_at >= STORE_AFTER_SECONDS
        if is_due:
            self.store()

    def store(self) -> None:
        """Add the counts to the table. They are counted again if that fails."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            self._stored_at = self._clock()
        if not counts:
            return
        try:
            with transaction.atomic():
                for key, count in sorted(counts.items()):
                    _store(key, count)
        except Exception:
            with self._lock:
                self._counts.update(counts)
            raise

    def clear(self) -> None:
        """Forget the counts that are not stored."""
        with self._lock:
            self._counts.clear()


def _store(key: ReadKey, count: int) -> None:
    rows = _UNSCOPED.rows(ReadCount)
    names = {"version_id": key.version, "day": key.day, "language": key.language}
    if rows.filter(**names).update(count=F("count") + count):
        return
    if not _UNSCOPED.rows(EducationVersion).filter(pk=key.version).exists():  # deleted meanwhile
        return
    row, is_new = rows.get_or_create(**names, defaults={"owner_id": key.owner, "count": count})
    if not is_new:  # another process was first
        rows.filter(pk=row.pk).update(count=F("count") + count)


counter = ReadCounter()
