"""The Django app of health."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HealthConfig(AppConfig):
    """Sources, screens and background jobs of organisations."""

    name = "fanzha.command.health"
    label = "health"
    verbose_name = _("Sources and jobs")
