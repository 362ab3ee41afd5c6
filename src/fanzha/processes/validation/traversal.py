"""Ways through a process: its machines, its fields, and which states follow each other by which events."""

from collections.abc import Callable, Iterator

from fanzha.processes._yaml.faults import Place
from fanzha.processes.evidence import EvidenceField
from fanzha.processes.process import Event, Legs, Machine, Process


def machines(process: Process) -> Iterator[tuple[Place, Machine]]:
    """The process itself and its legs, each with its place in the text."""
    yield (), process
    if process.legs:
        yield ("legs",), process.legs


def fields_of(process: Process) -> Iterator[tuple[Place, str, EvidenceField]]:
    """Every field of evidence with its place and name."""
    for place, machine in machines(process):
        for name, event in machine.events.items():
            for field_name, field in event.evidence.items():
                yield (*place, "events", name, "evidence", field_name), field_name, field


def stored_fields(process: Process) -> dict[str, EvidenceField]:
    """The fields whose values stay with the running process."""
    return {name: field for _, name, field in fields_of(process) if field.is_kept}


def starts(machine: Machine) -> set[str]:
    """The states in which a machine may begin."""
    if isinstance(machine, Legs):
        return {machine.start}
    return {event.to for event in machine.events.values() if not event.sources}


def reachable_states(machine: Machine, begin: set[str], by: Callable[[str, Event], bool]) -> set[str]:
    """Every state that can be come to from `begin` by events for which `by` holds, `begin` included."""
    visited, waiting = set(begin), list(begin)
    while waiting:
        pending = waiting.pop()
        for name, event in machine.events.items():
            if event.to and pending in event.sources and event.to not in visited and by(name, event):
                visited.add(event.to)
                waiting.append(event.to)
    return visited
