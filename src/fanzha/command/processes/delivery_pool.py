"""A thread pool for requests to receivers' systems, so that slow receivers delay no deadline or decision."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.db import connections

log = logging.getLogger(__name__)

#: How many receivers are called concurrently.
THREADS = 8
#: How long running deliveries may take to finish at shutdown; interrupted ones are retried under the same id.
SHUTDOWN_SECONDS = 5.0


class Deferred(NamedTuple):
    """A delivery to a receiver's system that remains to be made."""

    receiver: str
    run: Callable[[], None]


def combine(deferred: Sequence[Deferred]) -> Deferred | None:
    """Combine deliveries into one, None if there are none. Each is tried even if others fail."""
    if not deferred:
        return None

    def do() -> None:
        problems: list[Exception] = []
        for delivery in deferred:
            try:
                delivery.run()
            except Exception as problem:  # continue with the next receiver
                problems.append(problem)
        if problems:
            raise problems[0]

    return Deferred(deferred[0].receiver, do)


class DeliveryPool:
    """Runs deliveries concurrently; deliveries to one receiver run one after the other, in order."""

    def __init__(self, threads: int = THREADS) -> None:
        self._max_threads = threads
        self._lock = threading.Lock()
        self._waiting: dict[int, Deferred] = {}
        self._busy: dict[int, tuple[str, threading.Thread]] = {}

    def submit(self, number: int, deferred: Deferred) -> None:
        """Run a delivery as soon as a thread is free; `number` identifies it."""
        with self._lock:
            self._waiting[number] = deferred
        self._start_waiting()

    def pending_ids(self) -> list[int]:
        """Return the numbers of the deliveries that wait or run."""
        with self._lock:
            return [*self._waiting, *self._busy]

    def shutdown(self) -> None:
        """Start no more deliveries, and wait up to `SHUTDOWN_SECONDS` for the running ones."""
        with self._lock:
            self._max_threads = 0
            under_way = [thread for _, thread in self._busy.values()]
        for thread in under_way:
            thread.join(SHUTDOWN_SECONDS / len(under_way))

    def _start_waiting(self) -> None:
        with self._lock:
            busy_receivers = {receiver for receiver, _ in self._busy.values()}
            for number, deferred in list(self._waiting.items()):
                if len(self._busy) >= self._max_threads:
                    return
                if deferred.receiver in busy_receivers:
                    continue
                busy_receivers.add(deferred.receiver)
                thread = threading.Thread(target=self._run, args=(number, deferred), daemon=True)
                del self._waiting[number]
                self._busy[number] = deferred.receiver, thread
                thread.start()

    def _run(self, number: int, deferred: Deferred) -> None:
        try:
            deferred.run()
        except Exception:  # the pool continues with the other deliveries
            log.exception("a delivery failed unexpectedly")
        finally:
            connections.close_all()
            with self._lock:
                del self._busy[number]
            self._start_waiting()
