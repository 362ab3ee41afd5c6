"""Validate that every named actor can act: a field gives the party role, and the organisation can see the process."""

from collections.abc import Iterator

from fanzha.processes._yaml.faults import KeyPath, ProcessFault
from fanzha.processes.effects import Effect
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.named_parties import naming_fields
from fanzha.processes.parties import REQUESTERS, PartyRole
from fanzha.processes.process import DataCategory, Event, Machine, Process
from fanzha.processes.roles import role_table
from fanzha.processes.validation.traversal import machines

#: Kinds of organisation that see the processes of those they supervise.
_SUPERVISORS = ("national_regulator", "provincial_regulator", "centre")
_ON_SUBJECTS = frozenset(
    {Effect.PUBLISH_DECISION, Effect.WITHDRAW_DECISION, Effect.SHARE, Effect.SET_CASE_STATUS, Effect.CLEAR_CASE_STATUS}
)
_TO_RECEIVERS = frozenset({Effect.NOTIFY_RECEIVERS, Effect.SHARE})


def participation_faults(process: Process) -> Iterator[ProcessFault]:
    """Check that allowed actors can take part, and that effects have a target."""
    for key_path, machine in machines(process):
        for name, event in machine.events.items():
            event_path = (*key_path, "events", name)
            yield from _check_effects(process, event, (*event_path, "effects"))
            if process.data is DataCategory.OWNED:
                yield from _check_party_roles(process, machine, event, (*event_path, "who"))
                yield from _check_roles(process, event, (*event_path, "who"))


def _check_party_roles(process: Process, machine: Machine, event: Event, key_path: KeyPath) -> Iterator[ProcessFault]:
    if PartyRole.IMPORT in event.who:
        yield ProcessFault(
            key_path, "imports move mirrored processes only", "name an office: a system acts by a key of one"
        )
    if not event.sources and machine is process and (early := sorted(set(event.who) & set(PartyRole))):
        yield ProcessFault(
            key_path, f"nobody is {', '.join(early)} of what has not begun", "name the offices that open it"
        )
        return
    for party_role in sorted(set(event.who) & REQUESTERS):
        fields = [field for field in _fields(process) if field.party_role == party_role]
        if not fields:
            yield ProcessFault(key_path, f"no field names the {party_role}", f"give one `standing: {party_role}`")
        elif not any("." in actor_spec for actor_spec in event.who) and all(
            field.type is FieldType.SUBJECT for field in fields
        ):
            yield ProcessFault(
                key_path, f"the {party_role} does not work on the platform", "name an office that takes it in too"
            )


def _check_roles(process: Process, event: Event, key_path: KeyPath) -> Iterator[ProcessFault]:
    if not event.sources:
        return  # any allowed actor may open a process for its owner
    owners = _kinds(process.owners)
    viewers = _viewer_kinds(process)
    for actor_spec in event.who:
        party, dot, _ = actor_spec.partition(".")
        kinds = set(_kinds((party,)))
        if dot and kinds and not set(owners) <= kinds and not kinds <= viewers:
            excluded = ", ".join(sorted(kinds - viewers))
            fix = "name it in a field with `takes_part: true`, or as a receiver"
            yield ProcessFault(key_path, f"{actor_spec!r}: {excluded} does not see the process", fix)


def _viewer_kinds(process: Process) -> set[str]:
    """Return the kinds of organisation that can see the process, besides its owner."""
    every = tuple(role_table().kinds)
    viewers = set(_SUPERVISORS) | set(_kinds(process.legs.receivers if process.legs else ()))
    for field in naming_fields(process).values():
        viewers |= set(_kinds(field.of or every))
    notified = {
        effect for _, machine in machines(process) for event in machine.events.values() for effect in event.effects
    }
    return viewers | ({"police"} if Effect.NOTIFY_POLICE in notified else set())


def _check_effects(process: Process, event: Event, key_path: KeyPath) -> Iterator[ProcessFault]:
    effects = set(event.effects)
    concerned = any(field.type is FieldType.SUBJECT and field.party_role for field in _fields(process))
    if effects & _ON_SUBJECTS and not concerned:
        yield ProcessFault(
            key_path, f"{_names(effects & _ON_SUBJECTS)}: on what?", "give a subject `standing: subject`"
        )
    if effects & _TO_RECEIVERS and not process.legs and not naming_fields(process):
        yield ProcessFault(
            key_path, f"{_names(effects & _TO_RECEIVERS)}: to whom?", "name them in a field with `takes_part: true`"
        )
    if Effect.NOTIFY_APPLICANT in effects and not any(
        field.party_role is PartyRole.APPLICANT for field in _fields(process)
    ):
        yield ProcessFault(key_path, "no field names the applicant", "give one `standing: applicant`")
    if Effect.NOTIFY_NAMED in effects:
        yield ProcessFault(key_path, "who is named is told without it", "leave notify_named out")


def _fields(process: Process) -> Iterator[EvidenceField]:
    for event in process.events.values():
        yield from event.evidence.values()


def _kinds(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(kind for name in names for kind in role_table().kinds_of(name))


def _names(effects: set[Effect]) -> str:
    return ", ".join(sorted(effects))
