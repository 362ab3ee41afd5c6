"""Mail each person who asked for it a digest of open work: counts and short numbers alone, once a day or at shift end.

A digest is claimed by its key before it is sent and released if the mail server refuses it, so that it is sent once
even if the job is killed or runs twice. After a crash between the two it is not sent again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPConnectError, SMTPException, SMTPServerDisconnected
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from fanzha.base.ids import short_code
from fanzha.command.organizations.selectors import build_viewer, current_memberships, ended_watches
from fanzha.command.processes.selectors import unread_notifications
from fanzha.command.shifts.models import DigestChoice, DigestMail, DigestTime, Handover
from fanzha.command.shifts.selectors import WorkItem, open_items
from fanzha.command.web.scoping import scoped_to, unscoped

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person
    from fanzha.command.web.viewer import Viewer

logger = logging.getLogger(__name__)
_UNSCOPED = unscoped("digests of people of all organisations")

#: How late a digest may be sent after its time; an older one is left out.
LATEST = timedelta(hours=6)
#: Short numbers that a mail names.
NUMBERS_SHOWN = 5


@dataclass(frozen=True)
class Digest:
    """The counts of a digest, and the short numbers of the most urgent items."""

    unread: int
    mine: int
    late: int
    unassigned: int
    numbers: tuple[str, ...]


#: How many digests in a row must fail for the mail server to be taken for away.
_AWAY_AFTER = 2


def send_due(now: datetime) -> int:
    """Send the digests that are due and were not sent; return how many were sent.

    It stops at the second one in a row for which the mail server does not answer in time: the rest is tried again
    later. One alone may be a mailbox at which the server ends the connection.
    """
    sent = failed = 0
    for due in _list_due(now):
        try:
            sent += _send_once(due.choice, due.viewer, due.key, now)
            failed = 0
        except MailServerAway as problem:
            logger.warning("the mail server does not answer, digests are tried again: %s", problem)
            failed += 1
        if failed == _AWAY_AFTER:
            break
    return sent


def is_due(now: datetime) -> bool:
    """Return whether a digest is due and was not sent."""
    return next(_list_due(now), None) is not None


class MailServerAway(Exception):
    """The mail server cannot be reached, or did not answer in time."""


class _Due(NamedTuple):
    choice: DigestChoice
    viewer: Viewer
    key: str


def _list_due(now: datetime) -> Iterator[_Due]:
    if not settings.MAIL_IS_SET_UP:
        return
    choices = _UNSCOPED.rows(DigestChoice).select_related("owner", "person").filter(person__is_active=True)
    for choice in choices.order_by("pk"):
        if (viewer := _current_viewer(choice.owner, choice.person)) is None:
            continue
        sent = _UNSCOPED.rows(DigestMail).filter(owner=choice.owner, person=choice.person)
        for key in _due_keys(choice, now):
            if not sent.filter(key=key).exists():
                yield _Due(choice, viewer, key)


def build_digest(viewer: Viewer, now: datetime) -> Digest:
    """Return what a person's digest says."""
    with scoped_to(viewer):
        items = open_items(viewer, now)
        unread = unread_notifications(viewer).count()
    mine = [item for item in items if item.person == viewer.person]
    urgent = sorted((item for item in mine if item.is_late), key=_due)[:NUMBERS_SHOWN]
    return Digest(
        unread=unread,
        mine=len(mine),
        late=sum(item.is_late for item in mine),
        unassigned=sum(item.person is None for item in items),
        numbers=tuple(short_code(item.ref) for item in urgent),
    )


def _due(item: WorkItem) -> float:
    return item.due.timestamp() if item.due else float("inf")


def _current_viewer(organization: Organization, person: Person) -> Viewer | None:
    """Return the person as a viewer; None for somebody who has left the organisation."""
    members = current_memberships().filter(person=person, organization=organization)
    roles = frozenset(members.values_list("role", flat=True))
    return build_viewer(organization, roles, person.pk) if roles else None


def _due_keys(choice: DigestChoice, now: datetime) -> Iterator[str]:
    """Yield the keys of the digests of a choice that became due within `LATEST`."""
    if choice.time == DigestTime.DAILY:
        local = now.astimezone(ZoneInfo(choice.owner.zone))
        due = local.replace(hour=choice.hour, minute=0, second=0, microsecond=0)
        if due <= local < due + LATEST:
            yield f"day:{due:%Y-%m-%d}"
        return
    handovers = _UNSCOPED.rows(Handover).filter(owner=choice.owner, person=choice.person, at__gt=now - LATEST)
    yield from (f"handover:{ref}" for ref in handovers.values_list("ref", flat=True))
    yield from (f"watch:{pk}" for pk in ended_watches(choice.owner_id, choice.person_id, now - LATEST, now))


def _send_once(choice: DigestChoice, viewer: Viewer, key: str, now: datetime) -> bool:
    """Claim and send a digest; return whether it was sent. Raise MailServerAway."""
    try:
        subject, text = render_digest(choice.person, build_digest(viewer, now))
    except Exception:  # the others still get theirs, and this one is tried again
        logger.exception("a digest could not be built")
        return False
    try:
        with transaction.atomic():
            claim = _UNSCOPED.rows(DigestMail).create(owner=choice.owner, person=choice.person, key=key, at=now)
    except IntegrityError:
        return False
    try:
        send_mail(subject, text, None, [choice.person.email])
    except (OSError, SMTPException) as problem:
        claim.delete()
        if not isinstance(problem, SMTPException) or isinstance(problem, SMTPConnectError | SMTPServerDisconnected):
            raise MailServerAway(problem) from None
        logger.warning("the mail server did not take a digest, it is tried again: %s", problem)
        return False
    _UNSCOPED.rows(DigestMail).filter(pk=claim.pk).update(sent_at=timezone.now())
    return True


def render_digest(person: Person, digest: Digest) -> tuple[str, str]:
    """Return subject and text of a digest in the person's language."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        text = render_to_string("shifts/mail/digest.txt", {"digest": digest, "address": settings.SITE_ADDRESS})
        return _("Fanzha: your open work"), text
