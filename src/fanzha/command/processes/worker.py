"""The worker: lets deadlines pass and carries out what steps asked for, until it is told to stop."""

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

#: Pause between two looks when there was nothing to do: an order acts within a fraction of a second.
PAUSE_SECONDS = 0.2


def run_once(lane: DeliveryPool | None = None) -> int:
    """Look once; return how much there was to do. Receivers' systems are asked in the lane, else last."""
    now = timezone.now()
    return fire_due_timers(now) + deliver_due(now, lane=lane)


def run_forever(stop: threading.Event | None = None) -> None:
    """Work until told to stop, by the event or by SIGTERM. A database that is away is waited for."""
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    warm_up()
    lane = DeliveryPool()
    while not stop.is_set():
        try:
            busy = run_once(lane)
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
    lane.shutdown()
