"""Check how steps are declared for pages: what is said afterwards, the main step, and harmful and rare ones.

The engine needs none of it, so a process without these words loads. Shipped processes have them all.
"""

from collections.abc import Iterator

from fanzha.processes._yaml.faults import KeyPath, ProcessFault
from fanzha.processes.evidence import FieldType
from fanzha.processes.parties import MACHINES
from fanzha.processes.process import Event, Machine, Process
from fanzha.processes.validation.traversal import machines


def declaration_faults(process: Process) -> Iterator[ProcessFault]:
    """Check `done`, `primary`, `harmful` and `rare` of every step of the process and of its legs."""
    undone_by = {event.undo.by for event in process.events.values() if event.undo}
    for key_path, machine in machines(process):
        for name, event in machine.events.items():
            event_path = (*key_path, "events", name)
            if not _people(event):
                yield from _check_machine_step(event, event_path)
                continue
            yield from _check_result(event, event_path)
            yield from _check_harm(process, machine, name, event, name in undone_by, event_path)
            yield from _check_rarity(event, event_path)
        yield from _check_primary_steps(machine, key_path)


def _people(event: Event) -> list[str]:
    """Return who may take the step, without the machines."""
    return [actor for actor in event.who if actor not in MACHINES]


def _check_machine_step(event: Event, key_path: KeyPath) -> Iterator[ProcessFault]:
    for key, is_set in (
        ("primary", event.primary),
        ("harmful", event.harmful),
        ("rare", event.rare),
        ("done", event.done),
    ):
        if is_set:
            yield ProcessFault((*key_path, key), "no person takes this step, so no page offers it", f"leave {key} out")


def _check_result(event: Event, key_path: KeyPath) -> Iterator[ProcessFault]:
    if event.done is None:
        yield ProcessFault(
            key_path,
            "nothing is said once the step is taken",
            'write done: ["已……", "What was done, in the past tense"]',
        )


def _check_harm(
    process: Process, machine: Machine, name: str, event: Event, undoes: bool, key_path: KeyPath
) -> Iterator[ProcessFault]:
    free = not event.sources or any(not machine.states[source].limiting for source in event.sources)
    if event.to and machine.states[event.to].limiting and free and not event.harmful:
        yield ProcessFault(key_path, "it limits somebody", "write harmful: true")
    if undoes and machine is process and not (event.primary or event.harmful or event.decides_appeal):
        yield ProcessFault(
            key_path,
            "it undoes what another step did",
            "write harmful: true, or primary: true if that is how a limit should end",
        )
    ends = bool(event.to) and machine.states[event.to].end and machine is process
    asks = any(field.required and field.type is not FieldType.YES_NO for field in event.evidence.values())
    if ends and not asks and not (event.primary or event.harmful or event.rare or event.decides_appeal):
        yield ProcessFault(
            key_path,
            "one press ends the process: it asks for nothing",
            "write harmful: true, or primary: true if this is how it should end, or rare: true for an exception",
        )


def _check_rarity(event: Event, key_path: KeyPath) -> Iterator[ProcessFault]:
    if event.emergency and not event.rare:
        yield ProcessFault(key_path, "an emergency is an exception", "write rare: true")
    if event.rare and event.primary:
        yield ProcessFault(key_path, "a rare step is not the main one", "leave primary or rare out")


def _check_primary_steps(machine: Machine, key_path: KeyPath) -> Iterator[ProcessFault]:
    """Check that no party has two main steps at once. A step that `answers` others is open only while they wait."""
    main_steps: dict[tuple[str, str, frozenset[str]], str] = {}
    for name, event in machine.events.items():
        for source in event.sources if event.primary else ():
            for actor in _people(event):
                other = main_steps.setdefault((source, actor, frozenset(event.answers)), name)
                if other != name:
                    yield ProcessFault(
                        (*key_path, "events", name, "primary"),
                        f"in {source!r} {other!r} is the main step of {actor} already",
                        "leave primary out of one of them",
                    )
                    return
