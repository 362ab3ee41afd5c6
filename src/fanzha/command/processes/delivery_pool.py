"""A lane of their own for requests to systems of others, so that deadlines and decisions wait for no receiver."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.db import connections

log = logging.getLogger(__name__)

#: Receivers that are asked at the same time.
THREADS = 8
#: How long what is under way may take to end when the worker stops; what is cut off comes again, under its own id.
SHUTDOWN_SECONDS = 5.0


class Deferred(NamedTuple):
    """What is left of an effect and waits for a receiver's system."""

    receiver: str
    run: Callable[[], None]


def combine(left: Sequence[Deferred]) -> Deferred | None:
    """Return several as one, or nothing: each is tried whatever becomes of the others."""
    if not left:
        return None

    def do() -> None:
        problems: list[Exception] = []
        for one in left:
            try:
                one.run()
            except Exception as problem:  # the next receiver is told all the same
                problems.append(problem)
        if problems:
            raise problems[0]

    return Deferred(left[0].receiver, do)


class DeliveryPool:
    """Does what it is given, at most so many at once; for one receiver one after the other, in order."""

    def __init__(self, threads: int = THREADS) -> None:
        self._max_threads = threads
        self._lock = threading.Lock()
        self._waiting: dict[int, Deferred] = {}
        self._busy: dict[int, tuple[str, threading.Thread]] = {}

    def submit(self, number: int, later: Deferred) -> None:
        """Do it as soon as there is room; `number` tells it from all others."""
        with self._lock:
            self._waiting[number] = later
        self._start_waiting()

    def pending_ids(self) -> list[int]:
        """Return the numbers of what waits or is under way."""
        with self._lock:
            return [*self._waiting, *self._busy]

    def shutdown(self) -> None:
        """Begin nothing more, and wait a little for what is under way."""
        with self._lock:
            self._max_threads = 0
            under_way = [thread for _, thread in self._busy.values()]
        for thread in under_way:
            thread.join(SHUTDOWN_SECONDS / len(under_way))

    def _start_waiting(self) -> None:
        with self._lock:
            asked = {receiver for receiver, _ in self._busy.values()}
            for number, later in list(self._waiting.items()):
                if len(self._busy) >= self._max_threads:
                    return
                if later.receiver in asked:
                    continue
                asked.add(later.receiver)
                thread = threading.Thread(target=self._run, args=(number, later), daemon=True)
                del self._waiting[number]
                self._busy[number] = later.receiver, thread
                thread.start()

    def _run(self, number: int, later: Deferred) -> None:
        try:
            later.run()
        except Exception:  # the lane goes on for the others
            log.exception("what was to be sent failed unexpectedly")
        finally:
            connections.close_all()
            with self._lock:
                del self._busy[number]
            self._start_waiting()
