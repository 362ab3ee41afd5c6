"""Select the documents that the current viewer may read."""

from collections.abc import Iterable

from django.db.models import QuerySet

from fanzha.command.documents.models import IssuedDocument

_CONTENT = ("pdf_zh", "pdf_en")


def find_documents(processes: Iterable[str] | None = None) -> QuerySet[IssuedDocument]:
    """Return readable documents without their content, the earliest first; of some processes (refs), or of all."""
    rows = IssuedDocument.objects.select_related("owner", "instance").defer(*_CONTENT, "instance__situation")
    return rows if processes is None else rows.filter(instance__ref__in=list(processes))
