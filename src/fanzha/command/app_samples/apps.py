"""The Django app of app samples."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppSamplesConfig(AppConfig):
    """App config of app samples."""

    name = "fanzha.command.app_samples"
    label = "app_samples"
    verbose_name = _("app samples")
