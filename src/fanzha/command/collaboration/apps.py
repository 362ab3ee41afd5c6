"""The Django app of collaboration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CollaborationConfig(AppConfig):
    """App config of comments, mentions and subscriptions."""

    name = "fanzha.command.collaboration"
    label = "collaboration"
    verbose_name = _("Working together")
