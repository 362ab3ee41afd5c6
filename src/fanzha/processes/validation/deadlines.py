"""Validate deadlines: readable spans, anchors that exist when needed, and steps that can be taken."""

from collections.abc import Iterator

from fanzha.base.clock import span_ms
from fanzha.base.errors import Malformed
from fanzha.processes._yaml.faults import KeyPath, ProcessFault
from fanzha.processes.evidence import FieldType
from fanzha.processes.parties import PartyRole
from fanzha.processes.process import Clock, DataCategory, Deadline, Event, Machine, Process
from fanzha.processes.validation.traversal import machines, reachable_states, start_states, stored_fields


def deadline_faults(process: Process) -> Iterator[ProcessFault]:
    """Check every deadline of the process and of its legs."""
    for key_path, machine in machines(process):
        for name, deadline in machine.deadlines.items():
            deadline_path = (*key_path, "deadlines", name)
            yield from _check_spans(deadline, deadline_path)
            yield from _check_choice(process, machine, deadline, deadline_path)
            yield from _check_anchor(process, machine, deadline, deadline_path)
            yield from _check_steps(process, machine, deadline, deadline_path)


def _check_spans(deadline: Deadline, key_path: KeyPath) -> Iterator[ProcessFault]:
    spans = {"span": deadline.span} if deadline.span else {f"spans.{k}": v for k, v in deadline.spans.items()}
    if bool(deadline.span) == bool(deadline.spans) or bool(deadline.spans) != bool(deadline.chosen_by):
        yield ProcessFault(
            key_path, "it has one `span`, or `spans` for each choice of the field that `chosen_by` names"
        )
    for key, text in {**spans, **({"longest": deadline.longest} if deadline.longest else {})}.items():
        try:
            length = span_ms(text)
        except Malformed as error:
            yield ProcessFault((*key_path, *key.split(".")), error.reason)
            continue
        if deadline.longest and length > span_ms(deadline.longest):
            yield ProcessFault((*key_path, *key.split(".")), f"{text} is more than the longest, {deadline.longest}")
        if deadline.calendar_kind is Clock.BUSINESS and length % 3_600_000:
            yield ProcessFault((*key_path, *key.split(".")), "working time is counted in whole days or hours")


def _check_choice(process: Process, machine: Machine, deadline: Deadline, key_path: KeyPath) -> Iterator[ProcessFault]:
    """Check that spans are chosen by a kept choice, or on legs by one of every event that leads into the states."""
    if not deadline.chosen_by:
        return
    kept = stored_fields(process).get(deadline.chosen_by)
    leading = [event for event in machine.events.values() if event.to in deadline.during]
    given = [kept] if kept or machine is process else [event.evidence.get(deadline.chosen_by) for event in leading]
    if not given or any(field is None or set(field.choices) != set(deadline.spans) for field in given):
        yield ProcessFault((*key_path, "chosen_by"), "it must be a kept choice, with a span for each of its choices")


def _check_anchor(process: Process, machine: Machine, deadline: Deadline, key_path: KeyPath) -> Iterator[ProcessFault]:
    if bool(deadline.during) == bool(deadline.after):
        yield ProcessFault(key_path, "it is set `while` in states, or `after` events")
    for key in ("after", "stopped_by"):
        for name in getattr(deadline, key):
            if name not in machine.events:
                yield ProcessFault((*key_path, key), f"there is no event {name!r}")
    if not deadline.since:
        return
    field = stored_fields(process).get(deadline.since)
    if field is None or field.type is not FieldType.MOMENT or field.many:
        yield ProcessFault((*key_path, "since"), f"{deadline.since!r} is not a moment that some event keeps")
    elif not deadline.if_given and machine is process:
        yield from _check_anchor_fields(process, deadline, key_path)


def _check_anchor_fields(process: Process, deadline: Deadline, key_path: KeyPath) -> Iterator[ProcessFault]:
    def unknown(name: str, event: Event) -> bool:
        field = event.evidence.get(deadline.since)
        return not (field and field.keep and field.required)

    begin = {event.to for name, event in process.opening.items() if unknown(name, event)}
    for state in sorted(reachable_states(process, begin, unknown) & set(deadline.during)):
        yield ProcessFault(
            (*key_path, "since"), f"a way leads to {state!r} on which {deadline.since!r} was never given"
        )
    for name in deadline.after:
        if name in process.events and unknown(name, process.events[name]) and start_states(process):
            yield ProcessFault((*key_path, "since"), f"{name!r} does not require {deadline.since!r}")


def _check_steps(process: Process, machine: Machine, deadline: Deadline, key_path: KeyPath) -> Iterator[ProcessFault]:
    if not deadline.then:
        yield ProcessFault((*key_path, "passes"), "nothing happens when it passes")
    for number, step in enumerate(deadline.then):
        step_path = (*key_path, "passes", number)
        if bool(step.fire) == bool(step.escalate):
            yield ProcessFault(step_path, "a step fires an event or escalates")
        if (number > 0) != bool(step.after):
            yield ProcessFault(step_path, "the first step comes with the deadline, each further one `after` a span")
        try:
            span_ms(step.after or "0s")
        except Malformed as error:
            yield ProcessFault((*step_path, "after"), error.reason)
        if step.fire:
            yield from _check_fired_event(process, machine, deadline, number, step_path)


def _check_fired_event(
    process: Process, machine: Machine, deadline: Deadline, number: int, key_path: KeyPath
) -> Iterator[ProcessFault]:
    name = deadline.then[number].fire
    event = machine.events.get(name)
    if process.data is DataCategory.MIRRORED:
        yield ProcessFault(key_path, "a mirrored process is moved by imports only", "escalate instead")
    elif event is None or PartyRole.SYSTEM not in event.who or any(field.required for field in event.evidence.values()):
        yield ProcessFault(key_path, f"{name!r} is not an event that the system may fire without evidence")
    elif not set(deadline.during) <= set(event.sources):
        missing = ", ".join(sorted(set(deadline.during) - set(event.sources)))
        yield ProcessFault(key_path, f"{name!r} cannot be fired from {missing}")
    if number != len(deadline.then) - 1 and event is not None and event.to:
        yield ProcessFault(key_path, "nothing comes after the event that leaves the state")
