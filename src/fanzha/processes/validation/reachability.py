"""Whoever a step names can take it: a field gives him his standing, he sees the process, he is one who acts."""

from collections.abc import Iterator

from fanzha.processes._yaml.faults import Place, ProcessFault
from fanzha.processes.effects import Effect
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.named_parties import naming_fields
from fanzha.processes.parties import ASKERS, Standing
from fanzha.processes.process import DataCategory, Event, Machine, Process
from fanzha.processes.roles import role_table
from fanzha.processes.validation.traversal import machines

#: Their organisations see what those they supervise do.
_SUPERVISORS = ("national_regulator", "provincial_regulator", "centre")
_ON_SUBJECTS = frozenset(
    {Effect.PUBLISH_DECISION, Effect.WITHDRAW_DECISION, Effect.SHARE, Effect.SET_CASE_STATUS, Effect.CLEAR_CASE_STATUS}
)
_TO_RECEIVERS = frozenset({Effect.NOTIFY_RECEIVERS, Effect.SHARE})


def reach_faults(process: Process) -> Iterator[ProcessFault]:
    """Check who may act against who can, and effects against what they act on."""
    for place, machine in machines(process):
        for name, event in machine.events.items():
            event_place = (*place, "events", name)
            yield from _effects(process, event, (*event_place, "effects"))
            if process.data is DataCategory.OWNED:
                yield from _standings(process, machine, event, (*event_place, "who"))
                yield from _offices(process, event, (*event_place, "who"))


def _standings(process: Process, machine: Machine, event: Event, place: Place) -> Iterator[ProcessFault]:
    if Standing.IMPORT in event.who:
        yield ProcessFault(
            place, "imports move mirrored processes only", "name an office: a system acts by a key of one"
        )
    if not event.sources and machine is process and (early := sorted(set(event.who) & set(Standing))):
        yield ProcessFault(
            place, f"nobody is {', '.join(early)} of what has not begun", "name the offices that open it"
        )
        return
    for standing in sorted(set(event.who) & ASKERS):
        named = [field for field in _fields(process) if field.standing == standing]
        if not named:
            yield ProcessFault(place, f"no field names the {standing}", f"give one `standing: {standing}`")
        elif not any("." in who for who in event.who) and all(one.type is FieldType.SUBJECT for one in named):
            yield ProcessFault(
                place, f"the {standing} does not work on the platform", "name an office that takes it in too"
            )


def _offices(process: Process, event: Event, place: Place) -> Iterator[ProcessFault]:
    if not event.sources:
        return  # what has not begun is opened for its owner by whoever may
    owners = _kinds(process.owners)
    viewers = _viewer_kinds(process)
    for who in event.who:
        party, dot, _ = who.partition(".")
        kinds = set(_kinds((party,)))
        if dot and kinds and not set(owners) <= kinds and not kinds <= viewers:
            blind = ", ".join(sorted(kinds - viewers))
            fix = "name it in a field with `takes_part: true`, or as a receiver"
            yield ProcessFault(place, f"{who!r}: {blind} does not see the process", fix)


def _viewer_kinds(process: Process) -> set[str]:
    """Return the kinds of organisation, beside its owner, to whom a running process can be shown."""
    every = tuple(role_table().kinds)
    viewers = set(_SUPERVISORS) | set(_kinds(process.legs.receivers if process.legs else ()))
    for field in naming_fields(process).values():
        viewers |= set(_kinds(field.of or every))
    notified = {
        effect for _, machine in machines(process) for event in machine.events.values() for effect in event.effects
    }
    return viewers | ({"police"} if Effect.NOTIFY_POLICE in notified else set())


def _effects(process: Process, event: Event, place: Place) -> Iterator[ProcessFault]:
    effects = set(event.effects)
    concerned = any(field.type is FieldType.SUBJECT and field.standing for field in _fields(process))
    if effects & _ON_SUBJECTS and not concerned:
        yield ProcessFault(place, f"{_names(effects & _ON_SUBJECTS)}: on what?", "give a subject `standing: subject`")
    if effects & _TO_RECEIVERS and not process.legs and not naming_fields(process):
        yield ProcessFault(
            place, f"{_names(effects & _TO_RECEIVERS)}: to whom?", "name them in a field with `takes_part: true`"
        )
    if Effect.NOTIFY_APPLICANT in effects and not any(
        effect.standing is Standing.APPLICANT for effect in _fields(process)
    ):
        yield ProcessFault(place, "no field names the applicant", "give one `standing: applicant`")
    if Effect.NOTIFY_NAMED in effects:
        yield ProcessFault(place, "who is named is told without it", "leave notify_named out")


def _fields(process: Process) -> Iterator[EvidenceField]:
    for event in process.events.values():
        yield from event.evidence.values()


def _kinds(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(kind for name in names for kind in role_table().kinds_of(name))


def _names(effects: set[Effect]) -> str:
    return ", ".join(sorted(effects))
