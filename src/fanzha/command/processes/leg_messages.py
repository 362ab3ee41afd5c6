"""Build what a leg carries to its receiver's system, from the evidence of the steps, as the process says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from fanzha.base.clock import iso, to_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.processes.evidence import as_list
from fanzha.command.processes.hooks import subject_hooks
from fanzha.command.processes.models import OutboxItem, Step
from fanzha.command.processes.parties import role_table_kind
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import AnswerField, ExpectedAnswer, LegField, LegMessage, LegValue
from fanzha.kinds import all_kinds
from fanzha.processes.effects import Effect
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.process import Event, LegContent, LegRequest, Legs
from fanzha.processes.roles import role_table

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg, ProcessInstance

_UNSCOPED = unscoped("what a leg carries is chosen by its process, not by who looks")

#: The name under which the subject goes out on which the process was opened.
ABOUT = "about"
_ABOUT_TITLE = Words("对象", "Subject")


class IncompleteLeg(ValueError):
    """Raised for a leg that cannot be sent; the text gives the reason."""


class LegQuestion(NamedTuple):
    """The open request of a leg: the state of the request, and the numbers of the steps that sent it.

    `is_first`: the leg sent no other request with the same `undo` before.
    """

    state: str
    undo: bool
    numbers: tuple[int, ...]
    is_first: bool


class _Given(NamedTuple):
    """The last value of a field, and the kind of subject that it names ("" for others)."""

    field: EvidenceField
    value: Any
    kind: str


def requested_state(item: OutboxItem, leg: Leg) -> str:
    """Return the state of the leg in which an item of the outbox sends it: the one to which its step led."""
    legs = _legs(leg)
    event = legs.events.get(str(item.payload.get("event", "")))
    if event is None or event.forwards_to:  # a step of the process opened the leg, or a forwarded one did
        return legs.start
    return event.to or leg.state


def find_request(item: OutboxItem, leg: Leg) -> LegRequest | None:
    """Return what an item of the outbox asks the receiver of a leg; None if people do that by hand."""
    content = _legs(leg).carries
    return content.requests.get(requested_state(item, leg)) if content else None


def is_superseded(item: OutboxItem) -> bool:
    """Return whether a later step sends the leg of an item of the outbox again."""
    later = OutboxItem.objects.filter(instance=item.instance_id, leg=item.leg, step__gt=item.step)
    return later.filter(effect=Effect.DISPATCH_LEG).exists()


def current_question(leg: Leg) -> LegQuestion | None:
    """Return what a leg asked last; None if it asked nothing of a system.

    The same request that is sent again unchanged while it is unanswered is one question: answers name either number.
    """
    legs = _legs(leg)
    acknowledge = legs.events.get((legs.carries or LegContent()).answers.get("acknowledged", ""))
    rows = _UNSCOPED.rows(Step).filter(instance=leg.instance, leg__in=("", leg.name))
    steps = {step.number: step for step in rows}
    items = OutboxItem.objects.filter(instance=leg.instance_id, leg=leg.name, effect=Effect.DISPATCH_LEG)
    questions: list[LegQuestion] = []
    for item in items.order_by("step", "pk"):
        request = find_request(item, leg)
        if request is None:
            continue
        state, step = requested_state(item, leg), _step_of(item, steps)
        last = questions[-1] if questions else None
        unanswered = (state, acknowledge.to if acknowledge else state)
        is_same = last is not None and last.state == state and step is not None and step.before in unanswered
        if last is not None and is_same and not _changes(steps, last.numbers[-1], item.step, request):
            questions[-1] = last._replace(numbers=(*last.numbers, item.step))
        else:
            is_first = all(question.undo != request.undo for question in questions)
            questions.append(LegQuestion(state, request.undo, (item.step,), is_first))
    return questions[-1] if questions else None


def _step_of(item: OutboxItem, steps: Mapping[int, Step]) -> Step | None:
    """Return the step of the leg that asked for an item; None if a step of the process opened the leg."""
    event = item.payload.get("event")
    numbers = [number for number, step in steps.items() if number <= item.step and step.leg and step.event == event]
    return steps[max(numbers)] if numbers else None


def _changes(steps: Mapping[int, Step], after: int, until: int, request: LegRequest) -> bool:
    """Return whether a step of the process between two sendings changed a field of the request."""
    between = [step for number, step in steps.items() if after < number <= until and not step.leg]
    given = [{**step.evidence, **step.personal} for step in between]
    return any(name in evidence for evidence in given for name in request.fields)


def expected_answers(legs: Legs, question: LegQuestion | None, *, is_undo: bool) -> Mapping[str, str]:
    """Return which event each answer to a question fires, by the word of the answer."""
    content = legs.carries or LegContent()
    if is_undo:
        return content.undo_answers
    request = content.requests.get(question.state) if question else None
    return request.answers if request is not None and request.answers else content.answers


def build_leg_message(leg: Leg, request: LegRequest, number: int) -> LegMessage:
    """Build the message of a leg for step `number`. Raise IncompleteLeg if evidence that it needs is gone."""
    instance, legs = leg.instance, _legs(leg)
    process = instance.version.process
    fields = [
        LegField(
            name=name,
            title=given.field.title,
            type=given.field.type.value,
            values=tuple(_values(given, instance.ref)),
        )
        for name, given in _iter_given_fields(leg, request)
    ]
    fields += _about_field(instance, request, {field.type for field in fields})
    return LegMessage(
        process=instance.process,
        title=process.title,
        ref=instance.ref,
        leg=f"{instance.ref}/{leg.name}",
        number=number,
        action=request.action,
        action_title=request.title,
        fields=tuple(fields),
        issuer=instance.owner.ref,
        receiver=leg.receiver.ref,
        basis=_basis(leg, number),
        given_at=to_ms(leg.changed_at),
        answer_by=to_ms(leg.due_at) if leg.due_at else None,
        undo=request.undo,
        simulated=instance.simulated,
        answers=tuple(_build_answers(legs, request)),
    )


def _legs(leg: Leg) -> Legs:
    legs = leg.instance.version.process.legs
    assert legs is not None  # there is a leg
    return legs


def _basis(leg: Leg, number: int) -> tuple[str, ...]:
    """Return the legal basis of the step that sends the leg."""
    process = leg.instance.version.process
    step = _UNSCOPED.rows(Step).filter(instance=leg.instance, number__lte=number).order_by("-number").first()
    machine = process.machine_for(step.event) if step else None
    return machine.events[step.event].basis if step and machine else ("POL",)


def _iter_given_fields(leg: Leg, request: LegRequest) -> Iterator[tuple[str, _Given]]:
    given = _read_steps(leg.instance, "", leg.instance.version.process.events, request.every)
    forwarded = _forwarded_values(leg) if request.when_forwarded else {}
    for name in request.fields:
        only_for = [kind for group in request.only_for.get(name, ()) for kind in role_table().kinds_of(group)]
        if only_for and role_table_kind(leg.receiver) not in only_for:
            continue
        value = forwarded.get(request.when_forwarded.get(name, "")) or given.get(name)
        if value is not None:
            yield name, value
        elif _is_required(leg.instance, name):
            raise IncompleteLeg(f"the evidence {name} is missing: it was erased, or no step has given it")


def _is_required(instance: ProcessInstance, name: str) -> bool:
    """Return whether the step that opens the process must give a field, so that it can only have been erased."""
    opening = instance.version.process.opening.values()
    return any(event.evidence[name].required for event in opening if name in event.evidence)


def _read_steps(
    instance: ProcessInstance, leg: str, events: Mapping[str, Event], every: Collection[str] = ()
) -> dict[str, _Given]:
    """Return the last value of each field that the steps of a leg gave ("": of the process itself).

    Of the fields in `every`, all values are returned as a list.
    """
    given: dict[str, _Given] = {}
    for step in _UNSCOPED.rows(Step).filter(instance=instance, leg=leg).order_by("number"):
        event = events.get(step.event)
        values = {**step.evidence, **step.personal}
        for name, value in values.items():
            if event is not None and name in event.evidence and value not in (None, "", []):
                field = event.evidence[name]
                if name in every:
                    value = [*(given[name].value if name in given else ()), *as_list(value)]
                given[name] = _Given(field, value, field.kind_of({**instance.situation["facts"], **values}))
    return given


def _forwarded_values(leg: Leg) -> dict[str, _Given]:
    """Return what the step said that forwarded another leg to this one."""
    rows = leg.instance.situation.get("legs", [])
    before = next((row.get("forwarded_from", "") for row in rows if row.get("id") == leg.name), "")
    return _read_steps(leg.instance, before, _legs(leg).events) if before else {}


def _values(given: _Given, ref: str) -> Iterator[LegValue]:
    field = given.field
    for value in as_list(given.value):
        match field.type:
            case FieldType.SUBJECT:
                yield LegValue(_canonical(given.kind, str(value)), given.kind)
            case FieldType.MOMENT:
                yield LegValue(iso(int(value)))
            case FieldType.CHOICE:
                yield LegValue(str(value), words=field.choices.get(str(value)))
            case FieldType.NUMBER:
                yield LegValue(value, words=field.unit.format(value) if field.unit else None)
            case FieldType.FILE:
                path = "" if field.personal else f"/api/v1/flows/instances/{ref}/files/{value}"
                yield LegValue(str(value), path=path)
            case FieldType.ORGANIZATION:
                yield LegValue(str(value.get("organization", "") if isinstance(value, dict) else value))
            case _:
                yield LegValue(value if isinstance(value, bool) else str(value))


def _canonical(kind: str, value: str) -> str:
    """Return a value in canonical form, or as it was written if it has none."""
    try:
        return all_kinds()[kind].normalise(value) if kind else value
    except Malformed:
        return value


def _about_field(instance: ProcessInstance, request: LegRequest, types: set[str]) -> list[LegField]:
    """Return the subject on which the process was opened, unless a step has named one."""
    if not request.about or FieldType.SUBJECT.value in types:
        return []
    value = subject_hooks().subject_value(instance.about)
    if value is None:
        raise IncompleteLeg("the process names nobody: its subject was erased, or it was opened on none")
    kind, canonical = value
    return [LegField(name=ABOUT, title=_ABOUT_TITLE, type="subject", values=(LegValue(canonical, kind),))]


def _build_answers(legs: Legs, request: LegRequest) -> Iterator[ExpectedAnswer]:
    content, is_undo = legs.carries or LegContent(), request.undo
    for word, name in (content.undo_answers if is_undo else request.answers or content.answers).items():
        event = legs.events[name]
        yield ExpectedAnswer(
            state=word,
            undo=is_undo,
            title=event.title,
            fields=tuple(
                AnswerField(
                    name=field_name,
                    title=field.title,
                    type=field.type.value,
                    required=field.required,
                    choices=tuple(field.choices),
                )
                for field_name, field in event.evidence.items()
            ),
        )
