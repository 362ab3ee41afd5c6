"""Remind an organisation of a victim that it found and has not begun to contact in time."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.processes.selectors import find_instances
from fanzha.command.processes.services import create_notification, settle_notifications
from fanzha.command.subjects.canonical import mask_value
from fanzha.command.subjects.models import FindingRow
from fanzha.command.subjects.process_subjects import first_found_at
from fanzha.command.subjects.subject_roles import find_victims, names_victim
from fanzha.command.subjects.victims import PROCESS, contact_due
from fanzha.command.web.scoping import unscoped
from fanzha.processes.situation import Change

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("whoever found a victim is reminded of her")

#: Age above which findings cause no reminder; how many are read at a time, the latest first.
_WITHIN, _CHUNK = timedelta(days=1), 1_000


def remind_of_victims(now: datetime) -> int:
    """Notify the owners of findings that name a victim without a contact; return the number of new notifications.

    Each owner is reminded once of each victim, when the time for the first contact is over.
    """
    rows = (
        _UNSCOPED.rows(FindingRow)
        .filter(FindingRow.standing(), names_victim(), valid_until__gt=now, came_in_at__gt=now - _WITHIN)
        .select_related("subject")
        .order_by("-came_in_at", "-pk")
        .iterator(chunk_size=_CHUNK)
    )
    found: dict[tuple[int, str], list[FindingRow]] = defaultdict(list)
    for row in rows:
        found[row.owner_id, row.subject.ref].append(row)
    late = {key: group for key, group in found.items() if _is_late(group, now)}
    refs = {ref for _, ref in late}
    begun = set(
        find_instances(_UNSCOPED).filter(process=PROCESS, about__in=refs, ended_at=None).values_list("owner", "about")
    )
    victims = find_victims([group[0].subject.thing for group in late.values()]).only
    return sum(
        _remind(owner, group, now)
        for (owner, ref), group in late.items()
        if (owner, ref) not in begun and group[0].subject.thing in victims
    )


def _is_late(rows: list[FindingRow], now: datetime) -> bool:
    due = contact_due(rows, max(row.score for row in rows))
    return due is not None and due <= now


def _remind(owner: int, rows: list[FindingRow], now: datetime) -> bool:
    subject = rows[0].subject
    first = first_found_at([subject.thing], owner, now)
    if first is None:  # an earlier process has answered the findings
        return False
    masked = mask_value(subject.kind, subject.value, subject.shown)
    return create_notification(
        owner,
        Words(
            f"疑似受骗人尚未联系，已超过首次联系时限：{masked}",
            f"Nobody has begun to reach a likely victim in time: {masked}",
        ),
        key=f"{_key_prefix(owner, subject.ref)}{first.isoformat()}",
        at=now,
        path=reverse("subject", args=[subject.ref]),
        urgent=True,
    )


def settle_reminder(instance: ProcessInstance, change: Change) -> None:
    """Mark the reminders of a victim as read once somebody has begun to reach her."""
    if instance.about and change.steps:
        settle_notifications(_key_prefix(instance.owner_id, instance.about), from_ms(change.steps[-1].at))


def _key_prefix(owner: int, subject: str) -> str:
    return f"victim-waits:{owner}:{subject}:"
