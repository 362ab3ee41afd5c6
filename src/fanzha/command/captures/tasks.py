"""Recurring tasks of looks: record what was seen, remove evidence whose time is over."""

from datetime import timedelta

from fanzha.command.captures.evidence_stamps import stamp_evidence
from fanzha.command.captures.look_events import remove_old_events
from fanzha.command.captures.services import record_outcomes, remove_orphans
from fanzha.command.web.scheduler import Job

JOBS = (
    Job("record looks at pages", timedelta(seconds=5), record_outcomes),
    Job("time-stamp evidence of looks", timedelta(minutes=1), stamp_evidence),
    Job("remove evidence of looks", timedelta(hours=6), remove_orphans),
    Job("remove old events of looks", timedelta(hours=6), remove_old_events),
)
