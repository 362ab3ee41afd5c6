"""Write the notices of limited things when a process limits them, and end them when the limit ends."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import F, QuerySet
from django.utils import timezone

from fanzha.base.clock import from_ms
from fanzha.base.errors import Malformed
from fanzha.base.ids import digest
from fanzha.command.notices.models import AppealOutcome, DeliveryRoute, LimitAppeal, LimitNotice, NoticeState
from fanzha.command.notices.notice_codes import (
    hash_notice_code,
    hash_proof,
    make_notice_code,
    make_pin,
    value_proof,
)
from fanzha.command.notices.routes import first_route
from fanzha.command.orders.selectors import (
    APPEAL_PROCESS,
    PROCESS,
    appealed_places,
    find_order,
    find_ordered_targets,
)
from fanzha.command.processes.services import queue_effect
from fanzha.command.subjects.selectors import mask_value
from fanzha.command.subjects.services import select_process_subjects
from fanzha.command.web.scoping import unscoped
from fanzha.processes.effects import Effect

if TYPE_CHECKING:
    from fanzha.command.processes.models import OutboxItem, ProcessInstance, SubjectNotice
    from fanzha.processes.process import Event
    from fanzha.processes.situation import Change

_UNSCOPED = unscoped("notices are written for the holders of limited things, whoever decided")
WITHDRAWAL, HIGHER = "withdraw_appeal", "appeal_to_regulator"


class LimitedThing(NamedTuple):
    """What a process limits: the number of a target (0: the only thing of a process), kind and value."""

    place: int
    kind: str
    value: str


def find_things(instance: ProcessInstance, *, is_limited: bool = True) -> list[LimitedThing]:
    """Return what a process limits now, or all that it limits or limited.

    A mirrored process may name nothing that can be read.
    """
    if instance.process == PROCESS:
        return [LimitedThing(*target[:3]) for target in find_ordered_targets(instance, is_active=is_limited)]
    try:
        subjects = select_process_subjects(instance, timezone.now())
    except Malformed:
        subjects = []
    if len(subjects) < 2:
        return [LimitedThing(0, subject.kind, subject.value) for subject in subjects] or [LimitedThing(0, "", "")]
    return [LimitedThing(place, subject.kind, subject.value) for place, subject in enumerate(subjects, 1)]


def write_notices(item: OutboxItem, notice: SubjectNotice) -> None:
    """Write one notice for each thing that a process limits, and queue its text; a renewal is told again."""
    for thing in find_things(item.instance):
        row = _write_notice(item.instance, notice, thing)
        if row.route == DeliveryRoute.TEXT and row.state == NoticeState.WAITING:
            queue_text(item, row, notice)


def announce(item: OutboxItem, notice: SubjectNotice) -> None:
    """Queue a text to those who were told of a limit: that it ends, or what became of their appeal."""
    for row in find_notices_of(item.instance).filter(kind="phone_number"):
        queue_text(item, row, notice)


def queue_text(item: OutboxItem, row: LimitNotice, notice: SubjectNotice) -> None:
    """Queue the text of a notice; once for each notice that was written."""
    payload = {"limit_notice": row.pk, "notice": notice.pk}
    queue_effect(item.instance, item.step, Effect.SEND_NOTICE_TEXT, f"{notice.key}/text/{row.place}", payload)


def find_notices_of(instance: ProcessInstance) -> QuerySet[LimitNotice]:
    """Return the notices that a process is about: those of its own limit, or of the targets that an appeal names."""
    rows = _UNSCOPED.rows(LimitNotice)
    if instance.process != APPEAL_PROCESS:
        return rows.filter(instance=instance)
    order = find_order(instance)
    places = [place + 1 for place in appealed_places(instance.situation["facts"])]
    return rows.filter(instance=order, place__in=places)


def follow_steps(instance: ProcessInstance, change: Change) -> None:
    """Record what the steps of a process mean for its appeals, and end the notices of what it limits no longer."""
    steps = [step for step in change.steps if not step.leg]
    if not steps or not _concerns_limits(instance):
        return
    process, state = instance.version.process, change.situation.state
    for step in steps:
        event = process.events.get(step.event)
        if event is not None:
            _follow_appeal(instance, step.event, event, from_ms(step.at))
    at = from_ms(steps[-1].at)
    if process.states[state].end or not (instance.process == APPEAL_PROCESS or process.states[state].limiting):
        _end_limits(instance, at, is_end=process.states[state].end)


def erase_notices(person: str, **_sent: object) -> None:
    """Blank what the notices about a person show of it (PIPL Art. 47). Receives `person_erased`."""
    rows = _UNSCOPED.rows(LimitNotice)
    (rows.filter(instance__ref=person) | rows.filter(instance__about=person)).update(thing="", shown="", proof="")


def replace_code(row: LimitNotice, thing: LimitedThing) -> None:
    """Give a notice another code; the one before opens nothing any more, and wrong proofs are forgotten."""
    row.generation, row.wrong_proofs = row.generation + 1, 0
    for name, value in _codes(row.ref, row.generation, thing).items():
        setattr(row, name, value)
    row.save(update_fields=["generation", "wrong_proofs", "code", "proof", "has_pin"])


def _write_notice(instance: ProcessInstance, notice: SubjectNotice, thing: LimitedThing) -> LimitNotice:
    rows = _UNSCOPED.rows(LimitNotice)
    told = {
        "notice": notice,
        "state": NoticeState.WAITING,
        "delivered_at": None,
        "lifted_at": None,
        "written_at": notice.written_at,
        **first_route(thing.kind, notice.written_at),
    }
    row = rows.filter(instance=instance, place=thing.place).first()
    if row is not None:
        if row.notice_id != notice.pk:
            rows.filter(pk=row.pk).update(**told)
            row.refresh_from_db(from_queryset=rows)
        return row
    row = LimitNotice(owner=instance.owner, instance=instance, place=thing.place, kind=thing.kind, **told)
    row.thing = digest(thing.kind, thing.value) if thing.value else ""
    row.shown = mask_value(thing.kind, thing.value)[:80] if thing.value else instance.title[:80]
    row.simulated = instance.simulated
    for name, value in _codes(row.ref, 1, thing).items():
        setattr(row, name, value)
    row.save(force_insert=True)
    return row


def _codes(ref: str, generation: int, thing: LimitedThing) -> dict[str, object]:
    by_heart = value_proof(thing.kind, thing.value)
    proof = by_heart or make_pin(ref, generation)
    return {
        "code": hash_notice_code(make_notice_code(ref, generation)),
        "proof": hash_proof(ref, proof),
        "has_pin": not by_heart,
    }


def _concerns_limits(instance: ProcessInstance) -> bool:
    process = instance.version.process
    return instance.process == APPEAL_PROCESS or any(state.limiting for state in process.states.values())


def _follow_appeal(instance: ProcessInstance, name: str, event: Event, at: datetime) -> None:
    appeals = _UNSCOPED_APPEALS.filter(instance=instance)
    if event.decides_appeal or name == WITHDRAWAL or Effect.RECORD_FALSE_DISPOSAL in event.effects:
        is_upheld = Effect.RECORD_FALSE_DISPOSAL in event.effects
        outcome = AppealOutcome.UPHELD if is_upheld else AppealOutcome.REJECTED
        outcome = AppealOutcome.WITHDRAWN if name == WITHDRAWAL else outcome
        appeals.filter(outcome=AppealOutcome.OPEN).update(outcome=outcome, decided_at=at)
        if is_upheld:
            _lift(find_notices_of(instance), at)
    elif event.appeal and name == HIGHER and (latest := appeals.order_by("-number").first()) is not None:
        latest.outcome, latest.decided_at, latest.is_higher = AppealOutcome.OPEN, None, True
        latest.save(update_fields=["outcome", "decided_at", "is_higher"])


def _end_limits(instance: ProcessInstance, at: datetime, *, is_end: bool) -> None:
    if instance.process != APPEAL_PROCESS:
        _lift(_UNSCOPED.rows(LimitNotice).filter(instance=instance), at)
    if is_end:
        upheld = _UNSCOPED_APPEALS.filter(instance=instance, outcome=AppealOutcome.UPHELD, restored_at=None)
        upheld.update(restored_at=at)


def _lift(rows: QuerySet[LimitNotice], at: datetime) -> None:
    """End notices: the limit is lifted, or is being lifted. What was not delivered is not delivered any more."""
    pks = list(rows.filter(lifted_at=None).values_list("pk", flat=True))
    lifted = _UNSCOPED.rows(LimitNotice).filter(pk__in=pks)
    lifted.update(lifted_at=at)
    lifted.filter(delivered_at=None).update(state=NoticeState.LIFTED)


def count_wrong_proof(row: LimitNotice) -> None:
    """Count a wrong proof for a right code."""
    _UNSCOPED.rows(LimitNotice).filter(pk=row.pk).update(wrong_proofs=F("wrong_proofs") + 1)


_UNSCOPED_APPEALS = LimitAppeal.objects.all()
