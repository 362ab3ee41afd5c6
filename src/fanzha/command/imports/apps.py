"""Imports as an app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Imports(AppConfig):
    """App of submitted files and their import results."""

    name = "fanzha.command.imports"
    label = "imports"
    verbose_name = _("Imports")
