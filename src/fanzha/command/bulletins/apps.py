"""The Django app of bulletins."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulletinsConfig(AppConfig):
    """App config of bulletins."""

    name = "fanzha.command.bulletins"
    label = "bulletins"
    verbose_name = _("monthly bulletins")
