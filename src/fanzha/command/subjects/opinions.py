"""Give, withdraw and undo an organisation's opinions on subjects; log each and recompute verdicts at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from fanzha.base.clock import to_ms
from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.opinion import Opinion
from fanzha.claims.verdict import FOREVER, Level
from fanzha.command.audit.services import Recorder, recorded
from fanzha.command.organizations.selectors import get_actor_ref, get_organization
from fanzha.command.subjects.digest_tables import OPINIONS
from fanzha.command.subjects.models import OpinionRow, Presence, Subject
from fanzha.command.subjects.registry import lock_subjects
from fanzha.command.subjects.subject_roles import VICTIM_WORDS, find_victims
from fanzha.command.subjects.verdicts import SubjectOwner, refresh_verdicts
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


_UNSCOPED = unscoped("opinions of the viewer's own organisation, locked for update")

GIVEN, WITHDRAWN = "opinion", "opinion_withdrawn"


@dataclass(frozen=True)
class OpinionDraft:
    """The content of an opinion without its author: level, scope, end and reason."""

    level: Level
    score: float | None = None
    fraud_type: str = ""
    until: datetime | None = None
    direction: str = ""
    service: str = ""
    ingress: str = ""
    reason: Words = Words("", "")
    marking: Marking = Marking.AMBER
    simulated: bool = False


def give_opinions(subjects: Sequence[Subject], draft: OpinionDraft, viewer: Viewer, at: datetime) -> list[OpinionRow]:
    """Give one opinion on each subject; it replaces the organisation's earlier opinion in that scope.

    Raise Refusal for an invalid opinion, and for a suspicion of a victim who is nothing else.
    """
    if draft.level is not Level.CLEAR and find_victims([subject.thing for subject in subjects]).only:
        raise Refusal(Reason.EVIDENCE, VICTIM_WORDS)
    owner = get_organization(viewer.organization)
    with recorded() as log:
        lock_subjects(subject.pk for subject in subjects)
        rows = [_build_row(subject, draft, owner, viewer, at) for subject in subjects]
        previous = _UNSCOPED.rows(OpinionRow).filter(
            OpinionRow.standing(),
            owner=owner,
            subject__in=subjects,
            decision=False,
            direction=draft.direction,
            service=draft.service,
            ingress=draft.ingress,
        )
        log.digest(OPINIONS.model, list(previous.values_list("pk", flat=True)))
        previous.update(superseded_at=at)
        log.digest(OPINIONS.model, [row.pk for row in _UNSCOPED.rows(OpinionRow).bulk_create(rows)])
        _ensure_presence(subjects, owner, draft.marking, at)
        refresh_verdicts({SubjectOwner(subject.pk, owner.pk) for subject in subjects}, at)
        _log_opinions(log, GIVEN, rows, owner, viewer, at)
    return rows


def retract_opinion(row: OpinionRow, why: str, viewer: Viewer, at: datetime) -> None:
    """Withdraw an opinion of the viewer's organisation. Raise Refusal if it is not in force or is a decision."""
    if row.owner_id != viewer.organization:
        raise Refusal(
            Reason.ROLE,
            Words("只有提出意见的单位可以撤回", "Only the organisation that gave an opinion can withdraw it"),
        )
    if row.decision:
        raise Refusal(
            Reason.STATE, Words("决定须在其流程中撤回", "A decision can only be withdrawn in its own process")
        )
    with recorded() as log:
        lock_subjects([row.subject_id])
        if not _standing_opinions([row.pk]).update(withdrawn_at=at, withdrawn_why=why[:300]):
            raise Refusal(Reason.STATE, Words("该意见已不再有效", "This opinion is no longer valid"))
        log.digest(OPINIONS.model, [row.pk])
        refresh_verdicts({SubjectOwner(row.subject_id, row.owner_id)}, at)
        _log_opinions(log, WITHDRAWN, [row], get_organization(row.owner_id), viewer, at)


def lock_opinion_subjects(given_at: Collection[datetime], viewer: Viewer) -> None:
    """Lock the subjects on which the viewer's organisation gave opinions at some times."""
    rows = _UNSCOPED.rows(OpinionRow).filter(owner=viewer.organization, given_at__in=given_at)
    lock_subjects(rows.values_list("subject", flat=True))


