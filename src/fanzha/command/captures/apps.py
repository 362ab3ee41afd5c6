"""The Django app of captures."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CapturesConfig(AppConfig):
    """App config of captures."""

    name = "fanzha.command.captures"
    label = "captures"
    verbose_name = _("looks at pages")
