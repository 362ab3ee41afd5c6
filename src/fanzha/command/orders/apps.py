"""Orders as an app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """How orders reach who carries them out, what was answered, and what proves the effect."""

    name = "fanzha.command.orders"
    label = "orders"
    verbose_name = _("orders")
