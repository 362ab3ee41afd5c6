"""The evidence log as an app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Evidence(AppConfig):
    """Log, personal values, anchors, packs."""

    name = "fanzha.command.evidence"
    label = "evidence"
    verbose_name = _("evidence log")
