"""Write the notices of limited things when a process limits them, and end them when the limit ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from fanzha.base.clock import from_ms
from fanzha.base.errors import Malformed
from fanzha.base.ids import digest
from fanzha.base.words import Words
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
    find_facts,
    find_order,
    find_ordered_targets,
)
from fanzha.command.processes.selectors import find_steps
from fanzha.command.processes.services import queue_effects
from fanzha.command.subjects.selectors import mask_value
from fanzha.command.subjects.services import select_process_subjects
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.processes.effects import Effect

if TYPE_CHECKING:
    from fanzha.command.processes.models import OutboxItem, ProcessInstance, SubjectNotice
    from fanzha.processes.process import Event
    from fanzha.processes.situation import Change

_UNSCOPED = unscoped("notices are written for the holders of limited things, whoever decided")
#: Events by which a person withdraws an appeal, and takes a rejected one to the regulator.
WITHDRAWALS = frozenset({"withdraw_appeal", "withdraw_closing_appeal", "withdraw_freeze_appeal", "withdraw_objection"})
HIGHER = frozenset({"appeal_to_regulator", "appeal_closing_to_regulator", "object_to_regulator"})
#: Events that take an appeal to the regulator that the owner did not hear in time.
_NOT_HEARD = frozenset({"not_heard", "closing_not_heard"})
#: Columns that a renewed notice sets again.
_RENEWED_COLUMNS = (
    *("notice", "state", "route", "route_due_at", "written_at", "delivered_at", "lifted_at"),
    *("measure", "fact_zh", "fact_en"),
)
_BATCH = 500


class LimitedThing(NamedTuple):
    """What a process limits: the number of a target (0: the only thing of a process), kind and value.

    `measure` is the action of an order, "" for other processes.
    """

    place: int
    kind: str
    value: str
    measure: str = ""

    @property
    def digest(self) -> str:
        """Return the digest of kind and value, as of a subject; "" without a value."""
        return digest(self.kind, self.value) if self.value else ""


def find_things(instance: ProcessInstance, *, is_limited: bool = True) -> list[LimitedThing]:
    """Return what a process limits now, or all that it limits or limited.

    A mirrored process may name nothing that can be read.
    """
    if instance.process == PROCESS:
        targets = find_ordered_targets(instance, is_active=is_limited)
        return [LimitedThing(target.number, target.kind, target.value, target.action.value) for target in targets]
    try:
        subjects = select_process_subjects(instance, timezone.now())
    except Malformed:
        subjects = []
    if len(subjects) < 2:
        return [LimitedThing(0, subject.kind, subject.value) for subject in subjects] or [LimitedThing(0, "", "")]
    return [LimitedThing(place, subject.kind, subject.value) for place, subject in enumerate(subjects, 1)]


def write_notices(item: OutboxItem, notice: SubjectNotice) -> None:
    """Write one notice for each thing that a process limits, and queue its text; a renewal is announced again."""
    instance, rows = item.instance, _UNSCOPED.rows(LimitNotice)
    things = {thing.place: thing for thing in find_things(instance)}
    known = {row.place: row for row in rows.filter(instance=instance) if row.place in things}
    fresh = [_build_notice(instance, thing) for place, thing in things.items() if place not in known]
    renewed = [row for row in known.values() if row.notice_id != notice.pk]
    routes = {kind: first_route(kind, notice.written_at) for kind in {thing.kind for thing in things.values()}}
    facts = find_facts(instance.owner, ((row.kind, row.thing) for row in (*fresh, *renewed)))
    for row in (*fresh, *renewed):
        row.fact_zh, row.fact_en = facts.get(row.thing, Words("", "")) if things[row.place].measure else Words("", "")
        row.route, row.route_due_at = routes[row.kind]
        row.notice, row.written_at = notice, notice.written_at
        row.measure = things[row.place].measure
        row.state, row.delivered_at, row.lifted_at = NoticeState.WAITING, None, None
    rows.bulk_create(fresh, batch_size=_BATCH)
    rows.bulk_update(renewed, _RENEWED_COLUMNS, batch_size=_BATCH)
    by_text = [row for row in (*fresh, *known.values()) if row.route == DeliveryRoute.TEXT]
    queue_texts(item, [row for row in by_text if row.state == NoticeState.WAITING], notice)


def announce(item: OutboxItem, notice: SubjectNotice) -> None:
    """Queue a text to holders who were informed of a limit: its end, or the outcome of their appeal.

    Holders whose own limit had ended before get no text.
    """
    step = find_steps(_UNSCOPED).filter(instance=item.instance, number=item.step).first()
    is_concerned = Q(lifted_at=None) | (Q(lifted_at__gte=step.at) if step else Q())
    queue_texts(item, find_notices_of(item.instance).filter(is_concerned, kind="phone_number"), notice)


def is_of_limit(notice: SubjectNotice) -> bool:
    """Return whether a notice of a process informs the holders of limited things of their limit."""
    return _UNSCOPED.rows(LimitNotice).filter(notice=notice).exists()


def queue_texts(item: OutboxItem, rows: Iterable[LimitNotice], notice: SubjectNotice) -> None:
    """Queue the texts of notices; once for each notice that a process has written."""
    payloads = {f"{notice.key}/text/{row.place}": {"limit_notice": row.pk, "notice": notice.pk} for row in rows}
    queue_effects(item.instance, item.step, Effect.SEND_NOTICE_TEXT, payloads)


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
    at, states = from_ms(steps[-1].at), process.states
    was_limited = any(step.before and states[step.before].limiting for step in steps)
    if was_limited and not states[state].limiting:
        _lift(_UNSCOPED.rows(LimitNotice).filter(instance=instance), at)
    if states[state].end:
        upheld = _UNSCOPED_APPEALS.filter(instance=instance, outcome=AppealOutcome.UPHELD, restored_at=None)
        upheld.update(restored_at=at)


def erase_notices(person: str, **_sent: object) -> None:
    """Blank what the notices about a person show of it (PIPL Art. 47). Receives `person_erased`."""
    rows = _UNSCOPED.rows(LimitNotice)
    (rows.filter(instance__ref=person) | rows.filter(instance__about=person)).update(
        thing="", shown="", proof="", fact_zh="", fact_en=""
    )


def replace_code(row: LimitNotice, thing: LimitedThing) -> None:
    """Give a notice another code; the one before opens nothing any more, and wrong proofs are forgotten."""
    row.generation, row.wrong_proofs = row.generation + 1, 0
    for name, value in _codes(row.ref, row.generation, thing).items():
        setattr(row, name, value)
    row.save(update_fields=["generation", "wrong_proofs", "code", "proof", "has_pin"])


def _build_notice(instance: ProcessInstance, thing: LimitedThing) -> LimitNotice:
    row = LimitNotice(owner=instance.owner, instance=instance, place=thing.place, kind=thing.kind)
    row.thing = thing.digest
    row.shown = mask_value(thing.kind, thing.value)[:80] if thing.value else instance.title[:80]
    row.simulated = instance.simulated
    for name, value in _codes(row.ref, 1, thing).items():
        setattr(row, name, value)
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
    if event.decides_appeal or name in WITHDRAWALS or Effect.RECORD_FALSE_DISPOSAL in event.effects:
        is_upheld = Effect.RECORD_FALSE_DISPOSAL in event.effects
        outcome = AppealOutcome.UPHELD if is_upheld else AppealOutcome.REJECTED
        outcome = AppealOutcome.WITHDRAWN if name in WITHDRAWALS else outcome
        appeals.filter(outcome=AppealOutcome.OPEN).update(outcome=outcome, decided_at=at)
        if is_upheld:
            _lift(find_notices_of(instance), at)
    elif name in HIGHER | _NOT_HEARD and (latest := appeals.order_by("-number").first()) is not None:
        latest.outcome, latest.decided_at, latest.is_higher = AppealOutcome.OPEN, None, True
        latest.save(update_fields=["outcome", "decided_at", "is_higher"])


def _lift(rows: QuerySet[LimitNotice], at: datetime) -> None:
    """End notices: the limit is lifted, or is being lifted. What was not delivered is not delivered any more."""
    pks = list(rows.filter(lifted_at=None).values_list("pk", flat=True))
    if not pks:
        return
    lifted = _UNSCOPED.rows(LimitNotice).filter(pk__in=in_list(pks))
    lifted.update(lifted_at=at)
    lifted.filter(delivered_at=None).update(state=NoticeState.LIFTED)


def count_wrong_proof(row: LimitNotice) -> None:
    """Count a wrong proof for a right code."""
    _UNSCOPED.rows(LimitNotice).filter(pk=row.pk).update(wrong_proofs=F("wrong_proofs") + 1)


_UNSCOPED_APPEALS = LimitAppeal.objects.all()
