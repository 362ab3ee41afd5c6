"""App configuration of campaigns."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Campaigns(AppConfig):
    """Campaigns, ties between subjects, and the history of campaigns."""

    name = "fanzha.command.campaigns"
    label = "campaigns"
    verbose_name = _("campaigns")
