"""Validate what legs carry to the systems of receivers: known fields, personal data by name, and answers that fit."""

import re
from collections.abc import Iterator, Mapping

from fanzha.processes._yaml.faults import KeyPath, ProcessFault
from fanzha.processes.effects import Effect
from fanzha.processes.evidence import EvidenceField
from fanzha.processes.process import ANSWERS, LegContent, LegRequest, Legs, Process
from fanzha.processes.roles import role_table

_ACTION = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_AT = ("legs", "carries")
#: The name under which the subject that the process was opened on goes out.
ABOUT = "about"
_WAYS = "write requests (and answers), or by_hand: [为何由人办理, why people do it by hand]"


def leg_content_faults(process: Process, *, is_stored: bool = False) -> Iterator[ProcessFault]:
    """Check what the legs carry. A text that was stored before (`is_stored`) need not say it."""
    if process.legs is None:
        return
    content = process.legs.carries
    if content is None:
        if not is_stored:
            yield ProcessFault(("legs",), "`carries` is missing: what goes out to the receivers", _WAYS)
        return
    if sum((content.by_hand is not None, content.targets, bool(content.requests))) != 1:
        yield ProcessFault(_AT, "legs carry either requests, or the targets of an order, or nothing (by hand)", _WAYS)
    elif content.requests:
        yield from _check_requests(process, process.legs, content)
        yield from _check_answers(process.legs, content.answers, (*_AT, "answers"))
        yield from _check_answers(process.legs, content.undo_answers, (*_AT, "undo_answers"))
        if not content.answers:
            yield ProcessFault(_AT, "no answer is expected", "write answers: {executed: an event of the legs}")


def _check_requests(process: Process, legs: Legs, content: LegContent) -> Iterator[ProcessFault]:
    sent = {legs.start} | {
        event.to for event in legs.events.values() if event.to and Effect.DISPATCH_LEG in event.effects
    }
    for state in sorted(sent - content.requests.keys()):
        yield ProcessFault((*_AT, "requests"), f"a leg is sent in {state!r}, and it is not said what it asks for then")
    fields, personal = _fields(process), set[str]()
    for state, request in content.requests.items():
        key_path = (*_AT, "requests", state)
        if state not in legs.states:
            yield ProcessFault(key_path, f"there is no state {state!r} of the legs", f"known: {', '.join(legs.states)}")
        if not _ACTION.fullmatch(request.action):
            yield ProcessFault((*key_path, "action"), f"{request.action!r} is no word", "write it like_this")
        for name in sorted(set(request.every) - set(request.fields)):
            yield ProcessFault((*key_path, "every"), f"{name!r} is no field of the request")
        for name in request.fields:
            yield from _check_field(name, fields.get(name), content, (*key_path, "fields"))
        yield from _check_about(request, content, key_path)
        yield from _check_only_for(request, key_path)
        yield from _check_forwarded(legs, request, content, key_path)
        yield from _check_answers(legs, request.answers, (*key_path, "answers"))
        personal |= {name for name in request.fields if name in fields and fields[name].personal}
        personal |= {ABOUT} if request.about else set()
    for name in sorted(set(content.personal) - personal):
        yield ProcessFault((*_AT, "personal"), f"{name!r} is no personal field that a request carries")


def _check_field(
    name: str, field: EvidenceField | None, content: LegContent, key_path: KeyPath
) -> Iterator[ProcessFault]:
    if field is None:
        yield ProcessFault(key_path, f"there is no evidence {name!r} of the process")
    elif field.internal or field.hidden_until:
        yield ProcessFault(key_path, f"{name!r} is hidden from receivers, so it cannot be sent to them")
    elif field.personal and name not in content.personal:
        yield ProcessFault(key_path, f"{name!r} is personal data", "name it in `personal` too, if it has to go out")


def _check_about(request: LegRequest, content: LegContent, key_path: KeyPath) -> Iterator[ProcessFault]:
    if request.about and ABOUT not in content.personal:
        yield ProcessFault((*key_path, "about"), "the subject may be a person", f"name {ABOUT!r} in `personal` too")


def _check_only_for(request: LegRequest, key_path: KeyPath) -> Iterator[ProcessFault]:
    for name, kinds in request.only_for.items():
        unknown = [kind for kind in kinds if not role_table().kinds_of(kind)]
        if name not in request.fields or not kinds or unknown:
            yield ProcessFault(
                (*key_path, "only_for", name), "it names a field of the request, and kinds of organisation"
            )


def _check_forwarded(legs: Legs, request: LegRequest, content: LegContent, key_path: KeyPath) -> Iterator[ProcessFault]:
    forwarding = [event for event in legs.events.values() if event.forwards_to]
    for name, instead in request.when_forwarded.items():
        field = next((event.evidence[instead] for event in forwarding if instead in event.evidence), None)
        if name not in request.fields or field is None:
            yield ProcessFault(
                (*key_path, "when_forwarded"),
                f"{name!r}: {instead!r} is not a field of the request and of a forwarding",
            )
        elif field.internal or (field.personal and name not in content.personal):
            yield ProcessFault((*key_path, "when_forwarded"), f"{instead!r} is personal or hidden, and {name!r} is not")


def _check_answers(legs: Legs, answers: Mapping[str, str], key_path: KeyPath) -> Iterator[ProcessFault]:
    for word, event_name in answers.items():
        event = legs.events.get(event_name)
        if word not in ANSWERS:
            yield ProcessFault((*key_path, word), f"{word!r} is no answer", f"known: {', '.join(ANSWERS)}")
        if event is None or not any(party.startswith("receiver.") for party in event.who):
            yield ProcessFault((*key_path, word), f"{event_name!r} is no event of the legs that a receiver may fire")
        elif (word == "forwarded") != bool(event.forwards_to):
            yield ProcessFault((*key_path, word), f"{event_name!r} does not fit: only `forwarded` forwards a leg")


def _fields(process: Process) -> dict[str, EvidenceField]:
    """Return the evidence of the process by name; of fields with the same name, the one that is to be kept closest."""
    found: dict[str, EvidenceField] = {}
    for event in process.events.values():
        for name, field in event.evidence.items():
            found[name] = max(found.get(name, field), field, key=_sensitivity)
    return found


def _sensitivity(field: EvidenceField) -> tuple[bool, bool]:
    return field.internal or bool(field.hidden_until), field.personal
