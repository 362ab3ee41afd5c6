"""Effects of process steps on subjects: police case status, shares with those who have to act, warnings to victims."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.words import Words
from fanzha.claims.verdict import CaseStatus
from fanzha.command.audit.selectors import DigestTable
from fanzha.command.audit.services import recorded
from fanzha.command.processes.selectors import find_instances, find_steps
from fanzha.command.processes.services import EffectHandler, notify, receiving_organizations
from fanzha.command.subjects.automatic_warnings import warn_automatically
from fanzha.command.subjects.digest_tables import CASES, SHARES
from fanzha.command.subjects.models import OpinionRow, PoliceCase, Presence, Share, Subject
from fanzha.command.subjects.process_subjects import select_process_subjects
from fanzha.command.subjects.registry import lock_subjects
from fanzha.command.subjects.subject_publication import queue_publication, screen_operator
from fanzha.command.subjects.verdicts import SubjectOwner, refresh_verdicts
from fanzha.command.subjects.victim_warnings import send_warning
from fanzha.command.subjects.warning_outcomes import record_outcomes
from fanzha.command.web.scoping import unscoped
from fanzha.processes.effects import Effect
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.processes.models import OutboxItem

_UNSCOPED = unscoped("effects of a process are written for its owner and receivers")


def set_case_status(item: OutboxItem) -> None:
    """Set the police case status of the subjects until the case ends; extend it if the end moved."""
    instance, now = item.instance, timezone.now()
    subjects = select_process_subjects(instance, now)
    for subject in subjects:
        case, _ = _UNSCOPED.rows(PoliceCase).update_or_create(
            subject=subject,
            owner=instance.owner,
            reference=_case_reference(item),
            defaults={
                "marking": instance.marking,
                "status": CaseStatus.CONFIRMED.value,
                "until": _end_time(item, "status_ends_at"),
                "process": instance.ref,
            },
            create_defaults={
                "marking": instance.marking,
                "status": CaseStatus.CONFIRMED.value,
                "at": now,
                "until": _end_time(item, "status_ends_at"),
                "process": instance.ref,
            },
        )
        _digest(CASES, [case.pk])
        _UNSCOPED.rows(Presence).get_or_create(
            subject=subject,
            owner=instance.owner,
            marking=instance.marking,
            defaults={"first_at": now, "last_at": now},
        )
    _record_change(item, "case_status", subjects, now)


def clear_case_status(item: OutboxItem) -> None:
    """Clear the status: withdrawn if the police released it, else expired."""
    instance, now = item.instance, timezone.now()
    rows = _UNSCOPED.rows(PoliceCase).filter(process=instance.ref, status=CaseStatus.CONFIRMED.value)
    subjects = list(_UNSCOPED.rows(Subject).filter(cases__in=rows).distinct())
    keys = list(rows.values_list("pk", flat=True))
    if item.payload.get("event") == "release":
        rows.update(status=CaseStatus.WITHDRAWN.value, at=now, until=None)
    else:
        rows.filter(until=None).update(until=now)
        rows.filter(until__gt=now).update(until=now)
    _digest(CASES, keys)
    _record_change(item, "case_status_cleared", subjects, now)
    _request_review(item, subjects, now)


def share_subjects(item: OutboxItem) -> None:
    """Share the subjects with the receivers while the decision or the status is in force."""
    instance, now = item.instance, timezone.now()
    subjects, until = (
        select_process_subjects(instance, now),
        _end_time(item, "valid_until") or _end_time(item, "status_ends_at"),
    )
    receivers = receiving_organizations(item)
    lock_subjects(subject.pk for subject in subjects)
    for subject in subjects:
        for receiver in receivers:
            share, _ = _UNSCOPED.rows(Share).update_or_create(
                subject=subject,
                owner=instance.owner,
                receiver=receiver,
                process=instance.ref,
                ended_at=None,
                defaults={"until": until},
                create_defaults={
                    "purpose": (instance.title or instance.process)[:200],
                    "basis": ", ".join(instance.version.process.events[item.payload["event"]].basis)[:200],
                    "shared_at": now,
                    "until": until,
                },
            )
            _digest(SHARES, [share.pk])
    refresh_verdicts(
        {SubjectOwner(subject.pk, receiver.pk) for subject in subjects for receiver in receivers}, now, and_others=False
    )
    _record_change(item, "share", subjects, now)


def retract_share(item: OutboxItem) -> None:
    """End the shares made by the process; other shares stay."""
    now = timezone.now()
    rows = _UNSCOPED.rows(Share).filter(process=item.instance.ref, ended_at=None)
    pairs = {SubjectOwner(*row) for row in rows.values_list("subject", "receiver")}
    subjects = list(_UNSCOPED.rows(Subject).filter(pk__in={pair.subject_pk for pair in pairs}))
    lock_subjects(pair.subject_pk for pair in pairs)
    keys = list(rows.values_list("pk", flat=True))
    rows.update(ended_at=now)
    _digest(SHARES, keys)
    refresh_verdicts(pairs, now, and_others=False)
    _record_change(item, "share_retracted", subjects, now)


EFFECTS = {
    Effect.SET_CASE_STATUS: EffectHandler(set_case_status),
    Effect.CLEAR_CASE_STATUS: EffectHandler(clear_case_status),
    Effect.SHARE: EffectHandler(share_subjects),
    Effect.RETRACT_SHARE: EffectHandler(retract_share),
    Effect.WARN_BY_TEXT: EffectHandler(partial(send_warning, "text"), sends=True),
    Effect.WARN_BY_FLASH_SMS: EffectHandler(partial(send_warning, "flash_sms"), sends=True),
    Effect.WARN_BY_VOICE: EffectHandler(partial(send_warning, "voice"), sends=True),
    Effect.WARN_BY_EMAIL: EffectHandler(partial(send_warning, "email"), sends=True),
    Effect.WARN_BY_APP: EffectHandler(partial(send_warning, "app"), sends=True),
}


def _digest(table: DigestTable, keys: Iterable[int]) -> None:
    """Put rows on record in the state that they have at the end of the transaction."""
    with recorded() as log:
        log.digest(table.model, keys)


def _request_review(item: OutboxItem, subjects: Iterable[Subject], now: datetime) -> None:
    """Ask each organisation that limits a subject to review the limit, because a police case ended (ATF Art. 32)."""
    lasts = Q(until=None) | Q(until__gt=now)
    limits = _UNSCOPED.rows(OpinionRow).filter(OpinionRow.standing(), lasts, subject__in=subjects, decision=True)
    words = Words(
        "涉案状态已解除或到期，请立即复核此项限制", "The police case has ended. Review this restriction at once"
    )
    refs = limits.exclude(process="").values("process")
    for limiting in find_instances(_UNSCOPED).filter(ref__in=refs).select_related("owner"):
        notify(item, [limiting.owner], words, urgent=True, key=f"{item.key}:{limiting.ref}", instance=limiting)


def _case_reference(item: OutboxItem) -> str:
    """Return the case number from the latest step that names one, else the ref of the process."""
    steps = find_steps(_UNSCOPED).filter(instance=item.instance, leg="").order_by("-number")
    numbers = (str(step.evidence.get("case_number", "")) for step in steps)
    return next(filter(None, numbers), item.instance.ref)[:80]


def _end_time(item: OutboxItem, name: str) -> datetime | None:
    end = item.instance.situation.get("facts", {}).get(name)
    return from_ms(end) if isinstance(end, int) else None


def _record_change(item: OutboxItem, kind: str, subjects: Iterable[Subject], now: datetime) -> None:
    """Log the change and queue it for the screens."""
    subjects = list(subjects)
    with recorded() as log:
        log.extend(
            Draft(
                kind=kind,
                at=to_ms(now),
                actor="",
                organization=item.instance.owner.ref,
                process=item.instance.ref,
                about=subject.ref,
            )
            for subject in subjects
        )
        if screen_operator() is not None:
            queue_publication(subject.pk for subject in subjects)


#: What the sender of warnings reports becomes steps; findings of victims become warnings where the settings say so.
POLLS = (record_outcomes, warn_automatically)
