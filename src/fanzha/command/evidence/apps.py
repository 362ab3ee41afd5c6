"""The evidence log as an app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Evidence(AppConfig):
    """Log, personal values, anchors, packs."""

    name = "fanzha.command.evidence"
    label = "evidence"
    verbose_name = _("evidence log")

    def ready(self) -> None:
        """Have running processes forget whom the log forgets."""
        from fanzha.command.evidence.erasing import person_erased
        from fanzha.command.evidence.forgetting import forget_person

        person_erased.connect(forget_person, dispatch_uid="processes forget")
