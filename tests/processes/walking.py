"""Walks a process through all that can happen in it, with people made up for each event from the process itself."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from fanzha.base.clock import span_ms
from fanzha.processes import (
    Actor,
    Change,
    Party,
    PartyRole,
    Process,
    ProcessSettings,
    Situation,
    fire,
    pass_timer,
    start,
)
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.named_parties import find_named_parties, find_party_roles
from fanzha.processes.parties import REQUESTERS
from fanzha.processes.process import Event
from fanzha.processes.roles import role_table
from fanzha.processes.situation import RunningTimer

AT = 1_772_416_800_000  # 2026-03-02 10:00 in China
SETTINGS = ProcessSettings()
_VALUES: dict[FieldType, Any] = {
    FieldType.TEXT: "as it was",
    FieldType.NUMBER: 3,
    FieldType.FILE: "ab" * 32,
    FieldType.SUBJECT: "subject-1",
    FieldType.PROCESS: "process-1",
    FieldType.PERSON: "person-1",
}


class Walked(NamedTuple):
    """Every situation that was come to, which follows which, and which events were fired with which change."""

    situations: dict[Any, Situation]
    following: dict[Any, set[Any]]
    fired: dict[str, list[Change]]
    passed: set[str]


def owner_of(process: Process) -> Party:
    """Return an owner who may give all that opens the process."""
    fields = [field for event in process.opening.values() for field in event.evidence.values()]
    names = [field.only_by for field in fields if field.only_by] or process.owners
    return Party("owner", role_table().kinds_of(names[0])[0])


def actor_for(actor_spec: str, owner: Party, receiver: Party | None, number: int) -> Actor:
    """Return a new actor, in a unit of its own, who matches the actor specification."""
    party, dot, role = actor_spec.partition(".")
    if not dot:
        return Actor(person=f"person-{number}", party_roles=frozenset({PartyRole(party)}))
    instance_parties = {"owner": owner, "receiver": receiver}
    organization = instance_parties.get(party) or Party(f"other-{number}", role_table().kinds_of(party)[0])
    return Actor(
        person=f"person-{number}",
        organization=organization.organization,
        kind=organization.kind,
        unit=f"unit-{number}",
        roles=frozenset({role}),
    )


def taker(process: Process, situation: Situation, event: Event, receiver: Party | None, number: int) -> Actor | None:
    """Return the first allowed actor that exists. An organisation named in evidence has the role."""
    for actor_spec in event.who:
        if actor_spec not in REQUESTERS:
            return actor_for(actor_spec, situation.owner, receiver, number)
        for party in find_named_parties(process, situation.facts, PartyRole(actor_spec)):
            party_roles = find_party_roles(process, situation.facts, party.organization)
            return Actor(
                person=f"person-{number}", organization=party.organization, kind=party.kind, party_roles=party_roles
            )
    return None


def evidence_for(process: Process, event: Event, at: int, number: int, *, full: bool, kind: str) -> dict[str, Any]:
    evidence = {}
    for name, field in event.evidence.items():
        may_give = not field.only_by or kind in role_table().kinds_of(field.only_by)
        if field.required or (full and may_give):
            value = _value(process, field, at, number)
            value = f"{value} (another)" if field.differs_from else value
            further_values = (f"{value} {count}" for count in range(1, field.least))
            evidence[name] = [value, *further_values] if field.many else value
    return evidence


def _value(process: Process, field: EvidenceField, at: int, number: int) -> Any:
    if field.type is FieldType.CHOICE:
        return list(field.choices)[number % len(field.choices)]
    if field.type is FieldType.MOMENT:
        return at + (span_ms(field.within) // 2 if field.within else 0)
    if field.type is FieldType.YES_NO:
        return number % 2 == 0
    if field.type is FieldType.ORGANIZATION:
        kinds = field.of or (process.legs.receivers if process.legs else ("carrier",))
        return Party(f"receiver-{number}", role_table().kinds_of(kinds[0])[0])
    return _VALUES[field.type]


def key_of(process: Process, situation: Situation) -> Any:
    """What of a situation decides about the way on."""
    machines = [process, *([process.legs] if process.legs else [])]
    asked = {name for machine in machines for event in machine.events.values() for name in event.only_after}
    answered = {name for machine in machines for event in machine.events.values() for name in event.answers}
    answering = {name for machine in machines for name, event in machine.events.items() if event.answers}
    open_: dict[str, str] = {}
    for step in situation.history:
        if step.event in answered | answering:
            open_[step.leg] = step.event
    weighed = {name for machine in machines for event in machine.events.values() for name in event.instead}
    return (
        situation.state,
        tuple(sorted((name, situation.facts[name]) for name in weighed & situation.facts.keys())),
        tuple(leg.state for leg in situation.legs),
        frozenset(step.event for step in situation.history if step.event in asked),
        tuple(sorted(open_.items())),
    )


def walk(process: Process, most: int = 4_000) -> Walked:
    """Fire all that can be fired from everywhere, and let every deadline pass."""
    walked = Walked({}, {}, {}, set())
    waiting: list[Any] = []
    for _, change in _openings(process):
        _note(process, walked, waiting, None, change)
    while waiting and len(walked.situations) < most:
        key = waiting.pop(0)
        for change in _onward(process, walked.situations[key]):
            _note(process, walked, waiting, key, change)
    return walked


def _note(process: Process, walked: Walked, waiting: list[Any], before: Any, change: Change) -> None:
    for step in change.steps:
        walked.fired.setdefault(step.event, []).append(change)
    if change.passed:
        walked.passed.add(f"{change.passed.deadline}:{change.passed.step}")
    key = key_of(process, change.situation)
    if before is not None:
        walked.following[before].add(key)
    if key not in walked.situations:
        walked.situations[key] = change.situation
        walked.following[key] = set()
        waiting.append(key)


def _openings(process: Process) -> Iterator[tuple[str, Change]]:
    owner = owner_of(process)
    for name, event in process.opening.items():
        for number, full in ((0, True), (1, False)):  # what may be given is carried on
            actor = actor_for(event.who[0], owner, None, number)
            given = evidence_for(process, event, AT, number, full=full, kind=actor.kind)
            yield name, start(process, name, actor, given, AT, ref="walk", owner=owner, settings=SETTINGS)


def _onward(process: Process, situation: Situation) -> Iterator[Change]:
    at = max(AT, situation.history[-1].at) + 1_000
    number = len(situation.history) + 10
    for timer in situation.timers:
        yield from _passed(process, situation, timer, at)
    for name, event in process.events.items():
        if situation.state in event.sources and not (event.opens_legs and len(situation.legs) > 1):
            yield from _tried(process, situation, name, event, None, at, number)
    for leg in situation.legs if process.legs else ():
        if process.states[situation.state].end or process.legs is None:
            continue
        for name, event in process.legs.events.items():
            if leg.state in event.sources and not (event.forwards_to and len(situation.legs) > 1):
                yield from _tried(process, situation, name, event, leg.id, at, number)


def _passed(process: Process, situation: Situation, timer: RunningTimer | None, at: int) -> Iterator[Change]:
    """One deadline with all its steps, one after the other."""
    while timer is not None:
        change = pass_timer(process, situation, timer.id, max(at, timer.due), settings=SETTINGS)
        yield change
        situation, name, leg = change.situation, timer.deadline, timer.leg
        more = (one for one in change.timers_set if one.step and (one.deadline, one.leg) == (name, leg))
        timer = next(more, None)


def _tried(
    process: Process, situation: Situation, name: str, event: Event, leg: str | None, at: int, number: int
) -> Iterator[Change]:
    receiver = next((one.receiver for one in situation.legs if one.id == leg), None)
    if not ready(process, situation, event, leg or ""):
        return
    for full in {True, all(field.required for field in event.evidence.values())}:
        actor = taker(process, situation, event, receiver, number)
        if actor is None:
            return
        given = evidence_for(process, event, at, number, full=full, kind=actor.kind)
        yield fire(process, situation, name, actor, given, at, settings=SETTINGS, leg=leg or "")


def ready(process: Process, situation: Situation, event: Event, leg: str) -> bool:
    """Whether what an event answers, or comes after, has happened."""
    steps = [step.event for step in situation.history if step.leg == leg]
    machine = process.legs if leg and process.legs else process
    answering = {name for name, one in machine.events.items() if set(event.answers) & set(one.answers)}
    last = next((name for name in reversed(steps) if name in answering | set(event.answers)), None)
    return (not event.answers or last in event.answers) and (
        not event.only_after or bool(set(event.only_after) & set(steps))
    )
