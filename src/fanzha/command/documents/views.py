"""Views of numbered documents."""

import logging
from io import BytesIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from fanzha.command.documents.models import IssuedDocument
from fanzha.command.documents.selectors import find_documents
from fanzha.command.processes.selectors import describe_titles, find_instances
from fanzha.command.web.access import signed_in

logger = logging.getLogger(__name__)

SHOWN = 200


@signed_in
def document_list(request: HttpRequest) -> HttpResponse:
    """List the documents that the viewer may read, the latest first."""
    documents = list(find_documents().order_by("-pk")[:SHOWN])
    instances = find_instances().select_related("version").filter(pk__in={row.instance_id for row in documents})
    titles = describe_titles(list(instances))
    named = [(document, titles.get(document.instance_id)) for document in documents]
    return render(request, "documents/listing.html", {"documents": named})


@signed_in
def document_file(request: HttpRequest, ref: str, language: str) -> FileResponse:
    """Return a document as PDF."""
    return pdf_response(ref, language)


def pdf_response(ref: str, language: str) -> FileResponse:
    """Return the PDF of a readable document. Raise Http404 for another language, or if the content is damaged."""
    document = get_object_or_404(IssuedDocument, ref=ref)
    pdf = document.intact_pdf(language) if language in ("zh", "en") else None
    if pdf is None:
        if language in ("zh", "en"):
            logger.error(
                "document %s is damaged: its PDF is not the one on record; restore it from a backup "
                "文书内容与记录不符，请用备份恢复",
                ref,
            )
        raise Http404
    name = f"{document.title.zh if language == 'zh' else document.title.en} {document.year}-{document.number}.pdf"
    return FileResponse(BytesIO(pdf), as_attachment=True, filename=name, content_type="application/pdf")
