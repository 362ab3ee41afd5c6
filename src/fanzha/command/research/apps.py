"""The Django app of research."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResearchConfig(AppConfig):
    """App config of research."""

    name = "fanzha.command.research"
    label = "research"
    verbose_name = _("research with partners")
