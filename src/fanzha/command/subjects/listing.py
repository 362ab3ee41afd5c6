"""The subjects that an organisation learnt something of last, page after page."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from fanzha.command.subjects.models import Presence, Subject
from fanzha.command.web.viewer import Viewer

PAGE = 50


class SubjectPage(NamedTuple):
    """One page; `next` is "" on the last one."""

    rows: list[Subject]
    next: str


def latest(viewer: Viewer, cursor: str = "", size: int = PAGE) -> SubjectPage:
    """Return own subjects, the latest first. Raises ValueError for a cursor that is none."""
    rows = Presence.objects.filter(owner=viewer.organization).order_by("-last_at", "-pk")
    if cursor:
        at, _sign, key = cursor.rpartition("_")
        moment = datetime.fromisoformat(at)
        rows = rows.filter(last_at__lte=moment).filter(Q(last_at__lt=moment) | Q(pk__lt=int(key)))
    found = list(rows.select_related("subject")[: size + 1])
    shown = found[:size]
    once = {one.subject_id: one.subject for one in shown}
    end = f"{shown[-1].last_at.isoformat()}_{shown[-1].pk}" if len(found) > size else ""
    return SubjectPage(list(once.values()), end)
