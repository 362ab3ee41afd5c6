"""Present a process for its page, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import structs

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.organizations.selectors import current_memberships, organizations_by_ref, people_by_ref
from fanzha.command.processes.disclosure import Disclosure, step_fields
from fanzha.command.processes.evidence import as_list
from fanzha.command.processes.hooks import describe_deliveries, find_joint_title
from fanzha.command.processes.models import Leg, ProcessInstance, Step
from fanzha.command.processes.parties import to_actor, viewer_party_roles
from fanzha.command.processes.situations import list_offers, load_situation
from fanzha.command.web.viewer import Viewer
from fanzha.processes.evidence import DrawnPart, EvidenceField, FieldType
from fanzha.processes.legal_basis import group_bases
from fanzha.processes.process import Machine, Process
from fanzha.processes.situation import Offer

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


#: How many colleagues are looked at, and named, who could take a step that a person may not.
_MOST_COLLEAGUES, _COLLEAGUES_NAMED = 20, 3
#: How many deadlines the head of a page shows.
_CLOCKS_SHOWN = 2
_BY_HAND = Words("由人办理，未对接系统", "by hand: no system of the receiver is connected")


class EvidenceValue(NamedTuple):
    """One field of evidence. For personal files, `value` holds the indexes of the files that the viewer may request.

    `waits` is the event until which the value is hidden. `is_code`: the value is for machines and no personal data, as
    the seed of a draw.
    """

    title: Words
    value: Any
    type: str
    is_personal: bool
    name: str
    waits: Words | None = None
    is_code: bool = False


class StepRow(NamedTuple):
    """One step of the timeline."""

    step: Step
    title: Words
    state: Words
    leg: Leg | None
    evidence: list[EvidenceValue]


class NextStep(NamedTuple):
    """One possible next step; `joint` is what the steps are called that are taken on one page with it."""

    offer: Offer
    basis: list[Words]
    two_persons: bool
    due: datetime | None
    leg: Leg | None
    is_primary: bool = False
    is_harmful: bool = False
    is_rare: bool = False
    joint: Words | None = None


class OwnCase(NamedTuple):
    """Steps that wait for another person than the viewer: why, and the colleagues who can take them."""

    titles: tuple[Words, ...]
    why: Words
    colleagues: tuple[str, ...]


class ActionBar(NamedTuple):
    """The steps that a viewer may take now: the main one, the others, and those that are seldom needed."""

    main: NextStep | None
    others: list[NextStep]
    rare: list[NextStep]


def build_action_bar(steps: Sequence[NextStep]) -> ActionBar:
    """Arrange allowed steps: the main one is declared (`primary`), else the first that is not harmful or rare.

    Harmful steps come last among the others. Steps that are decided on one page are one step with their joint title.
    """
    steps = _join_steps(steps)
    frequent = [step for step in steps if not step.is_rare]
    primary = [step for step in frequent if step.is_primary] or [step for step in frequent if not step.is_harmful]
    main = primary[0] if primary else None
    others = sorted((step for step in frequent if step is not main), key=lambda step: step.is_harmful)
    return ActionBar(main, others, [step for step in steps if step.is_rare])


def _join_steps(steps: Sequence[NextStep]) -> list[NextStep]:
    joined: dict[object, NextStep] = {}
    for step in steps:
        if step.joint is None:
            joined[id(step)] = step
        elif step.joint not in joined:
            joined[step.joint] = step._replace(offer=structs.replace(step.offer, title=step.joint))
    return list(joined.values())


class LegSummary(NamedTuple):
    """One leg of the process; `delivery` says how it was delivered."""

    leg: Leg
    title: Words
    is_end: bool
    delivery: Words


class RunningDeadline(NamedTuple):
    """A deadline that runs now; `receiver` is whose leg it is of, None for one of the process itself."""

    title: Words
    due: datetime
    receiver: Organization | None


class ProcessPage(NamedTuple):
    """The content of a process page. `clock` is the next deadline that matters to the viewer.

    `clocks` says whose step is due next: of each open leg, and of the process itself.
    """

    instance: ProcessInstance
    title: Words
    state: Words
    is_end: bool
    is_limiting: bool
    waits: Words | None
    legs: list[LegSummary]
    steps: list[StepRow]
    allowed: list[NextStep]
    barred: list[NextStep]
    own_cases: list[OwnCase]
    clock: datetime | None
    deadlines: list[RunningDeadline]
    clocks: list[RunningDeadline]


def present_process(instance: ProcessInstance, viewer: Viewer) -> ProcessPage:
    """Return the content of a process page; legs and steps that the viewer may not read are left out."""
    process = instance.version.process
    legs = list(Leg.objects.filter(instance=instance).select_related("receiver").order_by("id"))
    by_name = {leg.name: leg for leg in legs}
    deliveries = describe_deliveries(instance) if legs else {}
    state = process.states[instance.state]
    next_steps = [
        _present_offer(process, offer, by_name)
        for offer in list_offers(instance, to_actor(viewer, viewer_party_roles(instance, viewer)))
        if not offer.leg or offer.leg in by_name
    ]
    steps = list(_present_steps(instance, by_name, viewer))
    deadlines = list(_running_deadlines(instance, by_name))
    return ProcessPage(
        instance=instance,
        title=process.title,
        state=state.title,
        is_end=state.end,
        is_limiting=state.limiting,
        waits=state.waits,
        legs=[
            LegSummary(
                leg,
                process.legs.states[leg.state].title,
                process.legs.states[leg.state].end,
                deliveries.get(leg.name, _BY_HAND),
            )
            for leg in legs
            if process.legs
        ],
        steps=steps,
        allowed=[offer for offer in next_steps if offer.offer.allowed],
        barred=[offer for offer in next_steps if not offer.offer.allowed],
        own_cases=list(_own_cases(instance, next_steps, steps, viewer)),
        clock=_next_clock(instance, legs, viewer),
        deadlines=deadlines,
        clocks=sorted(_next_clocks(instance, legs, deadlines), key=lambda clock: clock.due)[:_CLOCKS_SHOWN],
    )


def _next_clock(instance: ProcessInstance, legs: Sequence[Leg], viewer: Viewer) -> datetime | None:
    """Return the deadline of the viewer's own leg if he is a receiver of the process, else that of the process."""
    own = [leg.clock_at for leg in legs if leg.receiver_id == viewer.organization and not leg.ended_at]
    if instance.owner_id == viewer.organization or not own:
        return instance.clock_at
    return min((clock for clock in own if clock is not None), default=None)


