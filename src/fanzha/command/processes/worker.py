"""The process worker: fires due timers and runs the outbox until it is stopped."""

import logging
import signal
import threading
from datetime import datetime, timedelta

from django.db import close_old_connections
from django.db.utils import OperationalError
from django.utils import timezone

from fanzha.command.processes import notifications
from fanzha.command.processes.delivery_pool import DeliveryPool
from fanzha.command.processes.hooks import load_polls, warm_up
from fanzha.command.processes.models import Timer, TimerStatus
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.services import pass_timer
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

logger = logging.getLogger(__name__)

#: Pause between two polls when idle; short, so that orders act within a fraction of a second.
PAUSE_SECONDS = 0.2
#: How long a failing timer is suspended; a restarted worker tries it at once, and so does one whose clock was put back.
TIMER_PAUSE = timedelta(minutes=1)
_failed_at: dict[tuple[int, datetime], datetime] = {}


def run_once(pool: DeliveryPool | None = None) -> int:
    """Poll once; return how many timers, effects and news were processed.

    Requests to receivers run in `pool` if given.
    """
    now = timezone.now()
    return fire_due_timers(now) + deliver_due(now, pool=pool) + _poll_apps()


def _poll_apps() -> int:
    """Let the apps look for news; one that fails does not keep the others waiting."""
    count = 0
    for poll in load_polls():
        try:
            count += poll()
        except OperationalError:  # the database is away, and for all of them
            raise
        except Exception:
            logger.exception("%s failed; it is called again", poll.__name__)
    return count


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
            logger.warning("the database does not answer: %s", problem)
            close_old_connections()
            stop.wait(2)
            continue
        except Exception:
            logger.exception("a turn failed; the next one begins anew")
            stop.wait(2)
            continue
        if not busy:
            stop.wait(PAUSE_SECONDS)
    pool.shutdown()


def fire_due_timers(now: datetime, limit: int = 500) -> int:
    """Fire the timers that are due at `now`; return how many fired."""
    with unscoped("deadlines pass for all organisations"):
        waiting = Timer.objects.filter(state=TimerStatus.WAITING, due_at__lte=now)
        waiting = waiting.exclude(pk__in=_suspended_timers(now))
        due = list(waiting.order_by("due_at", "id")[:limit])
    return sum(_fire(timer, now) for timer in due)


def _suspended_timers(now: datetime) -> list[int]:
    """Return the keys of timers that failed less than `TIMER_PAUSE` before `now` and have the same deadline still."""
    for timer, failed_at in list(_failed_at.items()):
        if not failed_at <= now < failed_at + TIMER_PAUSE:
            del _failed_at[timer]
    if not _failed_at:
        return []
    present = Timer.objects.filter(pk__in=[pk for pk, _ in _failed_at]).values_list("pk", "due_at")
    return [pk for pk, due_at in present if (pk, due_at) in _failed_at]


def _fire(timer: Timer, now: datetime) -> bool:
    try:
        return pass_timer(timer, now)
    except Refusal as refused:  # somebody took a step at the same moment: the timer is cancelled, or due again
        logger.info("%s did not pass: %s", timer, refused)
    except OperationalError:  # the database is away, and for all of them
        raise
    except Exception:
        _failed_at[timer.pk, timer.due_at] = now
        logger.exception("%s did not pass; it is tried again in a minute", timer)
        with unscoped("whose deadline it is hears of it"):
            notifications.notify_failed_timer(timer)
    return False
