"""App configuration of subjects."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Subjects(AppConfig):
    """Subjects, findings, opinions, verdicts, police cases, shares, deliveries."""

    name = "fanzha.command.subjects"
    label = "subjects"
    verbose_name = _("subjects")