def _next_clocks(
    instance: ProcessInstance, legs: Sequence[Leg], deadlines: Sequence[RunningDeadline]
) -> Iterator[RunningDeadline]:
    """Yield the deadline of each open leg, missed or not, with the step that it waits for; and those of the process."""
    process = instance.version.process
    for leg in legs:
        if leg.clock_at is None or leg.ended_at is not None or process.legs is None:
            continue
        steps = (event.title for event in process.legs.events.values() if event.primary and leg.state in event.sources)
        yield RunningDeadline(next(steps, process.legs.states[leg.state].title), leg.clock_at, leg.receiver)
    if instance.late_since is not None:
        yield RunningDeadline(process.states[instance.state].title, instance.late_since, None)
    yield from (deadline for deadline in deadlines if deadline.receiver is None)


def _running_deadlines(instance: ProcessInstance, legs: Mapping[str, Leg]) -> Iterator[RunningDeadline]:
    """Yield the deadlines that run now, the earliest first, without those of legs that the viewer may not read."""
    process = instance.version.process
    for timer in sorted(load_situation(instance.situation).timers, key=lambda timer: timer.due):
        if timer.leg and timer.leg not in legs:
            continue
        machine: Machine = process.legs if timer.leg and process.legs else process
        if timer.deadline in machine.deadlines:
            receiver = legs[timer.leg].receiver if timer.leg else None
            yield RunningDeadline(machine.deadlines[timer.deadline].title, from_ms(timer.due), receiver)


def _own_cases(
    instance: ProcessInstance, offers: Sequence[NextStep], steps: Sequence[StepRow], viewer: Viewer
) -> Iterator[OwnCase]:
    """Yield the steps from which the viewer is barred, those with the same reason and the same colleagues together."""
    barred = [step.offer for step in offers if _is_own_case(instance.version.process, step, steps, viewer)]
    titles: dict[tuple[Words, tuple[str, ...]], list[Words]] = {}
    for offer in barred:
        key = (offer.why_not or Words("", ""), _able_colleagues(instance, offer.event, viewer))
        titles.setdefault(key, []).append(offer.title)
    for (why, colleagues), events in titles.items():
        yield OwnCase(tuple(events), why, colleagues)


def _is_own_case(process: Process, offer: NextStep, steps: Sequence[StepRow], viewer: Viewer) -> bool:
    """Return whether a step of the process waits for another person because of what the viewer decided before."""
    if offer.leg or offer.offer.allowed:
        return False
    event = process.events[offer.offer.event]
    if event.decides_appeal:
        return offer.offer.personal
    first = [row.step for row in steps if row.step.event in event.other_than and not row.step.leg]
    is_open = bool(first) and (not event.answers or first[-1].number == steps[-1].step.number)
    return is_open and first[-1].person_id == viewer.person


