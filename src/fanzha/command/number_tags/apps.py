"""The Django app of number tags."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NumberTagsConfig(AppConfig):
    """App config of shared tags."""

    name = "fanzha.command.number_tags"
    label = "number_tags"
    verbose_name = _("Number tags")
