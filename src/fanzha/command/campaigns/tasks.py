"""What is done again and again for campaigns: what slept long enough comes back, whoever looks or not."""

from datetime import timedelta

from fanzha.command.campaigns.queue import wake_due
from fanzha.command.web.scheduler import Job

JOBS = (Job("wake campaigns", timedelta(seconds=30), wake_due),)
