"""A masked value with a way to see it whole: `{% load unmasking %}{% masked_subject subject case=campaign.ref %}`."""

from secrets import token_hex

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from fanzha.command.exports.unmasking import may_unmask
from fanzha.command.subjects.models import Subject
from fanzha.command.subjects.subject_rows import shown

register = template.Library()


@register.simple_tag(takes_context=True)
def masked_subject(context: template.Context, subject: Subject, case: str = "") -> SafeString:
    """Return a subject masked; who may see it whole finds a press beside it that asks what for and is logged."""
    request = context["request"]
    allowed = may_unmask(request.viewer, subject.kind)
    told = {
        "value": shown(subject),
        "action": reverse("unmask", args=[subject.ref]) if allowed else "",
        "fields": {"case": case} if case else {},
        "ident": token_hex(4),
    }
    return render_to_string("parts/masked.html", told, request=request)
