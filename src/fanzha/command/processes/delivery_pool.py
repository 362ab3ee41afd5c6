"""A thread pool for requests to receivers' systems, so that slow receivers delay no deadline or decision."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.db import connections

logger = logging.getLogger(__name__)

#: How many deliveries run concurrently.
THREADS = 8
#: How long running deliveries may take to finish at shutdown; interrupted ones are retried under the same id.
SHUTDOWN_SECONDS = 5.0


class PendingDelivery(NamedTuple):
    """A delivery to external systems that remains to be made.

    `keys` name the systems, such as the receiver or the subscription; deliveries with a common key keep their order.
    """

    keys: frozenset[str]
    run: Callable[[], None]


def combine_deliveries(deliveries: Sequence[PendingDelivery]) -> PendingDelivery | None:
    """Combine deliveries into one with the keys of all; None if there are none.

    They run one after the other, each even if others fail. The first problem is raised in the end, all others are
    logged.
    """
    if not deliveries:
        return None

    def run_all() -> None:
        problems: list[Exception] = []
        for delivery in deliveries:
            try:
                delivery.run()
            except Exception as problem:  # continue with the next receiver
                if problems:
                    logger.warning("a delivery to %s failed: %s", ", ".join(sorted(delivery.keys)), problem)
                problems.append(problem)
        if problems:
            raise problems[0]

    return PendingDelivery(frozenset[str]().union(*(delivery.keys for delivery in deliveries)), run_all)


class DeliveryPool:
    """Runs deliveries concurrently; deliveries with a common key run one after the other, in the order of submission.

    A ThreadPoolExecutor has no order per key, and it waits at shutdown and at the end of the interpreter until every
    thread has finished. The daemon threads of this pool can be abandoned: the deliveries are repeated after a restart.
    """

    def __init__(self, threads: int = THREADS) -> None:
        self._max_threads = threads
        self._lock = threading.Lock()
        self._waiting: dict[int, PendingDelivery] = {}
        self._running: dict[int, tuple[frozenset[str], threading.Thread]] = {}

    def submit(self, delivery_id: int, delivery: PendingDelivery) -> None:
        """Run a delivery as soon as a thread and all its keys are free."""
        with self._lock:
            self._waiting[delivery_id] = delivery
        self._start_waiting()

    def delivery_ids(self) -> list[int]:
        """Return the ids of the deliveries that wait or run."""
        with self._lock:
            return [*self._waiting, *self._running]

    def shutdown(self) -> None:
        """Start no more deliveries, and wait up to `SHUTDOWN_SECONDS` for the running ones."""
        with self._lock:
            self._max_threads = 0
            threads = [thread for _, thread in self._running.values()]
        for thread in threads:
            thread.join(SHUTDOWN_SECONDS / len(threads))

    def _start_waiting(self) -> None:
        with self._lock:
            busy_keys = {key for keys, _ in self._running.values() for key in keys}
            for delivery_id, delivery in list(self._waiting.items()):
                if len(self._running) >= self._max_threads:
                    return
                is_blocked = not busy_keys.isdisjoint(delivery.keys)
                busy_keys |= delivery.keys  # also if it is blocked: later deliveries must not overtake it
                if is_blocked:
                    continue
                thread = threading.Thread(target=self._run, args=(delivery_id, delivery), daemon=True)
                del self._waiting[delivery_id]
                self._running[delivery_id] = delivery.keys, thread
                thread.start()

    def _run(self, delivery_id: int, delivery: PendingDelivery) -> None:
        try:
            delivery.run()
        except Exception:  # the pool continues with the other deliveries
            logger.exception("a delivery failed unexpectedly")
        finally:
            connections.close_all()
            with self._lock:
                del self._running[delivery_id]
            self._start_waiting()
