"""Select the documents that the current viewer may read."""

from collections.abc import Iterable

from django.db.models import QuerySet

from fanzha.command.documents.models import IssuedDocument
from fanzha.command.web.scoping import unscoped

_PUBLIC = unscoped("a document of a published bulletin is for everybody")
_CONTENT = ("pdf_zh", "pdf_en")


def find_documents(processes: Iterable[str] | None = None) -> QuerySet[IssuedDocument]:
    """Return readable documents without their content, the earliest first; of some processes (refs), or of all."""
    rows = IssuedDocument.objects.select_related("owner", "instance").defer(*_CONTENT, "instance__situation")
    return rows if processes is None else rows.filter(instance__ref__in=list(processes))


def find_public_pdf(process: str, document_type: str, language: str) -> bytes | None:
    """Return the PDF of the last document of a type of a process (ref) that is public, None without an intact one.

    The caller knows that it is public; `language` is zh or en.
    """
    rows = _PUBLIC.rows(IssuedDocument).filter(instance__ref=process, document_type=document_type)
    document = rows.order_by("-pk").first()
    return document.intact_pdf(language) if document else None


def is_issued(process: str, document_type: str) -> bool:
    """Return whether a document of a type of a process (ref) was issued."""
    return _PUBLIC.rows(IssuedDocument).filter(instance__ref=process, document_type=document_type).exists()
