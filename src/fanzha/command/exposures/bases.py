"""The basis on which a source is read: entered by one person, confirmed by another, withdrawn by either.

Logs of names that customers asked for, and texts that they received, are read on no other ground (PIPL Art. 13, ATF
Art. 34). A basis names its document, source, purpose, time and the largest number of people who may be found.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.exposures import log_files
from fanzha.command.exposures.models import (
    BasisKind,
    Exposure,
    ExposureBasis,
    ExposureFile,
    FileState,
    SourceKind,
)
from fanzha.command.web.roles import Kind, Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person

_UNSCOPED = unscoped("a basis is changed for its owner and read by the worker")

#: Kinds of organisations that hold such logs, who declares a basis, hands files in, reads what was found, and warns.
OWNERS = (Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.AGGREGATOR, Kind.PLATFORM, Kind.CENTRE, Kind.POLICE)
BASIS_ROLES = (Role.PRIVACY_OFFICER, Role.LIAISON)
FILE_ROLES = (Role.ANALYST, Role.CLERK)
WARNING_ROLES = (Role.ANALYST, Role.DUTY_OFFICER)
READERS = (*WARNING_ROLES, Role.CLERK, Role.REVIEWER, *BASIS_ROLES)

MAX_SPAN = timedelta(days=366)
MOST_DAYS = 90
MOST_PEOPLE = 1_000_000
_SHA256 = re.compile(r"[0-9a-f]{64}")

NOT_A_DIGEST = Words(
    "须为文件的 SHA-256（64 位十六进制数）", "must be the SHA-256 of the document, 64 hexadecimal digits"
)
NOT_A_SPAN = Words(
    "须晚于开始时间和现在，期限不超过一年，且两年内到期",
    "must be after the beginning and after now, at most a year long and over within two years",
)
NOT_DAYS = Words(f"须为 1 至 {MOST_DAYS} 天", f"must be 1 to {MOST_DAYS} days")
NOT_PEOPLE = Words(f"须为 1 至 {MOST_PEOPLE:,} 人", f"must be 1 to {MOST_PEOPLE:,} people")
IS_EMPTY = Words("请填写", "enter it")
OTHER_PERSON = Words("须由登记人以外的人确认", "somebody other than who entered it must confirm it")
NO_CHANGE = Words("已确认、已撤回或已到期", "it was confirmed, was withdrawn or has expired")
HAS_ENDED = Words("已撤回", "it was withdrawn")
SHORTEST_PURPOSE = 4
SHORT_PURPOSE = Words("请写明用途", "say what for")
#: Why a basis allows no reading.
NO_BASIS = Words("没有这一依据", "there is no such basis")
NOT_CONFIRMED = Words("依据尚未由第二人确认", "no second person has confirmed the basis")
NOT_YET = Words("依据尚未生效", "the basis does not apply yet")
EXPIRED = Words("依据已到期", "the basis has expired")
WITHDRAWN = Words("依据已撤回", "the basis was withdrawn")


class BasisDraft(NamedTuple):
    """What a basis says; the fields are those of `ExposureBasis`."""

    kind: str
    document: str
    document_sha256: str
    source: str
    source_kind: str
    purpose: str
    valid_from: datetime
    valid_until: datetime
    look_back_days: int
    keep_days: int
    most_people: int
    is_automatic: bool = False


def enter_basis(owner: Organization, draft: BasisDraft, person: Person) -> ExposureBasis:
    """Enter a basis; nothing is read on it until somebody else confirms it. Raise Refusal naming the fields."""
    now = timezone.now()
    if wrong := _find_errors(draft, now):
        raise Refusal(Reason.EVIDENCE, next(iter(wrong.values())), fields=wrong)
    with recorded() as log:
        basis = _UNSCOPED.rows(ExposureBasis).create(owner=owner, **draft._asdict(), entered_by=person, entered_at=now)
        facts = {"kind": basis.kind, "source": basis.source_kind, "sha256": basis.document_sha256}
        log.add(_draft("exposure_basis_entered", basis, person, now, facts | {"most_people": basis.most_people}))
    return basis


def confirm_basis(basis: ExposureBasis, person: Person) -> None:
    """Confirm a basis as the second person. Raise Refusal."""
    if basis.entered_by_id == person.pk:
        raise Refusal(Reason.SAME_PERSON, OTHER_PERSON)
    now = timezone.now()
    with recorded() as log:
        rows = _UNSCOPED.rows(ExposureBasis).filter(
            pk=basis.pk, confirmed_at=None, withdrawn_at=None, valid_until__gt=now
        )
        if not rows.update(confirmed_by=person, confirmed_at=now):
            raise Refusal(Reason.STATE, NO_CHANGE)
        log.add(_draft("exposure_basis_confirmed", basis, person, now, {}))


def withdraw_basis(basis: ExposureBasis, person: Person) -> None:
    """Withdraw a basis: what was found on it is deleted, and files that wait or are being read are not read on.

    Raise Refusal if it was withdrawn before. Warnings that wait are cancelled by the next look at them.
    """
    now = timezone.now()
    with recorded() as log:
        rows = _UNSCOPED.rows(ExposureBasis).filter(pk=basis.pk, withdrawn_at=None)
        if not rows.update(withdrawn_at=now, withdrawn_by=person):
            raise Refusal(Reason.STATE, HAS_ENDED)
        deleted, _models = _UNSCOPED.rows(Exposure).filter(basis=basis).delete()
        waiting = _UNSCOPED.rows(ExposureFile).filter(basis=basis, state=FileState.WAITING)
        refs = list(waiting.values_list("ref", flat=True))
        waiting.update(state=FileState.STOPPED, ended_at=now, problem_zh=WITHDRAWN.zh, problem_en=WITHDRAWN.en)
        log.add(_draft("exposure_basis_withdrawn", basis, person, now, {"exposures": deleted, "files": len(refs)}))
    for ref in refs:
        log_files.delete_log(ref)


def find_obstacle(basis: ExposureBasis | None, now: datetime) -> Words | None:
    """Return why nothing may be read on a basis now, None if it may."""
    if basis is None:
        return NO_BASIS
    for holds, words in (
        (basis.withdrawn_at is not None, WITHDRAWN),
        (basis.confirmed_at is None, NOT_CONFIRMED),
        (basis.valid_from > now, NOT_YET),
        (basis.valid_until <= now, EXPIRED),
    ):
        if holds:
            return words
    return None


def _find_errors(draft: BasisDraft, now: datetime) -> dict[str, Words]:
    days = (("look_back_days", draft.look_back_days), ("keep_days", draft.keep_days))
    return {
        **{name: IS_EMPTY for name in ("document", "source", "purpose") if not getattr(draft, name).strip()},
        **({} if draft.kind in BasisKind.values else {"kind": IS_EMPTY}),
        **({} if draft.source_kind in SourceKind.values else {"source_kind": IS_EMPTY}),
        **({} if _SHA256.fullmatch(draft.document_sha256) else {"document_sha256": NOT_A_DIGEST}),
        **(
            {}
            if max(draft.valid_from, now) < draft.valid_until <= now + 2 * MAX_SPAN
            and draft.valid_until - draft.valid_from <= MAX_SPAN
            else {"valid_until": NOT_A_SPAN}
        ),
        **{name: NOT_DAYS for name, value in days if not 1 <= value <= MOST_DAYS},
        **({} if 1 <= draft.most_people <= MOST_PEOPLE else {"most_people": NOT_PEOPLE}),
    }


def _draft(kind: str, basis: ExposureBasis, person: Person, at: datetime, facts: dict[str, object]) -> Draft:
    return Draft(kind, to_ms(at), person.ref, basis.owner.ref, about=basis.ref, facts=facts)
