"""Validate limits on people: a human decides, another unit hears the appeal, a way back exists (ATF Art. 32)."""

from collections.abc import Iterator

from fanzha.base.clock import span_ms
from fanzha.processes._yaml.faults import ProcessFault
from fanzha.processes.effects import Effect
from fanzha.processes.evidence import FieldType
from fanzha.processes.parties import MACHINES, REQUESTERS, PartyRole
from fanzha.processes.process import DataCategory, Event, Process, ProcessState
from fanzha.processes.validation.traversal import machines, reachable_states, stored_fields

_DAY_MS, _TWO_HOURS_MS = 86_400_000, 7_200_000


def due_process_faults(process: Process) -> Iterator[ProcessFault]:
    """Check limits, appeals, ways back, emergencies, undo rules, and that only imports move a mirrored process."""
    if process.data is DataCategory.MIRRORED:
        yield from _check_mirrored(process)
    for name, state in process.states.items():
        if state.limiting:
            yield from _check_limit(process, name, state)
    for name, event in process.events.items():
        yield from _check_limiting_actors(process, name, event)
        yield from _check_restoring_actors(process, name, event)
        yield from _check_emergency(process, name, event)
        yield from _check_undo(process, name, event)
        yield from _check_list(process, name, event)
    for name, state in process.legs.states.items() if process.legs else ():
        if state.limiting:
            yield ProcessFault(("legs", "states", name), "limits belong to the process and not to its legs")


def _check_mirrored(process: Process) -> Iterator[ProcessFault]:
    for key_path, machine in machines(process):
        for name, event in machine.events.items():
            if event.who != (PartyRole.IMPORT,):
                yield ProcessFault((*key_path, "events", name, "who"), "a mirrored process is moved by imports only")


def _check_limit(process: Process, name: str, state: ProcessState) -> Iterator[ProcessFault]:
    key_path = ("states", name)
    notice = process.notice_for(name)
    if notice is None:
        yield ProcessFault(key_path, "who is limited must be told", "write notice: fact, period or until, remedy")
    elif bool(notice.period) == bool(notice.until):
        yield ProcessFault((*key_path, "notice"), "it tells a `period`, or the moment `until` which the limit lasts")
    for field in filter(None, [notice.until, notice.withheld_until] if notice else []):
        stored = stored_fields(process).get(field)
        if stored is None or stored.type is not FieldType.MOMENT:
            yield ProcessFault((*key_path, "notice"), f"{field!r} is not a moment that some event keeps")
    if state.end:
        yield ProcessFault(key_path, "an end cannot limit: there would be no way back")
    if not _leads_to_appeal(process, name):
        yield ProcessFault(
            key_path, "the one concerned cannot appeal from here", "add it to the `from` of an event with appeal"
        )
    back = reachable_states(process, {name}, lambda state_name, event: _may_lead_back(process, state_name, event))
    if all(process.states[state_name].limiting for state_name in back):
        yield ProcessFault(key_path, "no decision leads back from here")


def _leads_to_appeal(process: Process, name: str) -> bool:
    """Return whether an appeal can be filed in this state, or is decided in it."""
    is_mirrored = process.data is DataCategory.MIRRORED
    appellants = {PartyRole.IMPORT} if is_mirrored else {PartyRole.SUBJECT, PartyRole.APPLICANT}
    return any(
        name in event.sources and ((event.appeal and bool(appellants.intersection(event.who))) or event.decides_appeal)
        for event in process.events.values()
    )


def _may_lead_back(process: Process, name: str, event: Event) -> bool:
    """Return whether people, the system of record or the legs can fire the event. A deadline alone does not count."""
    by_legs = {move.fire for move in process.legs.moves} if process.legs else set()
    return name in by_legs or bool(set(event.who) - {PartyRole.SYSTEM})


def _limits(process: Process, event: Event) -> bool:
    """Return whether the event moves a subject from a free state into a limiting one."""
    free = [source for source in event.sources if source in process.states and not process.states[source].limiting]
    return bool(event.to and process.states[event.to].limiting and (free or not event.sources))


