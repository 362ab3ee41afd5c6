"""The Django app of exports and unmaskings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    """App config of exports and unmaskings."""

    name = "fanzha.command.exports"
    label = "exports"
    verbose_name = _("exports and unmasking")
