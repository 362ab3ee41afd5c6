"""The Django app of orders."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """Delivery of orders to receivers, their answers, and proofs of the effect."""

    name = "fanzha.command.orders"
    label = "orders"
    verbose_name = _("orders")
