"""Read exports that wait for approval, and the limits of exports."""

from django.db.models import QuerySet

from fanzha.command.exports.export_settings import load_export_settings
from fanzha.command.exports.models import Export, ExportState
from fanzha.command.exports.presenters import present_export

__all__ = ["load_export_settings", "exports_to_approve", "present_export"]


def exports_to_approve() -> QuerySet[Export]:
    """Return the exports that wait for approval and that the current viewer may read, the oldest first."""
    waiting = Export.objects.filter(state=ExportState.TO_APPROVE)
    return waiting.select_related("person").order_by("pk")
