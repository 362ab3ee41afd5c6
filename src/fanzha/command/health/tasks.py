"""Periodic tasks of health: report the own sources and screens, so that those who supervise see them."""

from datetime import datetime, timedelta

from fanzha.base.errors import UsageError
from fanzha.command.detection_rules.services import find_rule_operator
from fanzha.command.health.selectors import read_local_components
from fanzha.command.health.services import report
from fanzha.command.web.scheduler import Job


def report_local(now: datetime) -> None:
    """Store how the sources and screens of this installation are; a damaged file is said on the page."""
    operator = find_rule_operator()
    if operator is None:
        return
    try:
        components = read_local_components(now)
    except UsageError:
        return
    report(operator, components, now)


JOBS = (Job("report sources and screens", timedelta(minutes=1), report_local),)
