"""The Django app of shifts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShiftsConfig(AppConfig):
    """App config of assignments, the board, hand-overs and digests."""

    name = "fanzha.command.shifts"
    label = "shifts"
    verbose_name = _("Shifts")
