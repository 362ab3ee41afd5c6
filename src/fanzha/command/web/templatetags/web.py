"""Template tags and filters that are available without loading."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from fanzha.base import ids
from fanzha.command.web.components import Badge, Tone
from fanzha.command.web.drawing.icons import icon as drawn_icon
from fanzha.command.web.i18n import localize_text
from fanzha.command.web.relative_time import relative_time

register = template.Library()

#: A deadline is near if less time than this remains.
SOON = timedelta(hours=1)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Render an icon. Put a word next to it."""
    return drawn_icon(name)


@register.filter
def short_code(ref: str) -> str:
    """Return the end of a reference, as people say it: `{{ campaign.ref|short_code }}`."""
    return ids.short_code(ref)


@register.simple_tag
def badge(word: "str | Badge", icon: str = "", tone: str = Tone.QUIET) -> SafeString:
    """Render a word with an icon: `{% badge "late" icon="clock" tone="harm" %}`, or a `Badge`."""
    one = word if isinstance(word, Badge) else Badge(word, icon, Tone(tone))
    sign = drawn_icon(one.icon) if one.icon else ""
    return format_html('<span class="badge badge-{}">{}{}</span>', one.tone, sign, one.word)


@register.simple_tag
def moment(at: datetime | None, style: str = "relative") -> SafeString:
    """Render a relative time with the exact time as tooltip, or the exact time with `style="exact"`."""
    if at is None:
        return SafeString("–")
    local = timezone.localtime(at)
    exact = exactly(at)
    if style == "exact":
        return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), exact)
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        local.isoformat(timespec="seconds"),
        exact,
        relative_time(at, timezone.now()),
    )


@register.simple_tag
def clock(due: datetime | None, soon_minutes: int = 60) -> SafeString:
    """Render a deadline. Near and late deadlines are marked with words and an icon, not by colour alone."""
    if due is None:
        return SafeString("")
    left = due - timezone.now()
    near = timedelta(minutes=soon_minutes)
    tone = "late" if left < timedelta(0) else "soon" if left < near else "quiet"
    late = _("overdue (due %(when)s)").partition("%(when)s")
    before, _when, after = late if tone == "late" else _("due %(when)s").partition("%(when)s")
    return format_html(
        '<span class="clock clock-{}" data-clock data-late-before="{}" data-late-after="{}">{} <span>{}</span>{}'
        "<span>{}</span></span>",
        tone,
        late[0],
        late[2],
        drawn_icon("alert" if tone == "late" else "clock"),
        before,
        moment(due),
        after,
    )


@register.filter
def exactly(at: datetime | None) -> str:
    """Format a moment to the minute, in the reader's locale and the organisation's time zone."""
    return "" if at is None else date_format(timezone.localtime(at), "DATETIME_FORMAT")


@register.filter
def in_language(text: str) -> str:
    """Return the reader's language of a stored text that may hold both."""
    return localize_text(text)


@register.filter
def undo_url(message: Any) -> str:
    """Return the URL to undo the action of a message, from its extra tag `undo:/address/`."""
    return next((tag[5:] for tag in (message.extra_tags or "").split() if tag.startswith("undo:")), "")


@register.filter
def is_moment(value: object) -> bool:
    """Return whether a value is a datetime."""
    return isinstance(value, datetime)


@register.simple_tag(takes_context=True)
def here(context: template.Context, **changes: object) -> str:
    """Return the page's query string with changes: `?{% here before=cursor %}`. None removes a parameter."""
    asked = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            asked.pop(name, None)
        else:
            asked[name] = str(value)
    return str(asked.urlencode())
