"""The Django app of imports."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    """App config of imports."""

    name = "fanzha.command.imports"
    label = "imports"
    verbose_name = _("Imports")
