"""Tags and filters that every template knows without loading them."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from fanzha.command.web.components import Badge, Tone
from fanzha.command.web.drawing.icons import icon as drawn_icon
from fanzha.command.web.relative_time import relative_time

register = template.Library()

#: Less time than this, and a deadline is near.
SOON = timedelta(hours=1)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a sign; a word must stand beside it."""
    return drawn_icon(name)


@register.simple_tag
def badge(word: "str | Badge", icon: str = "", tone: str = Tone.QUIET) -> SafeString:
    """Show a word with a sign: `{% badge "late" icon="clock" tone="harm" %}`, or a `Badge`."""
    one = word if isinstance(word, Badge) else Badge(word, icon, Tone(tone))
    sign = drawn_icon(one.icon) if one.icon else ""
    return format_html('<span class="badge badge-{}">{}{}</span>', one.tone, sign, one.word)


@register.simple_tag
def moment(at: datetime | None, style: str = "relative") -> SafeString:
    """Show a moment: how long ago, exactly when one points at it; `style="exact"` shows the exact time itself."""
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
    """Show by when something is due: near and late are said in words and by a sign, not by colour alone."""
    if due is None:
        return SafeString("")
    left = due - timezone.now()
    near = timedelta(minutes=soon_minutes)
    tone = "late" if left < timedelta(0) else "soon" if left < near else "quiet"
    late = _("late, was due %(when)s").partition("%(when)s")
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
    """Return a moment to the minute, by the reader's locale and the organisation's zone."""
    return "" if at is None else date_format(timezone.localtime(at), "DATETIME_FORMAT")


@register.filter
def undo_url(message: Any) -> str:
    """Return where a message's undoing is posted to: its extra tags say `undo:/address/`."""
    return next((tag[5:] for tag in (message.extra_tags or "").split() if tag.startswith("undo:")), "")


@register.filter
def is_moment(value: object) -> bool:
    """Return whether a value is a moment."""
    return isinstance(value, datetime)


@register.simple_tag(takes_context=True)
def here(context: template.Context, **changes: object) -> str:
    """Return the query of this page with changes: `?{% here before=cursor %}`; None takes a parameter away."""
    asked = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            asked.pop(name, None)
        else:
            asked[name] = str(value)
    return str(asked.urlencode())
