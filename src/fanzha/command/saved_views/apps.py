"""The Django app of saved views."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SavedViewsConfig(AppConfig):
    """App config of saved views of lists."""

    name = "fanzha.command.saved_views"
    label = "saved_views"
    verbose_name = _("Saved views")
