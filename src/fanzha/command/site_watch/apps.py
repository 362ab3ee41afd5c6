"""The Django app of the watch of new sites."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteWatchConfig(AppConfig):
    """App config of the watch of new sites."""

    name = "fanzha.command.site_watch"
    label = "site_watch"
    verbose_name = _("New sites")
