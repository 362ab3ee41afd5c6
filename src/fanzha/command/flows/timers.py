"""Let deadlines pass that are due, the earliest first; one that cannot pass holds up no other."""

import logging
from datetime import datetime

from fanzha.command.flows.models import Timer
from fanzha.command.flows.models.timer import TimerState
from fanzha.command.flows.services import pass_timer
from fanzha.command.organizations.scoping import everything
from fanzha.processes.refusal import Refusal

log = logging.getLogger(__name__)


def pass_due(now: datetime, limit: int = 500) -> int:
    """Let what is due at a moment pass; return how many deadlines did."""
    with everything("deadlines pass for all organisations"):
        due = list(Timer.objects.filter(state=TimerState.WAITING, due_at__lte=now).order_by("due_at", "id")[:limit])
    return sum(_passed(timer, now) for timer in due)


def _passed(timer: Timer, now: datetime) -> bool:
    try:
        return pass_timer(timer, now)
    except Refusal as refused:  # somebody took a step at the same moment: the timer is cancelled, or due again
        log.info("%s did not pass: %s", timer, refused)
        return False
