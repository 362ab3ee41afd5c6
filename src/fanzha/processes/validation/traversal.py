"""Iterate over the machines and fields of a process, and find reachable states."""

from collections.abc import Callable, Iterator

from fanzha.processes._yaml.faults import KeyPath
from fanzha.processes.evidence import EvidenceField
from fanzha.processes.process import Event, Legs, Machine, Process


def machines(process: Process) -> Iterator[tuple[KeyPath, Machine]]:
    """Yield the process and its legs, each with its key path."""
    yield (), process
    if process.legs:
        yield ("legs",), process.legs


def evidence_fields(process: Process) -> Iterator[tuple[KeyPath, str, EvidenceField]]:
    """Yield every evidence field with its key path and name."""
    for key_path, machine in machines(process):
        for name, event in machine.events.items():
            for field_name, field in event.evidence.items():
                yield (*key_path, "events", name, "evidence", field_name), field_name, field


def stored_fields(process: Process) -> dict[str, EvidenceField]:
    """Return the fields whose values are stored with the process instance."""
    return {name: field for _, name, field in evidence_fields(process) if field.is_kept}


def start_states(machine: Machine) -> set[str]:
    """Return the states in which a machine may begin."""
    if isinstance(machine, Legs):
        return {machine.start}
    return {event.to for event in machine.events.values() if not event.sources}


def reachable_states(machine: Machine, initial: set[str], may_fire: Callable[[str, Event], bool]) -> set[str]:
    """Return `initial` and every state that events allowed by `may_fire` lead to."""
    visited, queue = set(initial), list(initial)
    while queue:
        state = queue.pop()
        for name, event in machine.events.items():
            if event.to and state in event.sources and event.to not in visited and may_fire(name, event):
                visited.add(event.to)
                queue.append(event.to)
    return visited
