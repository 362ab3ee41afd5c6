"""Record decisions of processes as binding opinions on subjects, and withdraw them.

Fusion weighs a decision like other opinions, and it outranks all earlier evidence (`fanzha.claims.fusion`). It counts
in the verdicts of each organisation that may read it: on pages, in exports, and in the snapshot of this site's screens
if their operator may read it. Orders reach screens that must apply them by `orders.screen_delivery`, not by this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.command.audit.services import recorded
from fanzha.command.subjects.digest_tables import OPINIONS
from fanzha.command.subjects.models import OpinionRow, Presence
from fanzha.command.subjects.registry import lock_subjects
from fanzha.command.subjects.verdicts import SubjectOwner, refresh_verdicts
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("decisions bind whoever may read the process that made them")


@dataclass(frozen=True)
class DecisionDraft:
    """The content of a decision: level, reason, codes of law, treatment of calls (None: none), end (None: open).

    The process that made it gives owner, marking and ref.
    """

    level: Level
    reason: str
    law: Iterable[str]
    treatment: Treatment | None = None
    until: datetime | None = None


def record_decision(instance: ProcessInstance, subject_pks: Sequence[int], draft: DecisionDraft, now: datetime) -> None:
    """Record the decision of a process on subjects (primary keys), or update its end. The call is idempotent."""
    names = [digest("decision", instance.ref, subject_pk) for subject_pk in subject_pks]
    with recorded() as log:
        lock_subjects(subject_pks)
        standing = _UNSCOPED.rows(OpinionRow).filter(opinion_id__in=names, withdrawn_at=None, until=draft.until)
        changed = sorted(set(subject_pks) - set(standing.values_list("subject", flat=True)))
        if not changed:
            return
        _UNSCOPED.rows(OpinionRow).bulk_create(
            [_build_row(instance, subject_pk, draft, now) for subject_pk in changed],
            update_conflicts=True,
            unique_fields=["opinion_id"],
            update_fields=["until", "withdrawn_at"],
        )
        decisions = _UNSCOPED.rows(OpinionRow).filter(opinion_id__in=names, subject__in=changed)
        log.digest(OPINIONS.model, decisions.values_list("pk", flat=True))
        _UNSCOPED.rows(Presence).bulk_create(
            [
                Presence(
                    subject_id=subject_pk, owner=instance.owner, marking=instance.marking, first_at=now, last_at=now
                )
                for subject_pk in changed
            ],
            ignore_conflicts=True,
        )
        refresh_verdicts([SubjectOwner(subject_pk, instance.owner_id) for subject_pk in changed], now)
        log.add(_log_entry("decision_published", instance, len(changed), now))


def withdraw_decision(
    instance: ProcessInstance, why: str, now: datetime, only: Collection[int] | None = None
) -> list[int]:
    """Withdraw the decision of a process on its subjects, or on those in `only`; return these (primary keys)."""
    rows = _UNSCOPED.rows(OpinionRow).filter(process=instance.ref, decision=True, withdrawn_at=None)
    rows = rows if only is None else rows.filter(subject__in=only)
    with recorded() as log:
        subject_by_pk = dict(rows.values_list("pk", "subject"))
        subject_pks = list(subject_by_pk.values())
        if not subject_pks:
            return []
        log.digest(OPINIONS.model, subject_by_pk)
        rows.update(withdrawn_at=now, withdrawn_why=why[:300])
        refresh_verdicts([SubjectOwner(subject_pk, instance.owner_id) for subject_pk in subject_pks], now)
        log.add(_log_entry("decision_withdrawn", instance, len(subject_pks), now))
    return subject_pks


def _build_row(instance: ProcessInstance, subject_pk: int, draft: DecisionDraft, now: datetime) -> OpinionRow:
    reason = Words.parse(draft.reason)
    return OpinionRow(
        opinion_id=digest("decision", instance.ref, subject_pk),
        subject_id=subject_pk,
        owner=instance.owner,
        marking=instance.marking,
        level=draft.level.value,
        decision=True,
        treatment=draft.treatment.value if draft.treatment else "",
        given_at=now,
        until=draft.until,
        reason_zh=reason.zh[:500],
        reason_en=reason.en[:500],
        basis=", ".join(draft.law)[:300],
        simulated=instance.simulated,
        process=instance.ref,
    )


def _log_entry(kind: str, instance: ProcessInstance, count: int, now: datetime) -> Draft:
    return Draft(
        kind=kind,
        at=to_ms(now),
        actor="",
        organization=instance.owner.ref,
        process=instance.ref,
        facts={"subjects": count},
    )
