"""The Django app of numbered documents."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """App config of numbered documents."""

    name = "fanzha.command.documents"
    label = "documents"
    verbose_name = _("Documents")
