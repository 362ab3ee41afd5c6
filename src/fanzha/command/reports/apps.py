"""The Django app of reports."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """App config of reports."""

    name = "fanzha.command.reports"
    label = "reports"
    verbose_name = _("public reports")