def _check_limiting_actors(process: Process, name: str, event: Event) -> Iterator[ProcessFault]:
    machines_may = set(event.who) & set(MACHINES)
    if process.data is DataCategory.OWNED and machines_may and _limits(process, event):
        yield ProcessFault(
            ("events", name, "who"), f"{', '.join(sorted(machines_may))} may not limit anybody: a human does"
        )
    if event.decides_appeal and set(event.who) & (REQUESTERS | MACHINES) and process.data is DataCategory.OWNED:
        yield ProcessFault(("events", name, "who"), "an appeal is decided by a person in office")


def _check_restoring_actors(process: Process, name: str, event: Event) -> Iterator[ProcessFault]:
    limited = [source for source in event.sources if process.states[source].limiting]
    if not limited or not event.to or process.states[event.to].limiting:
        return
    requesters = set(event.who) & REQUESTERS | {
        actor_spec for actor_spec in event.who if actor_spec.startswith("aggregator.")
    }
    if requesters:
        yield ProcessFault(("events", name, "who"), f"{', '.join(sorted(requesters))} may ask, and not restore")
    if Effect.NOTIFY_SUBJECT not in event.effects or event.told is None:
        yield ProcessFault(
            ("events", name, "effects"), "who is free again must be told", "add notify_subject, and `told`"
        )


def _check_emergency(process: Process, name: str, event: Event) -> Iterator[ProcessFault]:
    emergency, key_path = event.emergency, ("events", name, "emergency")
    if emergency is None:
        return
    expiry = event.evidence.get(emergency.expiry)
    if not (expiry and expiry.required and expiry.keep and expiry.within and span_ms(expiry.within) <= _DAY_MS):
        yield ProcessFault(key_path, f"{emergency.expiry!r} must be a required, kept moment within 24h at most")
    ratification = process.events.get(emergency.ratified_by)
    if ratification is None or name not in ratification.other_than or name not in ratification.answers:
        yield ProcessFault(key_path, f"{emergency.ratified_by!r} must answer it, by a person other than who fired it")
    lapses = [
        deadline
        for deadline in process.deadlines.values()
        if name in deadline.after and emergency.ratified_by in deadline.stopped_by and deadline.then[-1].fire
    ]
    if not any(event_name.longest and span_ms(event_name.longest) <= _TWO_HOURS_MS for event_name in lapses):
        yield ProcessFault(
            key_path, "no deadline of at most 2h lets it lapse when it is not ratified", "with `longest: 2h`"
        )


def _check_undo(process: Process, name: str, event: Event) -> Iterator[ProcessFault]:
    if event.undo is None:
        if Effect.PUBLISH_DECISION in event.effects:
            yield ProcessFault(("events", name), "what is published can be withdrawn", "say undo: {by: …, proof: …}")
        return
    by, key_path = process.events.get(event.undo.by), ("events", name, "undo")
    if by is None or (event.to and event.to not in by.sources):
        yield ProcessFault(key_path, f"{event.undo.by!r} must be an event from {event.to or 'the same states'}")
    elif event.undo.proof and not _requires_proof(process, by):
        yield ProcessFault(key_path, f"no file is asked for after {event.undo.by!r}, so nothing is proven")


def _check_list(process: Process, name: str, event: Event) -> Iterator[ProcessFault]:
    """Check that a list entry has a term, an appeal and an event that removes it."""
    if Effect.PUBLISH_LIST_ENTRY not in event.effects:
        return
    term, key_path = event.evidence.get("term_ends_at"), ("events", name, "effects")
    if not (term and term.required and term.keep and term.type is FieldType.MOMENT):
        yield ProcessFault(key_path, "who is listed is listed for a term", "ask for `term_ends_at`, a kept moment")
    if not (event.to and process.states[event.to].limiting):
        yield ProcessFault(
            key_path, "who is listed is limited, is told and can appeal", "let it lead to a limiting state"
        )
    if not any(Effect.WITHDRAW_LIST_ENTRY in event.effects for event in process.events.values()):
        yield ProcessFault(key_path, "nothing takes the entry off the list", "add withdraw_list_entry to what ends it")


def _requires_proof(process: Process, by: Event) -> bool:
    after = [event for event in process.events.values() if by.to and by.to in event.sources]
    on_legs = list(process.legs.events.values()) if process.legs and by.legs_do else []
    fields = [field for event in (by, *after, *on_legs) for field in event.evidence.values()]
    return any(field.type is FieldType.FILE and field.required for field in fields)
