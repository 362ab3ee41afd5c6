"""The Django app of hosted sites."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HostingConfig(AppConfig):
    """App config of hosted sites."""

    name = "fanzha.command.hosting"
    label = "hosting"
    verbose_name = _("Hosted sites")
