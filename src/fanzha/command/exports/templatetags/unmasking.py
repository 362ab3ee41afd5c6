"""Masked values with a button to unmask them: `{% load unmasking %}{% masked_subject subject case=campaign.ref %}`.

On pages of processes, `{% unmask_values ref number name values %}` follows the values of an evidence field, and
`{% unmask_files ref number name places %}` its personal files.
"""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING, Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from fanzha.command.exports.evidence_unmasking import is_masked
from fanzha.command.exports.unmasking import may_unmask
from fanzha.command.subjects.selectors import display_subject
from fanzha.command.web.roles import MAY_UNMASK

if TYPE_CHECKING:
    from fanzha.command.subjects.models import Subject

register = template.Library()


@register.simple_tag(takes_context=True)
def masked_subject(context: template.Context, subject: Subject, case: str = "") -> SafeString:
    """Render a masked subject, with an unmask button that asks for a purpose if the viewer may unmask it."""
    request = context["request"]
    allowed = may_unmask(request.viewer, subject.kind)
    context_values = {
        "value": display_subject(subject),
        "action": reverse("unmask", args=[subject.ref]) if allowed else "",
        "fields": {"case": case} if case else {},
        "ident": token_hex(4),
    }
    return render_to_string("parts/masked.html", context_values, request=request)


@register.simple_tag(takes_context=True)
def unmask_values(context: template.Context, ref: str, number: int, name: str, values: Any) -> SafeString:
    """Render the unmask button of an evidence field, or nothing if no value is masked."""
    request = context["request"]
    if not (request.viewer.has(*MAY_UNMASK) and is_masked(values)):
        return SafeString("")
    action = reverse("unmask_evidence", args=[ref, number, name])
    context_values = {"value": "", "action": action, "ident": token_hex(4)}
    return render_to_string("parts/masked.html", context_values, request=request)


@register.simple_tag(takes_context=True)
def unmask_files(context: template.Context, ref: str, number: int, name: str, places: list[int]) -> SafeString:
    """Render an unmask button for each personal file of a field, or a notice if the viewer may not see them."""
    request = context["request"]
    allowed = places if request.viewer.has(*MAY_UNMASK) else []
    actions = [reverse("unmask_file", args=[ref, number, name, place]) for place in allowed]
    return render_to_string("parts/masked_files.html", {"actions": actions, "ident": token_hex(4)}, request=request)
