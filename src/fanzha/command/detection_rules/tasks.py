"""Periodic tasks of detection rules."""

from datetime import timedelta

from fanzha.command.detection_rules.backtest_runs import fail_stalled
from fanzha.command.web.scheduler import Job

JOBS = (Job("end backtests whose worker was killed", timedelta(minutes=5), fail_stalled),)
