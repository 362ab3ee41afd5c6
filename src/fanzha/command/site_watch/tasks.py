"""Periodic tasks of the watch of new sites."""

from datetime import timedelta

from fanzha.command.site_watch.services import import_candidates, list_suspect_mentions, submit_reported_sites
from fanzha.command.web.scheduler import Job

JOBS = (
    Job("take over candidates of new sites", timedelta(seconds=10), import_candidates),
    Job("list sites whose pages were found suspect", timedelta(seconds=20), list_suspect_mentions),
    Job("compare reported sites with brands", timedelta(seconds=30), submit_reported_sites),
)
