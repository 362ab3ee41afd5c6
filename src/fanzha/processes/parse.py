"""Parse a process from its YAML text and report every fault with its line."""

from collections.abc import Iterator
from typing import Any

import msgspec

from fanzha.processes._yaml.faults import KeyPath, ProcessFault, WrongText, describe_fault
from fanzha.processes._yaml.yaml_text import read_yaml
from fanzha.processes.evidence import EvidenceField
from fanzha.processes.process import Deadline, Event, Process, ProcessState
from fanzha.processes.validation.deadlines import deadline_faults
from fanzha.processes.validation.declared_steps import declaration_faults
from fanzha.processes.validation.documents import document_faults
from fanzha.processes.validation.due_process import due_process_faults
from fanzha.processes.validation.leg_content import leg_content_faults
from fanzha.processes.validation.machine_graph import graph_faults
from fanzha.processes.validation.names import name_faults
from fanzha.processes.validation.reachability import participation_faults

_SECTIONS = {"states": ProcessState, "events": Event, "deadlines": Deadline}


def parse_process(text: str, name: str = "process.yaml", *, is_stored: bool = False) -> Process:
    """Return the process. Raise WrongText with the file, line and key path of every fault.

    `is_stored`: something runs by this text, which may be from before legs had to say what they carry.
    """
    value, lines = read_yaml(text, name)
    faults = list(_shape_faults(value))
    if faults:
        raise WrongText(name, faults, lines)
    process = msgspec.structs.replace(msgspec.convert(value, Process), text=text)
    # Each check relies on the checks before it.
    checks = (name_faults, graph_faults, deadline_faults, due_process_faults, participation_faults, document_faults)
    for check in checks:
        faults = list(check(process))
        if faults:
            raise WrongText(name, faults, lines)
    faults = list(leg_content_faults(process, is_stored=is_stored))
    if faults:
        raise WrongText(name, faults, lines)
    return process


def describe_undeclared_steps(process: Process, name: str = "process.yaml") -> tuple[str, ...]:
    """Return what the declarations of the steps lack, with file, line and fix; pages work without them, less well."""
    faults = tuple(declaration_faults(process))
    lines = read_yaml(process.text, name).lines if faults else {}
    return tuple(describe_fault(name, fault, lines) for fault in faults)


def _shape_faults(value: Any) -> Iterator[ProcessFault]:
    if not isinstance(value, dict):
        yield ProcessFault((), "a process is a mapping of name, version, title, states, events, …")
        return
    found = list(_section_faults(value, ()))
    if isinstance(value.get("legs"), dict):
        found += _section_faults(value["legs"], ("legs",))
    yield from found or _conversion_faults(value, Process, ())


def _section_faults(value: dict[str, Any], key_path: KeyPath) -> Iterator[ProcessFault]:
    """Convert items one by one: msgspec does not report the key of an invalid mapping item."""
    for section, type_ in _SECTIONS.items():
        items = value.get(section)
        for key, item in items.items() if isinstance(items, dict) else ():
            item_path = (*key_path, section, key)
            fields = item.get("evidence") if type_ is Event and isinstance(item, dict) else None
            field_faults: list[ProcessFault] = []
            for name, field in fields.items() if isinstance(fields, dict) else ():
                field_faults += _conversion_faults(field, EvidenceField, (*item_path, "evidence", name))
            yield from field_faults or _conversion_faults(item, type_, item_path)


def _conversion_faults(value: Any, type_: type[Any], key_path: KeyPath) -> Iterator[ProcessFault]:
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        parts = [part for part in path.rstrip("`").replace("[", ".").replace("]", "").split(".") if part]
        steps = [int(part) if part.isdigit() else part for part in parts]
        yield ProcessFault((*key_path, *steps), message, "docs/reference/processes.md tells the keys")
