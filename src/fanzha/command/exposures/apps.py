"""The Django app of exposures."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExposuresConfig(AppConfig):
    """App config of exposures."""

    name = "fanzha.command.exposures"
    label = "exposures"
    verbose_name = _("Exposures")
