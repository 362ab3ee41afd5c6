"""Imports as an app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Imports(AppConfig):
    """Files that were handed in, and what came of them."""

    name = "fanzha.command.imports"
    label = "imports"
    verbose_name = _("Imports")
