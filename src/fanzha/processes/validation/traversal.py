"""Ways through a process: its machines, its fields, and which states follow each other by which events."""

from collections.abc import Callable, Iterator

from fanzha.processes._yaml.faults import KeyPath
from fanzha.processes.evidence import EvidenceField
from fanzha.processes.process import Event, Legs, Machine, Process


def machines(process: Process) -> Iterator[tuple[KeyPath, Machine]]:
    """The process itself and its legs, each with its place in the text."""
    yield (), process
    if process.legs:
        yield ("legs",), process.legs


def evidence_fields(process: Process) -> Iterator[tuple[KeyPath, str, EvidenceField]]:
    """Every field of evidence with its place and name."""
    for key_path, machine in machines(process):
        for name, event in machine.events.items():
            for field_name, field in event.evidence.items():
                yield (*key_path, "events", name, "evidence", field_name), field_name, field


def stored_fields(process: Process) -> dict[str, EvidenceField]:
    """The fields whose values stay with the running process."""
    return {name: field for _, name, field in evidence_fields(process) if field.is_kept}


def start_states(machine: Machine) -> set[str]:
    """The states in which a machine may begin."""
    if isinstance(machine, Legs):
        return {machine.start}
    return {event.to for event in machine.events.values() if not event.sources}


def reachable_states(machine: Machine, initial: set[str], may_fire: Callable[[str, Event], bool]) -> set[str]:
    """Every state that can be come to from `begin` by events for which `by` holds, `begin` included."""
    visited, queue = set(initial), list(initial)
    while queue:
        state = queue.pop()
        for name, event in machine.events.items():
            if event.to and state in event.sources and event.to not in visited and may_fire(name, event):
                visited.add(event.to)
                queue.append(event.to)
    return visited
