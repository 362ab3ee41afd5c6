"""Write a change of the engine to the database: one conditional update, then the related rows, in one transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from django.db.models import F

from fanzha.base.clock import from_ms, to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import organizations_by_ref, people_by_ref
from fanzha.command.processes.models import (
    Leg,
    OutboxItem,
    Participation,
    ProcessInstance,
    ProcessVersion,
    Step,
    StepFile,
    Timer,
    TimerStatus,
)
from fanzha.command.processes.situations import dump_situation
from fanzha.command.web.scoping import unscoped
from fanzha.processes.evidence import EvidenceField
from fanzha.processes.log.entry import Draft
from fanzha.processes.process import Machine, Process
from fanzha.processes.situation import Change, RequestedEffect, Situation
from fanzha.processes.situation import LegState as EngineLeg

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


_UNSCOPED = unscoped("the engine writes for all who take part")


class ConcurrentStep(Exception):
    """Raised when another worker or person changed the process concurrently; nothing was written."""


class PartyLookup:
    """Organisations and people by reference, queried once per change."""

    def __init__(self, change: Change) -> None:
        organizations = {step.organization for step in change.steps if step.organization}
        organizations |= {leg.receiver.organization for leg in change.situation.legs}
        organizations |= {reference for request in change.effects for reference in request.parties}
        organizations.add(change.situation.owner.organization)
        self.organizations = organizations_by_ref(organizations)
        people = {step.person for step in change.steps if step.person}
        self.people = people_by_ref(people)


def update_instance(instance: ProcessInstance, change: Change, process: Process, at: int) -> None:
    """Update the row if its revision is unchanged. Raise ConcurrentStep."""
    values = instance_columns(change.situation, process, at)
    if instance.state != values["state"]:
        values["late_since"] = None
    moved = (
        _UNSCOPED.rows(ProcessInstance)
        .filter(pk=instance.pk, revision=instance.revision)
        .update(**values, revision=F("revision") + 1)
    )
    if not moved:
        raise ConcurrentStep
    instance.revision += 1
    for name, value in values.items():
        setattr(instance, name, value)


def adopt_process(instance: ProcessInstance, process: Process, at: datetime) -> None:
    """Let a running process go on by another version of its text, and log it. Raise ConcurrentStep.

    The caller checks that the version has its state, and those of its legs.
    """
    versions = {"from": instance.situation["version"], "to": process.version}
    values = {
        "version": ProcessVersion.of(process),
        "situation": {**instance.situation, "version": process.version},
    }
    with recorded() as log:
        unchanged = _UNSCOPED.rows(ProcessInstance).filter(pk=instance.pk, revision=instance.revision)
        if not unchanged.update(**values):
            raise ConcurrentStep
        draft = Draft("process_version_adopted", to_ms(at), "", instance.owner.ref, instance.ref, facts=versions)
        log.add(draft)
    for name, value in values.items():
        setattr(instance, name, value)


def instance_columns(situation: Situation, process: Process, at: int) -> dict[str, Any]:
    """Return the columns of an instance that hold its current situation."""
    state = process.states[situation.state]
    return {
        "state": situation.state,
        "needs_attention": state.attention,
        "situation": dump_situation(situation),
        "changed_at": from_ms(at),
        "due_at": _to_datetime(situation.next_due),
        "ended_at": from_ms(at) if state.end else None,
    }


def write_rows(instance: ProcessInstance, change: Change, process: Process, people: PartyLookup, at: int) -> list[Step]:
    """Write the steps, legs, timers and effects of a change at a moment (UTC ms); return the steps."""
    steps = list(_build_steps(instance, change, process, people))
    _UNSCOPED.rows(Step).bulk_create(steps)
    if files := list(StepFile.of(steps)):
        StepFile.objects.bulk_create(files)
    _write_legs(instance, change.situation, process, people)
    _write_participations(instance, change, people)
    _write_timers(instance, change)
    _write_outbox(instance, change, from_ms(at))
    return steps


def mark_timer_fired(timer: Timer, *, has_moved: bool) -> None:
    """Mark a timer as fired, and its leg as late if its state is unchanged, or the process as late unless `has_moved`.

    Raise ConcurrentStep.
    """
    waiting = Timer.objects.filter(pk=timer.pk, state=TimerStatus.WAITING)
    if not waiting.update(state=TimerStatus.FIRED):
        raise ConcurrentStep
    if timer.leg:
        unchanged = _UNSCOPED.rows(Leg).filter(instance=timer.instance_id, name=timer.leg, changed_at__lte=timer.due_at)
        unchanged.filter(ended_at=None, late_since=None).update(late_since=timer.due_at)
    elif not has_moved:
        on_time = _UNSCOPED.rows(ProcessInstance).filter(pk=timer.instance_id, ended_at=None, late_since=None)
        on_time.update(late_since=timer.due_at)


def add_participants(instance: ProcessInstance, organizations: "Iterable[Organization]") -> None:
    """Add organisations as participants, who may read the process; existing participants are unchanged."""
    Participation.objects.bulk_create(
        [Participation(instance=instance, organization=organization) for organization in dict.fromkeys(organizations)],
        ignore_conflicts=True,
    )


def split_evidence(
    fields: Mapping[str, EvidenceField], values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split evidence into not personal and personal fields, as JSON values."""
    plain = {name: value for name, value in values.items() if name in fields and not fields[name].personal}
    personal = {name: value for name, value in values.items() if name not in fields or fields[name].personal}
    return msgspec.to_builtins(plain), msgspec.to_builtins(personal)