def _able_colleagues(instance: ProcessInstance, event: str, viewer: Viewer) -> tuple[str, ...]:
    """Return the names of people of the viewer's organisation who may take a step that he may not, a few at most."""
    roles = {who.rpartition(".")[2] for who in instance.version.process.events[event].who}
    memberships = current_memberships().filter(organization=viewer.organization, role__in=roles)
    names = []
    for row in memberships.exclude(person=viewer.person).select_related("person").order_by("pk")[:_MOST_COLLEAGUES]:
        colleague = viewer._replace(person=row.person_id, roles=frozenset({row.role}), unit=row.unit)
        offers = list_offers(instance, to_actor(colleague))
        if any(offer.event == event and offer.allowed and not offer.leg for offer in offers):
            names.append(str(row.person))
    return tuple(dict.fromkeys(names))[:_COLLEAGUES_NAMED]


def _present_offer(process: Process, offer: Offer, legs: Mapping[str, Leg]) -> NextStep:
    machine: Machine = process.machine_for(offer.event) or process
    event = machine.events[offer.event]
    return NextStep(
        offer=offer,
        basis=group_bases(event.basis),
        two_persons=bool(event.other_than),
        due=None if offer.due is None else from_ms(offer.due),
        leg=legs.get(offer.leg),
        is_primary=event.primary,
        is_harmful=event.harmful,
        is_rare=event.rare,
        joint=find_joint_title(process.name, offer.event),
    )


def _present_steps(instance: ProcessInstance, legs: Mapping[str, Leg], viewer: Viewer) -> Iterator[StepRow]:
    process = instance.version.process
    rows = Step.objects.filter(instance=instance).select_related("person", "organization").order_by("number")
    steps = list(rows)
    names, disclosure = _names(process, steps), Disclosure(instance, viewer, steps)
    for step in steps:
        machine: Machine = process.legs if step.leg and process.legs else process
        event = machine.events.get(step.event) or process.events[step.event]
        states = process.legs.states if step.leg and process.legs else process.states
        yield StepRow(
            step=step,
            title=event.title,
            state=states[step.after].title,
            leg=legs.get(step.leg),
            evidence=[
                *_public_evidence(event.evidence, disclosure.evidence(step), names),
                *_personal_evidence(
                    event.evidence, disclosure.personal(step), names, disclosure.sees_personal_files(step)
                ),
                *_hidden_evidence(machine, step_fields(process, step), disclosure.hidden(step)),
            ],
        )


def _public_evidence(
    fields: Mapping[str, EvidenceField], evidence: Mapping[str, Any], names: Mapping[str, object]
) -> Iterator[EvidenceValue]:
    for name, value in evidence.items():
        if name in fields:
            readable = [display_value(fields[name], item, names) for item in as_list(value)]
            is_code = fields[name].drawn is DrawnPart.SEED
            yield EvidenceValue(fields[name].title, readable, fields[name].type.value, False, name, is_code=is_code)


def _personal_evidence(
    fields: Mapping[str, EvidenceField],
    personal: Mapping[str, Any],
    names: Mapping[str, object],
    sees_files: bool,
) -> Iterator[EvidenceValue]:
    for name, value in personal.items():
        if name not in fields:
            continue
        field, values = fields[name], as_list(value)
        if field.type is FieldType.FILE:
            readable: list[Any] = list(range(len(values))) if sees_files else []
        else:
            readable = [display_value(field, item, names) for item in values]
        yield EvidenceValue(field.title, readable, field.type.value, True, name)


def _hidden_evidence(
    machine: Machine, fields: Mapping[str, EvidenceField], names: Iterable[str]
) -> Iterator[EvidenceValue]:
    for name in sorted(names):
        field = fields[name]
        if not field.hidden_until:  # internal fields of the owner are not mentioned to others
            continue
        yield EvidenceValue(
            field.title, [], field.type.value, field.personal, name, machine.events[field.hidden_until].title
        )


def display_value(field: EvidenceField, value: Any, names: Mapping[str, object]) -> Any:
    """Return one value of evidence, as JSON keeps it, as pages show it.

    `names` are organisations and people by reference.
    """
    match field.type:
        case FieldType.ORGANIZATION if isinstance(value, dict):
            return names.get(value.get("organization", ""))
        case FieldType.PERSON:
            return str(names.get(str(value), value))
        case FieldType.CHOICE:
            return field.choices.get(value, Words(str(value), str(value)))
        case FieldType.MOMENT if isinstance(value, int):
            return from_ms(value)
        case FieldType.NUMBER if field.unit:
            return field.unit.format(value)
    return value


def _names(process: Process, steps: list[Step]) -> dict[str, object]:
    """Return the organisations and people that the evidence of steps names, by reference."""
    organizations, people = set(), set()
    for step in steps:
        fields = step_fields(process, step)
        for name, value in step.evidence.items():
            is_person = name in fields and fields[name].type is FieldType.PERSON
            for item in as_list(value):
                if isinstance(item, dict) and "organization" in item:
                    organizations.add(item["organization"])
                elif is_person:
                    people.add(str(item))
    found: dict[str, object] = dict(organizations_by_ref(organizations)) if organizations else {}
    return found | (people_by_ref(people) if people else {})
