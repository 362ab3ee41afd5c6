"""Periodic task of the public list of links."""

from datetime import timedelta

from fanzha.command.link_list.services import refresh_link_list
from fanzha.command.web.scheduler import Job

JOBS = (Job("list links", timedelta(seconds=5), refresh_link_list),)
