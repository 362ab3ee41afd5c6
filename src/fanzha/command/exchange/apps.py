"""The Django app of the exchange."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    """App config of the exchange with others."""

    name = "fanzha.command.exchange"
    label = "exchange"
    verbose_name = _("intelligence exchange")
