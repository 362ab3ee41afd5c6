"""Running processes as an app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProcessesConfig(AppConfig):
    """Process instances, legs, steps, timers, outbox, notifications."""

    name = "fanzha.command.processes"
    label = "flows"
    verbose_name = _("processes")
