"""The Django app of evidence: pages, API and packs of the audit log, and erasure of personal data."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    """App config of the log pages, evidence packs and erasure."""

    name = "fanzha.command.evidence"
    label = "evidence_packs"
    verbose_name = _("evidence log")
    #: The tables belong to `fanzha.command.audit` (label `evidence`); the API stays at its published path.
    api_path = "evidence"

    def ready(self) -> None:
        """Erase a person's data from running processes when the log erases the person."""
        from fanzha.command.audit.services import person_erased
        from fanzha.command.evidence.erasure import erase_person_data

        person_erased.connect(erase_person_data, dispatch_uid="processes forget")
