"""Periodic tasks of number signals."""

from datetime import timedelta

from fanzha.command.number_signals.request_journal import store_journals
from fanzha.command.web.scheduler import Job

JOBS = (Job("store questions of banks", timedelta(minutes=1), store_journals),)
