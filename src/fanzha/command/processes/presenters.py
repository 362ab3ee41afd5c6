"""What a process page shows, read in a fixed number of queries."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.disclosure import Disclosure, fields_of
from fanzha.command.processes.evidence import listed
from fanzha.command.processes.models import Leg, ProcessInstance, Step
from fanzha.command.processes.parties import actor_of
from fanzha.command.processes.selectors import standings_of
from fanzha.command.processes.services import offers
from fanzha.command.web.viewer import Viewer
from fanzha.processes.evidence import Field, FieldType
from fanzha.processes.legal_basis import basis_words
from fanzha.processes.process import Machine
from fanzha.processes.situation import Offer


class Given(NamedTuple):
    """One field of evidence as it is shown; of personal files, which of the field a viewer may ask for, by place.

    `waits` is the event before which its value is hidden.
    """

    title: Words
    value: Any
    type: str
    is_personal: bool
    name: str
    waits: Words | None = None


class Happened(NamedTuple):
    """One step as it is shown."""

    step: Step
    title: Words
    state: Words
    leg: Leg | None
    evidence: list[Given]


class Next(NamedTuple):
    """One thing that could be done."""

    offer: Offer
    basis: list[Words]
    two_persons: bool
    due: datetime | None
    leg: Leg | None


class LegShown(NamedTuple):
    """One leg as it is shown."""

    leg: Leg
    title: Words
    is_end: bool


class ProcessShown(NamedTuple):
    """A process as its page shows it."""

    instance: ProcessInstance
    title: Words
    state: Words
    is_end: bool
    is_limiting: bool
    waits: Words | None
    legs: list[LegShown]
    steps: list[Happened]
    allowed: list[Next]
    barred: list[Next]


def shown(instance: ProcessInstance, viewer: Viewer) -> ProcessShown:
    """Return what a viewer may see of a process; legs and steps that he may not read are left out."""
    process = instance.version.process
    legs = list(Leg.objects.filter(instance=instance).select_related("receiver").order_by("id"))
    by_name = {leg.name: leg for leg in legs}
    state = process.states[instance.state]
    found = [
        _next(process.machine_of(one.event) or process, one, by_name)
        for one in offers(instance, actor_of(viewer, standings_of(instance, viewer)))
        if not one.leg or one.leg in by_name
    ]
    return ProcessShown(
        instance=instance,
        title=process.title,
        state=state.title,
        is_end=state.end,
        is_limiting=state.limiting,
        waits=state.waits,
        legs=[
            LegShown(leg, process.legs.states[leg.state].title, process.legs.states[leg.state].end)
            for leg in legs
            if process.legs
        ],
        steps=list(_happened(instance, by_name, viewer)),
        allowed=[one for one in found if one.offer.allowed],
        barred=[one for one in found if not one.offer.allowed],
    )


def _next(machine: Machine, offer: Offer, legs: Mapping[str, Leg]) -> Next:
    event = machine.events[offer.event]
    return Next(
        offer=offer,
        basis=[words for name in event.basis if (words := basis_words(name))],
        two_persons=bool(event.other_than),
        due=None if offer.due is None else from_ms(offer.due),
        leg=legs.get(offer.leg),
    )


def _happened(instance: ProcessInstance, legs: Mapping[str, Leg], viewer: Viewer) -> Iterator[Happened]:
    process = instance.version.process
    rows = Step.objects.filter(instance=instance).select_related("person", "organization").order_by("number")
    steps = list(rows)
    names, disclosure = _organization_names(steps), Disclosure(instance, viewer, steps)
    for step in steps:
        machine: Machine = process.legs if step.leg and process.legs else process
        event = machine.events.get(step.event) or process.events[step.event]
        states = process.legs.states if step.leg and process.legs else process.states
        yield Happened(
            step=step,
            title=event.title,
            state=states[step.after].title,
            leg=legs.get(step.leg),
            evidence=[
                *_given(event.evidence, disclosure.evidence(step), names),
                *_personal(event.evidence, disclosure.personal(step), names, disclosure.sees_personal_files(step)),
                *_hidden(machine, fields_of(process, step), disclosure.hidden(step)),
            ],
        )


def _given(
    fields: Mapping[str, Field], evidence: Mapping[str, Any], names: Mapping[str, Organization]
) -> Iterator[Given]:
    for name, value in evidence.items():
        if name in fields:
            readable = [as_shown(fields[name], one, names) for one in listed(value)]
            yield Given(fields[name].title, readable, fields[name].type.value, False, name)


def _personal(
    fields: Mapping[str, Field], personal: Mapping[str, Any], names: Mapping[str, Organization], sees_files: bool
) -> Iterator[Given]:
    for name, value in personal.items():
        if name not in fields:
            continue
        field, values = fields[name], listed(value)
        if field.type is FieldType.FILE:
            readable: list[Any] = list(range(len(values))) if sees_files else []
        else:
            readable = [as_shown(field, one, names) for one in values]
        yield Given(field.title, readable, field.type.value, True, name)


def _hidden(machine: Machine, fields: Mapping[str, Field], names: Iterable[str]) -> Iterator[Given]:
    for name in sorted(names):
        field = fields[name]
        if not field.hidden_until:  # the owner's alone: others are not told that it is there
            continue
        yield Given(field.title, [], field.type.value, field.personal, name, machine.events[field.hidden_until].title)


def as_shown(field: Field, value: Any, names: Mapping[str, Organization]) -> Any:
    """Return one value of evidence, as JSON keeps it, as pages show it; `names` are organisations by reference."""
    match field.type:
        case FieldType.ORGANIZATION if isinstance(value, dict):
            return names.get(value.get("organization", ""))
        case FieldType.CHOICE:
            return field.choices.get(value, Words(str(value), str(value)))
        case FieldType.MOMENT if isinstance(value, int):
            return from_ms(value)
        case FieldType.NUMBER if field.unit:
            return field.unit.counted(value)
    return value


def _organization_names(steps: list[Step]) -> dict[str, Organization]:
    refs = {
        one["organization"]
        for step in steps
        for value in step.evidence.values()
        for one in listed(value)
        if isinstance(one, dict) and "organization" in one
    }
    return {one.ref: one for one in Organization.objects.filter(ref__in=refs)} if refs else {}
