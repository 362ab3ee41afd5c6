"""The Django app of tracebacks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallTracebackConfig(AppConfig):
    """App config of tracebacks."""

    name = "fanzha.command.call_traceback"
    label = "tracebacks"
    verbose_name = _("tracebacks")
