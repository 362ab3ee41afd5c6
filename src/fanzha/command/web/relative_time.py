"""Relative times in CLDR's short style. The script that refreshes them uses the same texts."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
