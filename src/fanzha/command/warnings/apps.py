"""The Django app of warnings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WarningsConfig(AppConfig):
    """App config of warnings."""

    name = "fanzha.command.warnings"
    label = "warnings"
    verbose_name = _("Warnings")
