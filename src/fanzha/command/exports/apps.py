"""Exports and unmaskings as an app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    """Exports, what was unmasked by whom."""

    name = "fanzha.command.exports"
    label = "exports"
    verbose_name = _("exports and unmasking")
