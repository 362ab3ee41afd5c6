"""Record attempts to deliver a notice; a proof makes it delivered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import QuerySet

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.notices.models import (
    PROVING,
    DeliveryOutcome,
    DeliveryRoute,
    LimitNotice,
    NoticeDelivery,
    NoticeState,
)
from fanzha.command.processes.selectors import find_notice
from fanzha.command.processes.services import record_delivery
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.parties import SYSTEM, Actor

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("a notice is delivered by whoever meets the person")


class Attempt(NamedTuple):
    """One attempt to deliver a notice: by which route, with which outcome, and who checked what.

    `key` identifies it: recorded twice it counts once. `checked` names a document, never its number.
    """

    key: str
    route: DeliveryRoute
    outcome: DeliveryOutcome
    checked: str = ""
    note: str = ""


def record_attempt(
    notice: LimitNotice, attempt: Attempt, now: datetime, *, actor: Actor = SYSTEM, by: Organization | None = None
) -> bool:
    """Record an attempt; a proof makes the notice delivered. Return whether the attempt is new."""
    with recorded() as log:
        _, is_new = NoticeDelivery.objects.get_or_create(
            key=attempt.key[:100],
            defaults={
                "notice": notice,
                "route": attempt.route,
                "outcome": attempt.outcome,
                "organization": by,
                "actor": actor.person[:80],
                "checked": attempt.checked,
                "note": attempt.note[:200],
                "at": now,
            },
        )
        if not is_new:
            return False
        facts = {"route": attempt.route.value, "outcome": attempt.outcome.value, "checked": attempt.checked}
        organization = actor.organization or notice.owner.ref
        log.add(Draft("notice_attempt", to_ms(now), actor.person, organization, about=notice.ref, facts=facts))
        if attempt.outcome in PROVING:
            _mark_delivered(notice, attempt, now, actor)
        elif attempt.outcome == DeliveryOutcome.SENT:
            _open(notice).filter(state=NoticeState.WAITING).update(state=NoticeState.SENT)
    return True


def _mark_delivered(notice: LimitNotice, attempt: Attempt, now: datetime, actor: Actor) -> None:
    """Mark a notice as delivered; the notice of its process is, once all that belong to it are."""
    if not _open(notice).update(state=NoticeState.DELIVERED, delivered_at=now, route_due_at=None):
        return
    if _UNSCOPED.rows(LimitNotice).filter(notice=notice.notice_id, delivered_at=None, lifted_at=None).exists():
        return
    if (written := find_notice(notice.notice_id)) is not None:
        with unscoped("the notice of a process is delivered for its owner"):
            record_delivery(written, f"{attempt.route.value}: {attempt.outcome.value}", actor)


def _open(notice: LimitNotice) -> QuerySet[LimitNotice]:
    return _UNSCOPED.rows(LimitNotice).filter(pk=notice.pk, delivered_at=None, lifted_at=None)
