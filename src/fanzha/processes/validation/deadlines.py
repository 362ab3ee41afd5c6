"""Deadlines: spans that can be read, moments that are known when they are needed, steps that can be taken."""

from collections.abc import Iterator

from fanzha.base.clock import span_ms
from fanzha.base.errors import Malformed
from fanzha.processes._yaml.faults import Place, ProcessFault
from fanzha.processes.evidence import FieldType
from fanzha.processes.parties import Standing
from fanzha.processes.process import Clock, DataCategory, Deadline, Event, Machine, Process
from fanzha.processes.validation.traversal import machines, reachable_states, starts, stored_fields


def deadline_faults(process: Process) -> Iterator[ProcessFault]:
    """Check every deadline of the process and of its legs."""
    for place, machine in machines(process):
        for name, deadline in machine.deadlines.items():
            deadline_place = (*place, "deadlines", name)
            yield from _spans(process, deadline, deadline_place)
            yield from _anchor(process, machine, deadline, deadline_place)
            yield from _steps(process, machine, deadline, deadline_place)


def _spans(process: Process, deadline: Deadline, place: Place) -> Iterator[ProcessFault]:
    spans = {"span": deadline.span} if deadline.span else {f"spans.{k}": v for k, v in deadline.spans.items()}
    if bool(deadline.span) == bool(deadline.spans) or bool(deadline.spans) != bool(deadline.chosen_by):
        yield ProcessFault(place, "it has one `span`, or `spans` for each choice of the field that `chosen_by` names")
    for key, text in {**spans, **({"longest": deadline.longest} if deadline.longest else {})}.items():
        try:
            length = span_ms(text)
        except Malformed as error:
            yield ProcessFault((*place, *key.split(".")), error.reason)
            continue
        if deadline.longest and length > span_ms(deadline.longest):
            yield ProcessFault((*place, *key.split(".")), f"{text} is more than the longest, {deadline.longest}")
        if deadline.calendar_kind is Clock.BUSINESS and length % 3_600_000:
            yield ProcessFault((*place, *key.split(".")), "working time is counted in whole days or hours")
    chosen = stored_fields(process).get(deadline.chosen_by)
    if deadline.chosen_by and (chosen is None or set(chosen.choices) != set(deadline.spans)):
        yield ProcessFault((*place, "chosen_by"), "it must be a kept choice, with a span for each of its choices")


def _anchor(process: Process, machine: Machine, deadline: Deadline, place: Place) -> Iterator[ProcessFault]:
    if bool(deadline.during) == bool(deadline.after):
        yield ProcessFault(place, "it is set `while` in states, or `after` events")
    for key in ("after", "stopped_by"):
        for name in getattr(deadline, key):
            if name not in machine.events:
                yield ProcessFault((*place, key), f"there is no event {name!r}")
    if not deadline.since:
        return
    field = stored_fields(process).get(deadline.since)
    if field is None or field.type is not FieldType.MOMENT or field.many:
        yield ProcessFault((*place, "since"), f"{deadline.since!r} is not a moment that some event keeps")
    elif not deadline.if_given and machine is process:
        yield from _check_anchor_fields(process, deadline, place)


def _check_anchor_fields(process: Process, deadline: Deadline, place: Place) -> Iterator[ProcessFault]:
    def unknown(name: str, event: Event) -> bool:
        field = event.evidence.get(deadline.since)
        return not (field and field.keep and field.required)

    begin = {event.to for name, event in process.opening.items() if unknown(name, event)}
    for state in sorted(reachable_states(process, begin, unknown) & set(deadline.during)):
        yield ProcessFault((*place, "since"), f"a way leads to {state!r} on which {deadline.since!r} was never given")
    for name in deadline.after:
        if name in process.events and unknown(name, process.events[name]) and starts(process):
            yield ProcessFault((*place, "since"), f"{name!r} does not require {deadline.since!r}")


def _steps(process: Process, machine: Machine, deadline: Deadline, place: Place) -> Iterator[ProcessFault]:
    if not deadline.then:
        yield ProcessFault((*place, "passes"), "nothing happens when it passes")
    for number, step in enumerate(deadline.then):
        step_place = (*place, "passes", number)
        if bool(step.fire) == bool(step.escalate):
            yield ProcessFault(step_place, "a step fires an event or escalates")
        if (number > 0) != bool(step.after):
            yield ProcessFault(step_place, "the first step comes with the deadline, each further one `after` a span")
        try:
            span_ms(step.after or "0s")
        except Malformed as error:
            yield ProcessFault((*step_place, "after"), error.reason)
        if step.fire:
            yield from _fired(process, machine, deadline, number, step_place)


def _fired(process: Process, machine: Machine, deadline: Deadline, number: int, place: Place) -> Iterator[ProcessFault]:
    name = deadline.then[number].fire
    event = machine.events.get(name)
    if process.data is DataCategory.MIRRORED:
        yield ProcessFault(place, "a mirrored process is moved by imports only", "escalate instead")
    elif event is None or Standing.SYSTEM not in event.who or any(field.required for field in event.evidence.values()):
        yield ProcessFault(place, f"{name!r} is not an event that the system may fire without evidence")
    elif not set(deadline.during) <= set(event.sources):
        missing = ", ".join(sorted(set(deadline.during) - set(event.sources)))
        yield ProcessFault(place, f"{name!r} cannot be fired from {missing}")
    if number != len(deadline.then) - 1 and event is not None and event.to:
        yield ProcessFault(place, "nothing comes after the event that leaves the state")
