"""The comments on the page of a topic: `{% load collaboration %}{% discussion "campaign" campaign.ref %}`."""

from secrets import token_hex
from typing import Any

from django import template

from fanzha.command.collaboration.models import MAX_COMMENT_LENGTH
from fanzha.command.collaboration.selectors import load_discussion

register = template.Library()


@register.inclusion_tag("collaboration/_discussion.html", takes_context=True)
def discussion(context: template.Context, kind: str, ref: str) -> dict[str, Any]:
    """Render the comments, the form for a new one, and the subscription."""
    request = context["request"]
    with_all = request.GET.get("comments") == "all"
    return {
        "discussion": load_discussion(kind, ref, request.viewer, with_all=with_all),
        "max_length": MAX_COMMENT_LENGTH,
        "csrf_token": context.get("csrf_token"),
        "ident": token_hex(4),
        "request": request,
    }
