"""The Django app of webhooks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    """App config of webhooks."""

    name = "fanzha.command.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")
