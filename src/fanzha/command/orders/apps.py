"""The Django app of orders."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """Delivery of orders to receivers, their answers, and proofs of the effect."""

    name = "fanzha.command.orders"
    label = "orders"
    verbose_name = _("orders")

    def ready(self) -> None:
        """Blank the targets of orders and the files of legs about a person when the log erases the person."""
        from fanzha.command.audit.services import person_erased
        from fanzha.command.orders.sendings import erase_files
        from fanzha.command.orders.target_rows import erase_targets

        person_erased.connect(erase_targets, dispatch_uid="orders forget")
        person_erased.connect(erase_files, dispatch_uid="sendings forget")
