"""The Django app of evidence: pages, API and packs of the audit log."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    """App config of the log pages and evidence packs."""

    name = "fanzha.command.evidence"
    label = "evidence_packs"
    verbose_name = _("evidence log")
    #: The tables belong to `fanzha.command.audit` (label `evidence`); the API stays at its published path.
    api_path = "evidence"
