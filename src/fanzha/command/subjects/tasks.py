"""What is done again and again for subjects: verdicts that have ended are made anew from what is left."""

from datetime import datetime, timedelta

from fanzha.command.audit.recorder import recorded
from fanzha.command.subjects.verdicts import refresh_expired_verdicts
from fanzha.command.web.scheduler import Job


def end_verdicts(now: datetime) -> None:
    """Let what ran out be superseded, a few hundred in one transaction: others write meanwhile."""
    done = 1
    while done:
        with recorded():
            done = refresh_expired_verdicts(now)


JOBS = (Job("end verdicts", timedelta(seconds=10), end_verdicts),)
