"""The Django app of detection rules."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DetectionRulesConfig(AppConfig):
    """App config of detection rules. The label `rules` belongs to a package."""

    name = "fanzha.command.detection_rules"
    label = "detection_rules"
    verbose_name = _("Detection rules")
