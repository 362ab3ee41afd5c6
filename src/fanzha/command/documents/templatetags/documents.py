"""The documents on the page of a process: `{% load documents %}{% process_documents page.instance.ref %}`."""

from typing import Any

from django import template

from fanzha.command.documents.selectors import find_documents
from fanzha.command.processes.selectors import awaits_documents

register = template.Library()


@register.inclusion_tag("documents/_documents.html", takes_context=True)
def process_documents(context: template.Context, ref: str) -> dict[str, Any]:
    """Render the documents of a process with their downloads; nothing if it has none.

    While one is being made, the page asks for it until it is there.
    """
    return {
        "documents": list(find_documents([ref])),
        "are_coming": awaits_documents(ref),
        "path": context["request"].path,
    }
