"""Words, values and bases of processes in the reader's language."""

import re
from datetime import datetime
from typing import Any

from django import template
from django.template.defaultfilters import date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from fanzha.base.ids import short_code
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.command.web.i18n import localize, localize_text
from fanzha.kinds import all_kinds
from fanzha.processes.legal_basis import cited_basis_words, legal_basis_words
from fanzha.processes.roles import actor_spec_words

register = template.Library()
#: A reference of a campaign or a process (ULID); people see its short code.
_REFERENCE = re.compile(r"01[0-9A-HJKMNP-TV-Z]{24}")


@register.filter
def words(value: object) -> str:
    """Return bilingual words in the reader's language."""
    return localize(value) if isinstance(value, Words) else "" if value is None else str(value)


@register.filter
def legal_basis(code: str) -> str:
    """Return the title of a legal basis."""
    title = legal_basis_words(code)
    return localize(title) if title else code


@register.filter
def cited_basis(text: str) -> str:
    """Return the bases that a detector or source cites, in the reader's language."""
    return localize(cited_basis_words(text))


@register.filter
def actor_words(name: str) -> str:
    """Return who may take a step, whose code is for example `owner.reviewer` or "system"."""
    return localize(actor_spec_words(name))


@register.filter
def format_value(value: Any, kind: str) -> str:
    """Format a value of evidence; long numbers are masked, and references are shown by their short code."""
    if isinstance(value, Words):
        return localize(value)
    if isinstance(value, datetime):
        return date(localtime(value), "DATETIME_FORMAT")
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if kind == "subject":
        return mask_numbers(_name_kind(str(value)))
    if _REFERENCE.fullmatch(str(value)):
        return short_code(str(value))
    return mask_numbers(localize_text(str(value))) if kind == "text" else localize_text(str(value))


def _name_kind(value: str) -> str:
    """Write the kind before a value (`website:pay.example`) in words."""
    name, sign, rest = value.partition(":")
    kind = all_kinds().get(name) if sign else None
    return f"{localize(kind.title)} {rest}" if kind else value


@register.simple_tag
def localized_field(row: Any, name: str) -> str:
    """Return the half of `<name>_zh` and `<name>_en` that the reader understands."""
    return localize(Words(getattr(row, f"{name}_zh"), getattr(row, f"{name}_en")))


@register.simple_tag
def when(moment: datetime | None) -> SafeString:
    """Return a moment in local time, for people and programs."""
    if moment is None:
        return SafeString("")
    local = localtime(moment)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), date(local, "DATETIME_FORMAT")
    )
