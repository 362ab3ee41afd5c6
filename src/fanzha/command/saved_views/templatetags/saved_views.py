"""The views of a list above it: `{% load saved_views %}{% view_bar "campaign_queue" %}`."""

from secrets import token_hex
from typing import Any

from django import template

from fanzha.command.saved_views.selectors import STANDARD, clean_query, list_view_links

register = template.Library()


@register.inclusion_tag("saved_views/_view_bar.html", takes_context=True)
def view_bar(context: template.Context, page: str) -> dict[str, Any]:
    """Render links to the saved views, and the form that saves what the address shows."""
    request = context["request"]
    query = request.META.get("QUERY_STRING", "")
    links = list_view_links(request.viewer, page, query)
    return {
        "page": page,
        "links": links,
        "current": next((link for link in links if link.is_here), None),
        "query": clean_query(query),
        "standard": STANDARD,
        "ident": token_hex(4),
        "csrf_token": context.get("csrf_token"),
    }
