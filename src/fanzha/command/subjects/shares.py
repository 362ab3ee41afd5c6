"""Share a subject with named organisations for a purpose, ask them about it, and end shares; each is logged.

The receiver's verdict is recomputed from what it can now read, and again when the share ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import get_organization
from fanzha.command.processes.selectors import to_actor
from fanzha.command.processes.services import create_notification
from fanzha.command.subjects.canonical import mask_value
from fanzha.command.subjects.digest_tables import SHARES
from fanzha.command.subjects.models import Share, Subject
from fanzha.command.subjects.registry import lock_subjects
from fanzha.command.subjects.verdicts import SubjectOwner, refresh_verdicts
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


_UNSCOPED = unscoped("shares of the viewer's own organisation")

SHARED, ENDED = "share", "share_ended"
_MIN_PURPOSE_LENGTH = 4


@dataclass(frozen=True)
class ShareDraft:
    """Purpose, end (None: until ended by hand) and question ("": none) of a share."""

    purpose: str
    until: datetime | None = None
    question: str = ""


def create_shares(
    subject: Subject, receivers: Iterable[Organization], draft: ShareDraft, viewer: Viewer, at: datetime
) -> None:
    """Share a subject with organisations, and ask them if there is a question. Raise Refusal."""
    other_receivers = [receiver for receiver in receivers if receiver.pk != viewer.organization]
    _check_share(other_receivers, draft, at)
    actor, purpose = to_actor(viewer), mask_numbers(draft.purpose.strip())[:200]
    with recorded() as log:
        lock_subjects([subject.pk])
        for receiver in other_receivers:
            share, _ = _UNSCOPED.rows(Share).update_or_create(
                subject=subject,
                owner_id=viewer.organization,
                receiver=receiver,
                process="",
                ended_at=None,
                defaults={
                    "purpose": purpose,
                    "until": draft.until,
                    "shared_by_id": viewer.person,
                    "shared_at": at,
                },
            )
            log.digest(SHARES.model, [share.pk])
            _notify_receiver(subject, receiver, draft, viewer, at)
            facts = {"receiver": receiver.ref, "purpose": purpose, "asked": bool(draft.question)}
            log.add(Draft(SHARED, to_ms(at), actor.person, actor.organization, about=subject.ref, facts=facts))
        refresh_verdicts({SubjectOwner(subject.pk, receiver.pk) for receiver in other_receivers}, at, and_others=False)


def end_share(row: Share, viewer: Viewer, at: datetime) -> None:
    """End a share. Raise Refusal if a process made it or it has ended."""
    if row.owner_id != viewer.organization or row.process:
        raise Refusal(Reason.ROLE, Words("不能在此结束该共享", "You cannot stop this sharing here"))
    actor = to_actor(viewer)
    with recorded() as log:
        lock_subjects([row.subject_id])
        if not _UNSCOPED.rows(Share).filter(pk=row.pk, ended_at=None).update(ended_at=at):
            raise Refusal(Reason.STATE, Words("该共享已结束", "this share has ended"))
        log.digest(SHARES.model, [row.pk])
        refresh_verdicts({SubjectOwner(row.subject_id, row.receiver_id)}, at, and_others=False)
        facts = {"receiver": row.receiver.ref}
        log.add(Draft(ENDED, to_ms(at), actor.person, actor.organization, about=row.subject.ref, facts=facts))


def _check_share(receivers: list[Organization], draft: ShareDraft, at: datetime) -> None:
    faults: dict[str, Words] = {}
    if not receivers:
        faults["receivers"] = Words("请选择单位", "say with whom")
    if len(draft.purpose.strip()) < _MIN_PURPOSE_LENGTH:
        faults["purpose"] = Words("请写明用途", "say what for")
    if draft.until is not None and draft.until <= at:
        faults["until"] = Words("须晚于现在", "must lie ahead")
    if faults:
        raise Refusal(Reason.EVIDENCE, Words("信息不全", "Something is missing"), fields=faults)


def _notify_receiver(subject: Subject, receiver: Organization, draft: ShareDraft, viewer: Viewer, at: datetime) -> None:
    owner = get_organization(viewer.organization)
    masked, question = mask_value(subject.kind, subject.value, subject.shown), mask_numbers(draft.question.strip())
    quoted_question = f" “{question}”" if question else ""
    verb = Words("询问", "asks about") if question else Words("共享了", "shares")
    words = Words(
        f"{owner.name_zh}{verb.zh}{masked}（{subject.ref}）{quoted_question}",
        f"{owner.name_en} {verb.en} {masked} ({subject.ref}){quoted_question}",
    )
    create_notification(receiver.pk, words, key=digest("share", subject.ref, owner.ref, receiver.ref, to_ms(at)), at=at)
