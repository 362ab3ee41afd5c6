"""Apply the answers of receivers' systems to the legs of processes: each fires the event that the process names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django.db import transaction

from fanzha.base.words import Words
from fanzha.command.orders.receiver_reports import report_for_receiver
from fanzha.command.organizations.selectors import find_named_organization
from fanzha.command.processes.selectors import LegQuestion, current_question, expected_answers, to_party
from fanzha.command.processes.services import parse_evidence, store_for_organization
from fanzha.dispose import ANSWER_WORDS, Answer, AnswerState
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg
    from fanzha.processes.process import Event, LegContent, Legs

UNKNOWN_HOLDER = Words("找不到转交的单位", "the organisation it was forwarded to is unknown")
ENDED = Words("该指令已不能再答复", "this order no longer accepts such an answer")
NO_SUCH_ANSWER = Words("该流程不接受此种答复", "the process takes no such answer")
ONLY_WHOLE = Words("该流程须整件答复，不能逐个对象答复", "this leg is answered as a whole, not target by target")

EARLIER_REQUEST = Words(
    "答复的是先前的请求；其后已有新的请求，请按其 number 答复",
    "this answers an earlier request: the leg has asked anew since, under another `number`",
)
NUMBER_NEEDED = Words(
    "已有多次请求，答复须注明所答请求的 number",
    "the leg has asked more than once: an answer names the `number` of the request",
)

#: Answers on an undo that change nothing on a leg which was cancelled.
_NOTHING_TO_UNDO = (AnswerState.ACKNOWLEDGED, AnswerState.EXECUTED)


def takes_answers(leg: Leg) -> bool:
    """Return whether the process of a leg says which events the answers of systems fire."""
    content = _content(leg)
    return content is not None and bool(content.requests)


def fire_answer(leg: Leg, answer: Answer, name: str) -> Words | None:
    """Fire the event of an answer as `name`; return why the answer is not used, None if it is. Raise Refusal.

    A repeated answer changes nothing; an answer to an earlier request is not used. An unacknowledged leg is
    acknowledged first if that makes the event possible.
    """
    legs, content = leg.instance.version.process.legs, _content(leg)
    assert legs is not None and content is not None  # `takes_answers` was asked before
    if answer.undo and _is_cancelled(content, legs, leg) and answer.state in _NOTHING_TO_UNDO:
        return None
    question = current_question(leg)
    if (outdated := _check_number(question, answer)) is not None:
        return outdated
    answers = expected_answers(legs, question, is_undo=answer.undo)
    if (event_name := answers.get(answer.state.value)) is None:
        return None if _is_receipt(answer, legs, leg) else NO_SUCH_ANSWER
    if answer.targets:
        return ONLY_WHOLE
    event, acknowledge = legs.events[event_name], ""
    if leg.state not in event.sources:
        if event.to == leg.state or _is_receipt(answer, legs, leg):
            return None
        acknowledge = content.answers.get(AnswerState.ACKNOWLEDGED.value, "")
        if answer.undo or not _leads_to(legs, acknowledge, leg.state, event):
            return ENDED
    values = _answer_evidence(leg, event, answer)
    if values is None:
        return UNKNOWN_HOLDER
    try:
        with transaction.atomic():  # an answer that is refused moves the leg not at all
            if acknowledge:
                report_for_receiver(leg, acknowledge, {}, name)
            report_for_receiver(leg, event_name, values, name)
    except Refusal:
        leg.refresh_from_db(fields=["state", "changed_at", "due_at", "ended_at"])
        raise
    return None


def _check_number(question: LegQuestion | None, answer: Answer) -> Words | None:
    """Return why an answer does not count for what its leg asks now; None if it may.

    Receivers of the older format name no number: such an answer counts for the first request, and for the first undo.
    """
    if question is None:
        return None
    if answer.number is not None:
        return None if answer.number in question.numbers else EARLIER_REQUEST
    return None if question.is_first or question.undo != answer.undo else NUMBER_NEEDED


def _content(leg: Leg) -> LegContent | None:
    legs = leg.instance.version.process.legs
    return legs.carries if legs else None


def _is_cancelled(content: LegContent, legs: Legs, leg: Leg) -> bool:
    """Return whether a leg ended by a message that takes its request back: nothing was done that must be undone."""
    request = content.requests.get(leg.state)
    return request is not None and request.undo and legs.states[leg.state].end


def _is_receipt(answer: Answer, legs: Legs, leg: Leg) -> bool:
    """Return whether an answer only acknowledges the message, while the leg is open."""
    return answer.state is AnswerState.ACKNOWLEDGED and not legs.states[leg.state].end


def _leads_to(legs: Legs, acknowledge: str, state: str, event: Event) -> bool:
    first = legs.events.get(acknowledge)
    return first is not None and state in first.sources and first.to in event.sources


def _answer_evidence(leg: Leg, event: Event, answer: Answer) -> dict[str, Any] | None:
    """Return the evidence of the event; None if it names an unknown holder.

    The fields of the answer come first. Other required fields are taken from the answer itself: its moment, its reason
    or result, its proof and the organisation that it was forwarded to.
    """
    values = dict(parse_evidence(event.evidence, answer.fields))
    if event.forwards_to and event.forwards_to not in values:
        holder = find_named_organization(answer.forwarded_to)
        if holder is None:
            return None
        values[event.forwards_to] = to_party(holder)
    for name, field in event.evidence.items():
        default = _default(leg, field, answer) if name not in values else None
        if default is not None:
            values[name] = default
    return values


def _default(leg: Leg, field: EvidenceField, answer: Answer) -> Any:
    """Return the value of a field that the answer does not name, None if it says nothing of it."""
    if field.type is FieldType.FILE and (field.required or answer.proof is not None):
        return store_proof(leg, answer)
    if field.type is FieldType.TEXT and (field.required or answer.reason):
        return answer_result(answer)
    return answer.at if field.type is FieldType.MOMENT and field.required else None


def answer_result(answer: Answer) -> str:
    """Return what an answer says: the result or reference of its proof, its reason, or its state."""
    proof_text = answer.proof.result or answer.proof.reference if answer.proof else ""
    words = ANSWER_WORDS[answer.state]
    return proof_text or answer.reason or words.joined()


def store_proof(leg: Leg, answer: Answer) -> str:
    """Store the proof that an answer carries; without one, the answer of the receiver's system, without targets."""
    answered = {"leg": answer.leg, "state": answer.state.value, "at": answer.at, "reason": answer.reason}
    content = msgspec.json.format(msgspec.json.encode(answer.proof or answered), indent=1)
    return store_for_organization(content, leg.receiver_id)
