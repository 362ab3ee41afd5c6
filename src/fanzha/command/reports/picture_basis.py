"""The impact assessment without which no picture is read: recorded by one person, approved by another, with an end.

Pictures of strangers may show faces, names and talks of people who know nothing of the report (PIPL Art. 55).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.reports.models import PictureBasis
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person

_UNSCOPED = unscoped("a basis is changed for its owner and read by the worker")
#: Who records and approves an impact assessment.
ASSESSORS = (Role.PRIVACY_OFFICER, Role.LIAISON)
MAX_SPAN = timedelta(days=2 * 366)
NOT_NOW = Words("须晚于现在，且在两年之内", "must be later than now and within two years")
OTHER_PERSON = Words("须由登记人以外的人批准", "somebody other than who recorded it must approve it")
NO_CHANGE = Words("已批准、已终止或已到期", "it was approved, has ended or has expired")
HAS_ENDED = Words("已终止", "it has ended")


class Assessment(NamedTuple):
    """What an impact assessment says: the document, why it is needed, the risks, what is done about them, its end."""

    document: str
    need: str
    risks: str
    measures: str
    until: datetime


def record_assessment(owner: Organization, said: Assessment, person: Person) -> PictureBasis:
    """Record an impact assessment; no picture is read until somebody else approves it. Raise Refusal."""
    now = timezone.now()
    if not now < said.until <= now + MAX_SPAN:
        raise Refusal(Reason.EVIDENCE, NOT_NOW, fields={"until": NOT_NOW})
    with recorded() as log:
        basis = _UNSCOPED.rows(PictureBasis).create(owner=owner, **said._asdict(), recorded_by=person, recorded_at=now)
        log.add(_draft("picture_basis_recorded", basis, person, now))
    return basis


def approve_assessment(basis: PictureBasis, person: Person) -> None:
    """Approve an impact assessment as the second person: pictures are read from now on. Raise Refusal."""
    if basis.recorded_by_id == person.pk:
        raise Refusal(Reason.SAME_PERSON, OTHER_PERSON)
    now = timezone.now()
    with recorded() as log:
        rows = _UNSCOPED.rows(PictureBasis).filter(pk=basis.pk, approved_at=None, ended_at=None, until__gt=now)
        if not rows.update(approved_by=person, approved_at=now):
            raise Refusal(Reason.STATE, NO_CHANGE)
        log.add(_draft("picture_basis_approved", basis, person, now))


def end_assessment(basis: PictureBasis, person: Person) -> None:
    """End an impact assessment: no further picture is read on it. Raise Refusal."""
    now = timezone.now()
    with recorded() as log:
        if not _UNSCOPED.rows(PictureBasis).filter(pk=basis.pk, ended_at=None).update(ended_at=now):
            raise Refusal(Reason.STATE, HAS_ENDED)
        log.add(_draft("picture_basis_ended", basis, person, now))


def owners_with_basis(now: datetime) -> list[int]:
    """Return the primary keys of the organisations whose pictures may be read."""
    rows = _UNSCOPED.rows(PictureBasis).filter(approved_at__lte=now, ended_at=None, until__gt=now)
    return list(rows.order_by().values_list("owner", flat=True).distinct())


def _draft(kind: str, basis: PictureBasis, person: Person, at: datetime) -> Draft:
    return Draft(kind, to_ms(at), person.ref, basis.owner.ref, about=basis.ref)