def undo_opinions(given_at: datetime, viewer: Viewer, why: str, at: datetime) -> int:
    """Undo the opinions an organisation gave at one time: withdraw them and restore those they replaced."""
    owner = get_organization(viewer.organization)
    own_opinions = _UNSCOPED.rows(OpinionRow).filter(owner=owner, decision=False)
    with recorded() as log:
        lock_subjects(own_opinions.filter(given_at=given_at).values_list("subject", flat=True))
        rows = list(own_opinions.filter(OpinionRow.standing(), given_at=given_at).select_related("subject"))
        _standing_opinions([row.pk for row in rows]).update(withdrawn_at=at, withdrawn_why=why[:300])
        subject_pks = {row.subject_id for row in rows}
        replaced = own_opinions.filter(subject__in=subject_pks, superseded_at=given_at, withdrawn_at=None)
        log.digest(OPINIONS.model, [*(row.pk for row in rows), *replaced.values_list("pk", flat=True)])
        replaced.update(superseded_at=None)
        refresh_verdicts({SubjectOwner(subject_pk, owner.pk) for subject_pk in subject_pks}, at)
        _log_opinions(log, WITHDRAWN, rows, owner, viewer, at)
    return len(rows)


def _standing_opinions(keys: Sequence[int]) -> QuerySet[OpinionRow]:
    return _UNSCOPED.rows(OpinionRow).filter(OpinionRow.standing(), pk__in=keys)


def build_opinion_row(
    subject: Subject,
    draft: OpinionDraft,
    owner: Organization,
    at: datetime,
    *,
    way: str = "",
    person: int | None = None,
) -> OpinionRow:
    """Return the row of an opinion, not stored. Raise ValueError if it ends before it begins or has no score of 0–1.

    `way` is the ref of the feed or collection that delivered it, "" for an opinion of a person.
    """
    opinion = Opinion(
        organization=owner.ref,
        subject_kind=subject.kind,
        subject=subject.value,
        level=draft.level,
        given_at=to_ms(at),
        until=FOREVER if draft.until is None else to_ms(draft.until),
        score=draft.score,
        fraud_type=draft.fraud_type,
        holder_from=to_ms(subject.holder_from) if subject.holder_from else None,
        direction=draft.direction,
        service=draft.service,
        ingress=draft.ingress,
        reason_zh=draft.reason.zh,
        reason_en=draft.reason.en,
        simulated=draft.simulated,
    )
    return OpinionRow(
        opinion_id=opinion.opinion_id,
        subject=subject,
        owner=owner,
        process=way,
        marking=draft.marking.value,
        level=draft.level.value,
        score=draft.score,
        fraud_type=draft.fraud_type,
        given_at=at,
        until=draft.until,
        direction=draft.direction,
        service=draft.service,
        ingress=draft.ingress,
        reason_zh=draft.reason.zh[:500],
        reason_en=draft.reason.en[:500],
        simulated=draft.simulated,
        person_id=person,
    )


def _build_row(subject: Subject, draft: OpinionDraft, owner: Organization, viewer: Viewer, at: datetime) -> OpinionRow:
    try:
        return build_opinion_row(subject, draft, owner, at, person=viewer.person)
    except ValueError as error:
        words = Words("意见的截止时间须晚于现在，评分须在 0 与 1 之间", str(error))
        raise Refusal(Reason.EVIDENCE, words) from None


def _ensure_presence(subjects: Iterable[Subject], owner: Organization, marking: Marking, at: datetime) -> None:
    """Insert presence rows, so that readers under this marking find the subjects."""
    _UNSCOPED.rows(Presence).bulk_create(
        [
            Presence(subject=subject, owner=owner, marking=marking.value, first_at=at, last_at=at)
            for subject in subjects
        ],
        ignore_conflicts=True,
    )


def _log_opinions(
    log: Recorder, kind: str, rows: Iterable[OpinionRow], owner: Organization, viewer: Viewer, at: datetime
) -> None:
    actor = get_actor_ref(viewer, owner.ref)
    log.extend(
        Draft(
            kind=kind,
            at=to_ms(at),
            actor=actor,
            organization=owner.ref,
            about=row.subject.ref,
            facts={"opinion": row.opinion_id, "level": row.level, "fraud_type": row.fraud_type},
        )
        for row in rows
    )
