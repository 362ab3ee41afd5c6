"""Validate that every name refers to something and that every text has a Chinese and an English version."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from fanzha.base.words import Words
from fanzha.kinds import all_kinds
from fanzha.processes._yaml.faults import KeyPath, ProcessFault
from fanzha.processes.evidence import DrawnPart, EvidenceField, FieldType, Unit
from fanzha.processes.legal_basis import legal_basis_words
from fanzha.processes.parties import REQUESTERS, PartyRole
from fanzha.processes.process import Event, Legs, Machine, Process
from fanzha.processes.roles import role_table
from fanzha.processes.validation.traversal import evidence_fields, machines, stored_fields

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_CHINESE = re.compile(r"[㐀-鿿]")
_LATIN = re.compile(r"[A-Za-z]")
_DRAWN_TYPES = {
    DrawnPart.SEED: (FieldType.TEXT,),
    DrawnPart.RECORD: (FieldType.FILE,),
    DrawnPart.RESULT: (FieldType.ORGANIZATION, FieldType.PERSON),
}


def name_faults(process: Process) -> Iterator[ProcessFault]:
    """Check names, titles, fields, legal bases and actors."""
    yield from _check_words(process, ())
    yield from _check_process(process)
    for key_path, machine in machines(process):
        for kind in ("states", "events", "deadlines"):
            for name in getattr(machine, kind):
                if not _NAME.fullmatch(name):
                    yield ProcessFault((*key_path, kind, name), f"{name!r} is not a name", "write it like_this")
        for name, event in machine.events.items():
            yield from _check_event(process, machine, event, (*key_path, "events", name))
        for name, deadline in machine.deadlines.items():
            yield from _check_bases(deadline.basis, (*key_path, "deadlines", name, "basis"))


def _check_words(value: Any, key_path: KeyPath) -> Iterator[ProcessFault]:
    if isinstance(value, Words):
        if not _CHINESE.search(value.zh) or not _LATIN.search(value.en):
            yield ProcessFault(key_path, f"{list(value)} is not one text in both languages", "write [中文, English]")
    elif isinstance(value, Unit):
        if not _CHINESE.search(value.zh) or (value.en and not _LATIN.search(value.en)):
            yield ProcessFault(key_path, f"{list(value)} is not a unit in both languages", "write [个, items, item]")
    elif isinstance(value, msgspec.Struct):
        for name, key in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            yield from _check_words(getattr(value, name), (*key_path, key))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _check_words(item, (*key_path, key))
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _check_words(item, (*key_path, number))


def _check_process(process: Process) -> Iterator[ProcessFault]:
    table = role_table()
    if not _NAME.fullmatch(process.name):
        yield ProcessFault(("name",), f"{process.name!r} is not a name", "write it like_this")
    if process.version < 1:
        yield ProcessFault(("version",), "versions begin with 1")
    for party in process.owners:
        if not table.kinds_of(party):
            yield ProcessFault(
                ("owners",), f"there is no kind of organisation {party!r}", _list_names(table.kinds, table.groups)
            )
    if not process.owners:
        yield ProcessFault(("owners",), "no kind of organisation may own it")
    for kind in ("events", "deadlines"):
        for name in sorted(set(getattr(process, kind)) & set(getattr(process.legs, kind) if process.legs else ())):
            yield ProcessFault(("legs", kind, name), "the process itself has this name too", "choose another name")
    yield from _check_stored_fields(process)


def _check_stored_fields(process: Process) -> Iterator[ProcessFault]:
    types: dict[str, FieldType] = {}
    for key_path, name, field in evidence_fields(process):
        if field.is_kept and (field.personal or key_path[0] == "legs"):
            yield ProcessFault(
                key_path, "personal data, and what legs say, is not kept with the state", "leave out keep: true"
            )
        if field.is_kept and types.setdefault(name, field.type) is not field.type:
            yield ProcessFault(key_path, f"another event keeps {name!r} as {types[name]}")


def _check_event(process: Process, machine: Machine, event: Event, key_path: KeyPath) -> Iterator[ProcessFault]:
    yield from _check_bases(event.basis, (*key_path, "basis"))
    if not event.who:
        yield ProcessFault((*key_path, "who"), "nobody may do it")
    for actor_spec in event.who:
        message = _actor_spec_fault(process, machine, actor_spec)
        if message:
            yield ProcessFault((*key_path, "who"), message, "kinds and their roles stand in roles.yaml")
    for key in ("other_than", "answers", "only_after"):
        for name in getattr(event, key):
            if name not in machine.events:
                yield ProcessFault((*key_path, key), f"there is no event {name!r}", _list_names(machine.events))
    for name, field in event.evidence.items():
        yield from _check_field(event, name, field, (*key_path, "evidence", name))
        yield from _check_bounds(process, event, field, (*key_path, "evidence", name))
        if field.hidden_until and field.hidden_until not in machine.events:
            message = f"hidden_until: there is no event {field.hidden_until!r}"
            yield ProcessFault((*key_path, "evidence", name), message, _list_names(machine.events))
    yield from _check_draw(process, event, key_path)
    yield from _check_legs(process, machine, event, key_path)
    yield from _check_replacement(process, machine, event, (*key_path, "instead"))


def _check_replacement(process: Process, machine: Machine, event: Event, key_path: KeyPath) -> Iterator[ProcessFault]:
    """Check that a replacement event has the same states, actors and required fields as the event it replaces."""
    for field, name in event.instead.items():
        replaced, replacement = event.evidence.get(field) or stored_fields(process).get(field), machine.events.get(name)
        if replaced is None or replaced.type is not FieldType.YES_NO:
            yield ProcessFault(key_path, f"{field!r} is no yes-or-no field of it, nor a kept one")
        if replacement is None or replacement.instead or not event.sources:
            yield ProcessFault(key_path, f"{name!r} is no event that can happen in place of it")
        elif not set(event.sources) <= set(replacement.sources) or set(event.who) != set(replacement.who):
            yield ProcessFault(key_path, f"{name!r} must be possible from the same states, by the same")
        elif set(event.evidence) - set(replacement.evidence) or any(
            field_definition.required
            for key, field_definition in replacement.evidence.items()
            if key not in event.evidence
        ):
            yield ProcessFault(key_path, f"{name!r} must have all its fields, and require no others")


def _check_legs(process: Process, machine: Machine, event: Event, key_path: KeyPath) -> Iterator[ProcessFault]:
    stored = stored_fields(process)
    leg_events = process.legs.events if process.legs else {}
    if event.opens_legs and (not process.legs or event.opens_legs not in stored):
        yield ProcessFault((*key_path, "opens_legs"), f"{event.opens_legs!r} is no kept field, or there are no legs")
    for name in event.legs_do:
        if name not in leg_events or PartyRole.SYSTEM not in leg_events[name].who:
            yield ProcessFault((*key_path, "legs_do"), f"the legs have no event {name!r} that the system fires")
    target = event.evidence.get(event.forwards_to)
    forwards = target and target.type is FieldType.ORGANIZATION and target.required and not target.many
    if event.forwards_to and not (isinstance(machine, Legs) and forwards):
        yield ProcessFault(
            (*key_path, "forwards_to"), "it must name a required field of type organization, of an event of a leg"
        )


def _check_field(event: Event, name: str, field: EvidenceField, key_path: KeyPath) -> Iterator[ProcessFault]:
    if not _NAME.fullmatch(name):
        yield ProcessFault(key_path, f"{name!r} is not a name", "write it like_this")
    if (field.type is FieldType.NUMBER) != (field.unit is not None):
        yield ProcessFault(key_path, "a number has a unit, and nothing else has", "write unit: [个, items, item]")
    if (field.type is FieldType.CHOICE) != bool(field.choices):
        yield ProcessFault(key_path, "a choice has choices, and nothing else has")
    if field.within and field.type is not FieldType.MOMENT:
        yield ProcessFault(key_path, "only a moment lies within a span")
    if field.only_by and not role_table().kinds_of(field.only_by):
        yield ProcessFault(
            key_path, f"only_by names no kind of organisation: {field.only_by!r}", "roles.yaml has the table"
        )
    yield from _check_party_field(field, key_path)
    for key, related in (
        ("required_with", field.demanded_by),
        ("differs_from", field.differs_from),
        ("chosen_by", field.chosen_by),
    ):
        if related and related not in event.evidence:
            yield ProcessFault(key_path, f"{key} names no field of this event: {related!r}")


def _check_draw(process: Process, event: Event, key_path: KeyPath) -> Iterator[ProcessFault]:
    """Check that a draw has one seed, one record and a result, or a list whose lines are drawn, of fitting types."""
    drawn = {name: (field.drawn, field.type) for name, field in event.evidence.items() if field.drawn}
    parts = [part for part, _ in drawn.values()]
    is_whole = parts.count(DrawnPart.SEED) == parts.count(DrawnPart.RECORD) == 1
    if event in process.opening.values():
        is_whole = is_whole and DrawnPart.RESULT in parts
    else:
        is_whole = is_whole and DrawnPart.RESULT not in parts and _draws_lines(process, event)
    if drawn and not is_whole:
        yield ProcessFault(
            key_path,
            "a draw opens a process, with one seed, one record and a result, or draws lines of a file",
            "write drawn: seed at a text, drawn: record at a file, drawn: result at organizations or persons; for lines"
            " draws_from: a file of this event, draws: a kept number, both at the record",
        )
    for name, (part, field_type) in drawn.items():
        if field_type not in _DRAWN_TYPES[part]:
            yield ProcessFault((*key_path, "evidence", name), f"a {field_type} is no {part} of a draw")


def _draws_lines(process: Process, event: Event) -> bool:
    """Return whether the record of a draw names a file of the event and a kept number of lines."""
    record = next(field for field in event.evidence.values() if field.drawn is DrawnPart.RECORD)
    lines, kept = event.evidence.get(record.draws_from), stored_fields(process)
    is_file = lines is not None and lines.type is FieldType.FILE and lines.required and not lines.many
    counts = [kept.get(name) for name in (record.draws, record.draws_of) if name]
    return is_file and bool(record.draws) and all(count and count.type is FieldType.NUMBER for count in counts)


def _check_bounds(process: Process, event: Event, field: EvidenceField, key_path: KeyPath) -> Iterator[ProcessFault]:
    if field.least and not (field.many and field.least > 1):
        yield ProcessFault(
            key_path, "`least` says of how many values, two and more, a field is", "write many: true, least: 2"
        )
    for key, field_name in (("not_below", field.not_below), ("not_above", field.not_above)):
        bound = event.evidence.get(field_name) or stored_fields(process).get(field_name)
        if field_name and not (bound and bound.type is field.type is FieldType.NUMBER):
            yield ProcessFault(key_path, f"{key} names no number of this event, and none that is kept: {field_name!r}")


def _check_party_field(field: EvidenceField, key_path: KeyPath) -> Iterator[ProcessFault]:
    """Check fields that name an organisation or a subject, and the party role they give."""
    if (field.takes_part or field.of) and field.type is not FieldType.ORGANIZATION:
        yield ProcessFault(key_path, "only an organization takes part, and is `of` a kind")
    if field.party_role and field.type not in (FieldType.ORGANIZATION, FieldType.SUBJECT):
        yield ProcessFault(key_path, "only an organization or a subject has a `standing`")
    if field.party_role and field.party_role not in REQUESTERS:
        yield ProcessFault(
            key_path, f"nobody is named as {field.party_role}", f"known are: {', '.join(sorted(REQUESTERS))}"
        )
    for name in field.of:
        if not role_table().kinds_of(name):
            yield ProcessFault(
                (*key_path, "of"), f"there is no kind of organisation {name!r}", "roles.yaml has the table"
            )
    named = [name for name in (field.kind, *field.kinds.values()) if name]
    if named and field.type is not FieldType.SUBJECT:
        yield ProcessFault(key_path, "only a subject is of a kind of thing watched")
    if bool(field.kinds) != bool(field.chosen_by) or (field.kind and field.kinds):
        yield ProcessFault(
            key_path, "it has one `kind`, or `kinds` for each choice of the field that `chosen_by` names"
        )
    for name in named:
        if name not in all_kinds():
            yield ProcessFault(
                key_path, f"there is no kind of thing {name!r}", f"known are: {', '.join(sorted(all_kinds()))}"
            )


def _check_bases(codes: tuple[str, ...], key_path: KeyPath) -> Iterator[ProcessFault]:
    if not codes:
        yield ProcessFault(key_path, "no basis is named", "name one of legal_basis.yaml, or POL for a house rule")
    for code in codes:
        if legal_basis_words(code) is None:
            yield ProcessFault(key_path, f"there is no basis {code!r}", "legal_basis.yaml has the table")


def _actor_spec_fault(process: Process, machine: Machine, actor_spec: str) -> str:
    table = role_table()
    party, dot, role = actor_spec.partition(".")
    if not dot:
        return (
            ""
            if party in tuple(PartyRole)
            else f"{actor_spec!r} is no party ({', '.join(PartyRole)}) and names no role"
        )
    named = {"owner": process.owners, "receiver": machine.receivers if isinstance(machine, Legs) else ()}
    kinds = [kind for name in named.get(party, (party,)) for kind in table.kinds_of(name)]
    if not kinds or role not in table.roles:
        return f"{actor_spec!r} names no party or no role"
    kinds_without_role = [kind for kind in kinds if role not in table.kinds[kind].roles]
    return f"{actor_spec!r}: {', '.join(kinds_without_role)} has no such role" if kinds_without_role else ""


def _list_names(*names: object) -> str:
    choices = [str(name) for some in names if isinstance(some, dict) for name in some]
    return f"known are: {', '.join(choices)}"
