"""The Django app of the foreign gate."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForeignSharingConfig(AppConfig):
    """App config of what goes to other countries."""

    name = "fanzha.command.foreign_sharing"
    label = "foreign_sharing"
    verbose_name = _("Sharing with other countries")
