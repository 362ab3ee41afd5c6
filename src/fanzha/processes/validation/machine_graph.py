"""Validate the state graph: states are reachable, can be left unless they are ends, and have a deadline or a reason."""

from collections.abc import Iterator

from fanzha.processes._yaml.faults import KeyPath, ProcessFault
from fanzha.processes.effects import Escalation
from fanzha.processes.parties import PartyRole
from fanzha.processes.process import DataCategory, Deadline, Event, Legs, Machine, Process
from fanzha.processes.validation.traversal import machines, reachable_states, start_states


def graph_faults(process: Process) -> Iterator[ProcessFault]:
    """Check the states and transitions of the process and of its legs."""
    for key_path, machine in machines(process):
        faults = list(_check_state_names(machine, key_path))
        yield from faults
        if not faults:
            yield from _check_transitions(process, machine, key_path)
    if process.legs:
        yield from _check_moves(process, process.legs)


def _check_state_names(machine: Machine, key_path: KeyPath) -> Iterator[ProcessFault]:
    fix = f"known are: {', '.join(machine.states)}"
    for name, event in machine.events.items():
        for state in (*event.sources, *filter(None, [event.to])):
            if state not in machine.states:
                yield ProcessFault((*key_path, "events", name), f"there is no state {state!r}", fix)
        yield from _check_event(machine, event, (*key_path, "events", name))
    for name, deadline in machine.deadlines.items():
        for state in deadline.during:
            if state not in machine.states:
                yield ProcessFault((*key_path, "deadlines", name, "while"), f"there is no state {state!r}", fix)
    if isinstance(machine, Legs) and machine.start not in machine.states:
        yield ProcessFault((*key_path, "start"), f"there is no state {machine.start!r}", fix)


def _check_event(machine: Machine, event: Event, key_path: KeyPath) -> Iterator[ProcessFault]:
    if not event.sources and (isinstance(machine, Legs) or not event.to):
        yield ProcessFault(
            key_path, "an event without `from` opens a process and says `to` which state; legs open by themselves"
        )
    for state in event.sources:
        if state in machine.states and machine.states[state].end:
            yield ProcessFault((*key_path, "from"), f"{state!r} is an end: nothing leaves it")


def _check_transitions(process: Process, machine: Machine, key_path: KeyPath) -> Iterator[ProcessFault]:
    begin = start_states(machine)
    if not begin:
        yield ProcessFault((*key_path, "events"), "no event opens the process", "one event has no `from`")
    can = reachable_states(machine, begin, lambda name, event: True)
    timed = {state for deadline in machine.deadlines.values() if _ends_waiting(deadline) for state in deadline.during}
    for name, state in machine.states.items():
        state_path = (*key_path, "states", name)
        if name not in can:
            yield ProcessFault(state_path, "no way leads here")
        if state.end:
            continue
        if not any(event.to and event.to != name and name in event.sources for event in machine.events.values()):
            yield ProcessFault(state_path, "no event leaves it", "mark it end: true, or give it a way on")
        if name not in timed and state.waits is None:
            yield ProcessFault(
                state_path, "nothing happens here when nobody acts", "give it a deadline, or say why it `waits`"
            )
        if name in timed and state.waits is not None:
            yield ProcessFault(state_path, "it has a deadline and says why it needs none", "leave one out")
    if not any(state.end for state in machine.states.values()):
        yield ProcessFault((*key_path, "states"), "no state is an end")
    for name in can - {
        s for s in can if any(machine.states[e].end for e in reachable_states(machine, {s}, lambda n, v: True))
    }:
        yield ProcessFault((*key_path, "states", name), "no way leads from here to an end")


def _ends_waiting(deadline: Deadline) -> bool:
    """Return whether the last step of the deadline fires an event or escalates to a regulator."""
    last = deadline.then[-1] if deadline.then else None
    return bool(last and (last.fire or last.escalate in (Escalation.REGULATOR, Escalation.NATIONAL_CENTRE)))


def _check_moves(process: Process, legs: Legs) -> Iterator[ProcessFault]:
    for number, move in enumerate(legs.moves):
        key_path: KeyPath = ("legs", "moves", number)
        event = process.events.get(move.fire)
        if move.when not in ("all", "any"):
            yield ProcessFault(key_path, "`when` is all or any")
        if event is None or PartyRole.SYSTEM not in event.who or not set(move.sources) <= set(event.sources):
            yield ProcessFault(
                key_path, f"{move.fire!r} must be an event that the system fires from {', '.join(move.sources)}"
            )
        elif not event.to or event.to in move.sources or any(field.required for field in event.evidence.values()):
            yield ProcessFault(key_path, f"{move.fire!r} must leave these states and ask for no evidence")
        for state in move.legs:
            if state not in legs.states:
                yield ProcessFault(
                    (*key_path, "legs"), f"there is no state {state!r}", f"known are: {', '.join(legs.states)}"
                )
    if process.data is DataCategory.MIRRORED:
        yield ProcessFault(("legs",), "a mirrored process has no legs: nothing is sent out by it")
