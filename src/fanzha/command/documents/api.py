"""API routes of numbered documents."""

from typing import Annotated

from django.http import FileResponse
from ninja import Query, Router

from fanzha.command.documents.schemas import IssuedDocumentOut
from fanzha.command.documents.selectors import find_documents
from fanzha.command.documents.views import pdf_response
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.web.api import Page, Paging, paginate

ROUTER = Router(tags=["documents"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("", response=Page[IssuedDocumentOut], operation_id="fanzha_command_documents_api_list_documents")
def list_documents(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the numbered documents of the processes that the caller may read."""
    page = paginate(find_documents(), paging)
    return page | {"items": [IssuedDocumentOut.of(row) for row in page["items"]]}


@ROUTER.get("/{ref}/{language}.pdf", operation_id="fanzha_command_documents_api_read_document")
def read_document(request: ApiRequest, ref: str, language: str) -> FileResponse:
    """Return a document as PDF in Chinese (zh) or English (en)."""
    return pdf_response(ref, language)
