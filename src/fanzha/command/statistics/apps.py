"""The Django app of statistics."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatisticsConfig(AppConfig):
    """App config of statistics."""

    name = "fanzha.command.statistics"
    label = "statistics"
    verbose_name = _("figures and forms")
