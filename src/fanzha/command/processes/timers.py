"""Fire due timers, the earliest first; a failing timer does not block others."""

import logging
from datetime import datetime, timedelta

from django.db.utils import OperationalError

from fanzha.command.processes import notifications
from fanzha.command.processes.models import Timer, TimerStatus
from fanzha.command.processes.services import pass_timer
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

log = logging.getLogger(__name__)

#: How long a failing timer is suspended; a restarted worker tries it at once.
PAUSE = timedelta(minutes=1)
_suspended: dict[int, datetime] = {}


def fire_due_timers(now: datetime, limit: int = 500) -> int:
    """Fire the timers that are due at `now`; return how many fired."""
    with unscoped("deadlines pass for all organisations"):
        waiting = Timer.objects.filter(state=TimerStatus.WAITING, due_at__lte=now)
        waiting = waiting.exclude(pk__in=[pk for pk, until in _suspended.items() if until > now])
        due = list(waiting.order_by("due_at", "id")[:limit])
    return sum(_fire(timer, now) for timer in due)


def _fire(timer: Timer, now: datetime) -> bool:
    try:
        return pass_timer(timer, now)
    except Refusal as refused:  # somebody took a step at the same moment: the timer is cancelled, or due again
        log.info("%s did not pass: %s", timer, refused)
    except OperationalError:  # the database is away, and for all of them
        raise
    except Exception:
        _suspended[timer.pk] = now + PAUSE
        log.exception("%s did not pass; it is tried again in a minute", timer)
        with unscoped("whose deadline it is hears of it"):
            notifications.notify_failed_timer(timer)
    return False
