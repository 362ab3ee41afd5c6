"""The Django app of retention and of requests of persons about their data."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """App config of retention and of requests of persons."""

    name = "fanzha.command.privacy"
    label = "privacy"
    verbose_name = _("retention and personal data requests")
