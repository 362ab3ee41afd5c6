"""The Django app of number signals."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NumberSignalsConfig(AppConfig):
    """App config of the signals of numbers that banks ask for."""

    name = "fanzha.command.number_signals"
    label = "number_signals"
    verbose_name = _("Signals of numbers")
