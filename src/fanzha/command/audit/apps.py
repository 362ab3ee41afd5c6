"""The evidence log as an app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Evidence(AppConfig):
    """Log, personal values, anchors, packs."""

    name = "fanzha.command.audit"
    label = "evidence"
    verbose_name = _("evidence log")

    def ready(self) -> None:
        """Have running processes forget whom the log forgets."""
        from fanzha.command.audit.erasing import person_erased
        from fanzha.command.audit.forgetting import forget_person

        person_erased.connect(forget_person, dispatch_uid="processes forget")
