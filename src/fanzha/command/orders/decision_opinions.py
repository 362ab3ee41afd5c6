"""Record decisions of processes as binding opinions on their subjects, for subject pages and verdicts.

The decisions of an order that screens enforce are also in the decision store (`screen_decisions`): its entries are per
leg and appear only where a receiver uses the screens, while opinions are per subject.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.ids import digest
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.command.audit.services import recorded
from fanzha.command.orders.order_summary import OrderSummary
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.subjects.canonical import canonicalize
from fanzha.command.subjects.models import OpinionRow, Presence
from fanzha.command.subjects.registry import get_or_create_subjects, lock_subjects
from fanzha.command.subjects.verdicts import SubjectOwner, refresh_verdicts
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import TREATMENTS, Action
from fanzha.processes.log.entry import Draft

_UNSCOPED = unscoped("decisions bind whoever may read the order")


def record_order_opinions(instance: ProcessInstance, summary: OrderSummary, now: datetime) -> None:
    """Record the decision on each target of an order, or update its end."""
    values = [(canonicalize(target.kind, target.value), now, None) for target in summary.targets]
    keys = get_or_create_subjects(values, now)
    treatment = _treatment(summary.action)
    level = Level.CLEAR if treatment is Treatment.ALLOW else Level.SUSPECTED
    _record(instance, keys, level, treatment, summary.reason.zh, summary.law, from_ms(summary.until), now)


def record_process_opinions(
    instance: ProcessInstance, subjects: Sequence[int], law: Iterable[str], now: datetime
) -> None:
    """Record the decision of another process on its subjects (primary keys): suspected, without a treatment."""
    _record(instance, subjects, Level.SUSPECTED, None, instance.title, law, None, now)


def withdraw_opinions(instance: ProcessInstance, why: str, now: datetime) -> list[int]:
    """Withdraw the opinions of a process; return their subjects (primary keys)."""
    rows = _UNSCOPED.rows(OpinionRow).filter(process=instance.ref, decision=True, withdrawn_at=None)
    with recorded() as log:
        keys = list(rows.values_list("subject", flat=True))
        if not keys:
            return []
        rows.update(withdrawn_at=now, withdrawn_why=why[:300])
        refresh_verdicts([SubjectOwner(key, instance.owner_id) for key in keys], now)
        log.add(_log_entry("decision_withdrawn", instance, len(keys), now))
    return keys


def _record(
    instance: ProcessInstance,
    subjects: Sequence[int],
    level: Level,
    treatment: Treatment | None,
    reason: str,
    law: Iterable[str],
    until: datetime | None,
    now: datetime,
) -> None:
    names = [digest("decision", instance.ref, key) for key in subjects]
    with recorded() as log:
        lock_subjects(subjects)
        standing = _UNSCOPED.rows(OpinionRow).filter(opinion_id__in=names, withdrawn_at=None, until=until)
        subjects = sorted(set(subjects) - set(standing.values_list("subject", flat=True)))
        if not subjects:
            return
        _UNSCOPED.rows(OpinionRow).bulk_create(
            [
                OpinionRow(
                    opinion_id=digest("decision", instance.ref, key),
                    subject_id=key,
                    owner=instance.owner,
                    marking=instance.marking,
                    level=level.value,
                    decision=True,
                    treatment=treatment.value if treatment else "",
                    given_at=now,
                    until=until,
                    reason_zh=reason[:500],
                    reason_en=reason[:500],
                    basis=", ".join(law)[:300],
                    simulated=instance.simulated,
                    process=instance.ref,
                )
                for key in subjects
            ],
            update_conflicts=True,
            unique_fields=["opinion_id"],
            update_fields=["until", "withdrawn_at"],
        )
        _UNSCOPED.rows(Presence).bulk_create(
            [
                Presence(subject_id=key, owner=instance.owner, marking=instance.marking, first_at=now, last_at=now)
                for key in subjects
            ],
            ignore_conflicts=True,
        )
        refresh_verdicts([SubjectOwner(key, instance.owner_id) for key in subjects], now)
        log.add(_log_entry("decision_published", instance, len(subjects), now))


def _log_entry(kind: str, instance: ProcessInstance, subjects: int, now: datetime) -> Draft:
    return Draft(
        kind=kind,
        at=to_ms(now),
        actor="",
        organisation=instance.owner.ref,
        process=instance.ref,
        facts={"subjects": subjects},
    )


def _treatment(action: Action) -> Treatment | None:
    """Return the call treatment of an action, None if it treats no calls."""
    if action in TREATMENTS:
        return Treatment(action.value)
    return Treatment.REFUSE if action is Action.LIMIT_OUTGOING else None
