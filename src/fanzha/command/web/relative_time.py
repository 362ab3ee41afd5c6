"""Relative times in CLDR's short style, and spans of time. The script that refreshes times uses the same texts."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.clock import span_ms

_SPANS = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))


def relative_time(moment: datetime, now: datetime) -> str:
    """Return the distance between two moments as text in the reader's language."""
    distance = moment - now
    for span, unit in _SPANS:
        if count := abs(distance) // span:
            return _ahead(unit, count) if distance > timedelta(0) else _past(unit, count)
    return _("now")


def _ahead(unit: str, count: int) -> str:
    match unit:
        case "day":
            return ngettext("in %(count)d day", "in %(count)d days", count) % {"count": count}
        case "hour":
            return ngettext("in %(count)d hr.", "in %(count)d hr.", count) % {"count": count}
    return ngettext("in %(count)d min.", "in %(count)d min.", count) % {"count": count}


def _past(unit: str, count: int) -> str:
    match unit:
        case "day":
            return ngettext("%(count)d day ago", "%(count)d days ago", count) % {"count": count}
        case "hour":
            return ngettext("%(count)d hr. ago", "%(count)d hr. ago", count) % {"count": count}
    return ngettext("%(count)d min. ago", "%(count)d min. ago", count) % {"count": count}


def span_words(span: str) -> str:
    """Return a written span such as `30min` as text in the reader's language, in the unit that it is written in."""
    milliseconds = span_ms(span)
    if milliseconds == 0:
        return _("at once")
    if span.endswith("d"):
        days = milliseconds // 86_400_000
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if milliseconds % 3_600_000 == 0:
        hours = milliseconds // 3_600_000
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    minutes = max(1, milliseconds // 60_000)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
