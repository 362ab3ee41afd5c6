"""Webhooks as an app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    """Subscriptions to events, and what was delivered."""

    name = "fanzha.command.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")
