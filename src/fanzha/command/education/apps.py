"""The Django app of education."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EducationConfig(AppConfig):
    """App config of education."""

    name = "fanzha.command.education"
    label = "education"
    verbose_name = _("education")
