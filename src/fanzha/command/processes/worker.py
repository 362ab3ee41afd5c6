"""The process worker: fires due timers and runs the outbox until it is stopped."""

import logging
import signal
import threading

from django.db import close_old_connections
from django.db.utils import OperationalError
from django.utils import timezone

from fanzha.command.processes.delivery_pool import DeliveryPool
from fanzha.command.processes.handlers import warm_up
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.timers import fire_due_timers

log = logging.getLogger(__name__)

#: Pause between two polls when idle; short, so that orders act within a fraction of a second.
PAUSE_SECONDS = 0.2


def run_once(pool: DeliveryPool | None = None) -> int:
    """Poll once; return how many timers and effects were processed. Requests to receivers run in `pool` if given."""
    now = timezone.now()
    return fire_due_timers(now) + deliver_due(now, pool=pool)


def run_forever(stop: threading.Event | None = None) -> None:
    """Poll until `stop` is set or SIGTERM arrives. Wait while the database is unavailable."""
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    warm_up()
    pool = DeliveryPool()
    while not stop.is_set():
        try:
            busy = run_once(pool)
        except OperationalError as problem:
            log.warning("the database does not answer: %s", problem)
            close_old_connections()
            stop.wait(2)
            continue
        except Exception:
            log.exception("a turn failed; the next one begins anew")
            stop.wait(2)
            continue
        if not busy:
            stop.wait(PAUSE_SECONDS)
    pool.shutdown()
