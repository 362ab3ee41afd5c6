"""The documents on the page of a process: `{% load documents %}{% process_documents page.instance.ref %}`."""

from django import template

from fanzha.command.documents.models import IssuedDocument
from fanzha.command.documents.selectors import find_documents

register = template.Library()


@register.inclusion_tag("documents/_documents.html")
def process_documents(ref: str) -> dict[str, list[IssuedDocument]]:
    """Render the documents of a process with their downloads; nothing if it has none."""
    return {"documents": list(find_documents([ref]))}
