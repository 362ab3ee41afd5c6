"""Campaigns as an app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Campaigns(AppConfig):
    """Campaigns, what ties subjects together, what people did with them."""

    name = "fanzha.command.campaigns"
    label = "campaigns"
    verbose_name = _("campaigns")
