"""The Django app of the audit log: its tables, recording, anchors and verification."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """App config of the audit log."""

    name = "fanzha.command.audit"
    label = "evidence"
    verbose_name = _("evidence log")

    def ready(self) -> None:
        """Put rows of digest tables on record when they are deleted."""
        from fanzha.command.audit.recorder import digest_deletions

        digest_deletions()