def _build_steps(instance: ProcessInstance, change: Change, process: Process, people: PartyLookup) -> Iterable[Step]:
    for index, step in enumerate(change.steps):
        machine = process.legs if step.leg and process.legs else process
        fields = _fields(machine, process, step.event)
        evidence, personal = split_evidence(fields, change.evidence) if index == 0 else ({}, {})
        person = people.people.get(step.person)
        yield Step(
            instance=instance,
            number=step.number,
            leg=step.leg,
            event=step.event,
            before=step.before,
            after=step.state,
            person=person,
            organization=people.organizations.get(step.organization),
            actor="" if person else step.person or ", ".join(step.party_roles),
            evidence=evidence,
            personal=personal,
            at=from_ms(step.at),
        )


def _fields(machine: Machine, process: Process, event: str) -> Mapping[str, EvidenceField]:
    event_definition = machine.events.get(event) or process.events.get(event)
    return event_definition.evidence if event_definition else {}


def _write_legs(instance: ProcessInstance, situation: Situation, process: Process, people: PartyLookup) -> None:
    if process.legs is None or not situation.legs:
        return
    due: dict[str, int] = {}
    for timer in situation.timers:
        if timer.leg:
            due[timer.leg] = min(timer.due, due.get(timer.leg, timer.due))
    existing = {leg.name: leg for leg in _UNSCOPED.rows(Leg).filter(instance=instance)}
    new_legs, changed_legs = [], []
    for leg in situation.legs:
        row = existing.get(leg.id)
        if row is None:
            new_legs.append(_update_leg(Leg(instance=instance, name=leg.id), leg, due.get(leg.id), process, people))
        elif (row.state, row.due_at) != (leg.state, _to_datetime(due.get(leg.id))):
            changed_legs.append(_update_leg(row, leg, due.get(leg.id), process, people))
    _UNSCOPED.rows(Leg).bulk_create(new_legs)
    _UNSCOPED.rows(Leg).bulk_update(changed_legs, ["state", "changed_at", "due_at", "ended_at", "late_since"])
    receivers = [people.organizations[leg.receiver.organization] for leg in situation.legs]
    add_participants(instance, receivers)


def _write_participations(instance: ProcessInstance, change: Change, people: PartyLookup) -> None:
    """Add the organisations that the evidence names, and the one that opened the process for another."""
    references = [reference for request in change.effects for reference in request.parties]
    references += [step.organization for step in change.steps if not step.before and step.organization]
    add_participants(instance, [people.organizations[reference] for reference in references])


def _update_leg(row: Leg, leg: EngineLeg, due: int | None, process: Process, people: PartyLookup) -> Leg:
    assert process.legs is not None
    row.receiver = people.organizations[leg.receiver.organization]
    row.late_since = row.late_since if row.state == leg.state else None
    row.state, row.changed_at, row.due_at = leg.state, from_ms(leg.entered_at), _to_datetime(due)
    row.opened_at = row.opened_at or row.changed_at
    row.ended_at = row.changed_at if process.legs.states[leg.state].end else None
    return row


def _write_timers(instance: ProcessInstance, change: Change) -> None:
    Timer.objects.bulk_create(
        Timer(
            instance=instance,
            timer_id=timer.id,
            leg=timer.leg,
            deadline=timer.deadline,
            due_at=from_ms(timer.due),
        )
        for timer in change.timers_set
    )
    cancelled = [timer.id for timer in change.timers_cancelled]
    if cancelled:
        waiting = Timer.objects.filter(instance=instance, timer_id__in=cancelled, state=TimerStatus.WAITING)
        waiting.update(state=TimerStatus.CANCELLED)


def _write_outbox(instance: ProcessInstance, change: Change, at: datetime) -> None:
    number = change.situation.history[-1].number
    notice_payloads = {notice.key: {"told": msgspec.to_builtins(notice)} for notice in change.notices}
    not_before = {notice.key: from_ms(notice.not_before) for notice in change.notices if notice.not_before}
    items = [
        OutboxItem(
            key=request.key,
            instance=instance,
            step=number,
            leg=request.leg,
            effect=request.effect.value,
            payload=_payload(request) | notice_payloads.get(request.key, {}),
            next_at=not_before.get(request.key, at),
        )
        for request in change.effects
    ]
    OutboxItem.objects.bulk_create(items)


def _payload(request: RequestedEffect) -> dict[str, Any]:
    values = {"event": request.event, "to": request.to, "deadline": request.deadline, "process": request.process}
    parties = {"parties": list(request.parties)} if request.parties else {}
    return {name: str(value) for name, value in values.items() if value} | parties


def _to_datetime(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)
