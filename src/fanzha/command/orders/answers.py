"""What a receiver answered becomes steps of its legs: each message once, each answer used, or rejected and why."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.recording import recorded
from fanzha.command.orders.answered_parts import Parts, forget_parts, parts_of
from fanzha.command.orders.merged_answers import merged, what
from fanzha.command.orders.models import Endpoint, Outcome, ReceivedAnswer, ReceivedMessage, Way
from fanzha.command.orders.on_behalf import report
from fanzha.command.orders.ordered import PROCESS, leg_of, ordered
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import Leg, Notification
from fanzha.command.processes.parties import to_party
from fanzha.dispose import ANSWER_WORDS, Answer, AnswerState, Reading
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Refusal
from fanzha.store.evidence_files import keep

NO_SUCH_LEG = Words("没有派给本单位的这条指令", "no such leg was sent to this organisation")
NO_SUCH_TARGET = Words("该指令中没有这些对象", "the order names none of these targets")
NOBODY = Words("找不到转交的单位", "the organisation it was forwarded to is not known")
ENDED = Words("该指令已不能再答复", "this leg takes no such answer any more")


class Read(NamedTuple):
    """What became of one answer."""

    outcome: Outcome
    why: Words = Words("", "")


def take(endpoint: Endpoint, reading: Reading, way: Way, name: str, now: datetime) -> ReceivedMessage:
    """Take a message that is genuine, once: the same name again changes nothing and returns what became of it."""
    with recorded() as log:
        Endpoint._base_manager.select_for_update().get(pk=endpoint.pk)
        held = ReceivedMessage._base_manager.filter(endpoint=endpoint, name=name[:300]).first()
        if held is not None and held.outcome != Outcome.WAITING:
            return held
        became = {key: _one(endpoint, answer, now) for key, answer in merged(reading.answers).items()}
        read = [became[what(answer)] for answer in reading.answers]
        used = sum(one.outcome is Outcome.USED for one in read)
        made, _ = ReceivedMessage._base_manager.update_or_create(
            endpoint=endpoint,
            name=name[:300],
            defaults={
                "way": way,
                "sequence": reading.sequence,
                "outcome": Outcome.USED,
                "reason_zh": "",
                "reason_en": "",
                "used": used,
                "rejected": len(read) - used,
                "at": now,
            },
        )
        ReceivedAnswer.objects.bulk_create(_rows(made, reading.answers, read))
        facts = {"endpoint": endpoint.ref, "way": way.value, "used": used, "rejected": len(read) - used}
        log.add(Draft("answers_received", to_ms(now), f"endpoint:{endpoint.ref}", endpoint.owner.ref, facts=facts))
    return made


def _rows(message: ReceivedMessage, answers: Iterable[Answer], read: Iterable[Read]) -> Iterable[ReceivedAnswer]:
    for place, (answer, one) in enumerate(zip(answers, read, strict=True)):
        yield ReceivedAnswer(
            message=message,
            place=place,
            leg=answer.leg[:200],
            state=answer.state.value,
            is_undo=answer.undo,
            outcome=one.outcome,
            reason_zh=one.why.zh[:300],
            reason_en=one.why.en[:300],
        )


def _one(endpoint: Endpoint, answer: Answer, now: datetime) -> Read:
    leg = leg_of(answer.leg, endpoint.owner)
    if leg is None or leg.instance.process != PROCESS:
        return Read(Outcome.REJECTED, NO_SUCH_LEG)
    says = _UNDO if answer.undo else _SAYS
    try:
        why = says[answer.state](leg, answer, f"endpoint:{endpoint.ref}", now)
    except Refusal as refused:
        return Read(Outcome.REJECTED, refused.words)
    return Read(Outcome.REJECTED, why) if why else Read(Outcome.USED)


_Says = Callable[[Leg, Answer, str, datetime], Words | None]


def _acknowledged(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    if leg.state in ("sent", "unanswered"):
        report(leg, "acknowledge", {}, name)
    return None


def _refused(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    if answer.targets:
        return _in_part(leg, answer, name, now)
    report(leg, "refuse", {"refusal": "other", "explanation": answer.reason}, name)
    forget_parts(leg)
    return None


def _forwarded(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    holder = _organization(answer.forwarded_to)
    if holder is None:
        return NOBODY
    report(leg, "forward", {"cause": "not_mine", "holder": to_party(holder)}, name)
    return None


def _executed(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    if leg.state in ("executed", "verified"):
        return None
    if answer.targets:
        return _in_part(leg, answer, name, now)
    _report_executed(leg, answer, name)
    forget_parts(leg)
    return None


def _failed(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    if answer.targets:
        return _in_part(leg, answer, name, now)
    _partly(leg, answer, name, done=0, left=len(ordered(leg.instance).targets))
    forget_parts(leg)
    return None


def _lifted(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    if leg.state in ("lifted", "released", "cancelled"):
        return None
    if answer.targets:
        parts = parts_of(leg, answer)
        if parts is None:
            return NO_SUCH_TARGET
        if parts.left():
            return _kept(leg, parts, now)
    report(leg, "report_lifted", {"lifted_at": answer.at, "result": _result(answer)}, name)
    return None


def _not_lifted(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    """Tell the owner: a limit that has ended must not stay."""
    words = ANSWER_WORDS[answer.state]
    Notification.objects.get_or_create(
        key=f"not-lifted:{leg.pk}:{answer.at}",
        defaults={
            "owner": leg.instance.owner,
            "instance": leg.instance,
            "leg": leg.name,
            "urgent": True,
            "text_zh": f"解除{words.zh}：{leg.receiver.name_zh}，{answer.reason}"[:300],
            "text_en": f"Lifting {words.en}: {leg.receiver.name_en}, {answer.reason}"[:300],
            "at": now,
        },
    )
    return None


def _noted(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    return None if leg.state in ("releasing", "lifted", "released", "cancelled") else ENDED


_SAYS: dict[AnswerState, _Says] = {
    AnswerState.ACKNOWLEDGED: _acknowledged,
    AnswerState.REFUSED: _refused,
    AnswerState.FORWARDED: _forwarded,
    AnswerState.EXECUTED: _executed,
    AnswerState.FAILED: _failed,
}
_UNDO: dict[AnswerState, _Says] = {
    AnswerState.ACKNOWLEDGED: _noted,
    AnswerState.REFUSED: _not_lifted,
    AnswerState.FORWARDED: _not_lifted,
    AnswerState.EXECUTED: _lifted,
    AnswerState.FAILED: _not_lifted,
}


def _in_part(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    """Report what is done with this answer and those before it; the leg is done, or refused, when all of it is."""
    parts = parts_of(leg, answer)
    if parts is None:
        return NO_SUCH_TARGET
    if not parts.is_new:
        return None
    if not parts.left():
        _report_executed(leg, answer, name)
    elif not parts.left(AnswerState.REFUSED):
        report(leg, "refuse", {"refusal": "other", "explanation": answer.reason}, name)
    else:
        _partly(leg, answer, name, done=parts.done(), left=parts.left())
    parts.keep(now)
    return None


def _kept(leg: Leg, parts: Parts, now: datetime) -> Words | None:
    if leg.state != "releasing":
        return ENDED
    parts.keep(now)
    return None


def _report_executed(leg: Leg, answer: Answer, name: str) -> None:
    report(leg, "report_executed", {"executed_at": answer.at, "result": _result(answer), **_proof(answer)}, name)


def _partly(leg: Leg, answer: Answer, name: str, *, done: int, left: int) -> None:
    """Report that a part is done; what was not acknowledged before is with it."""
    _acknowledged(leg, answer, name, leg.changed_at)
    told = answer.reason or _result(answer)
    report(leg, "report_partial", {"done": done, "left": left, "explanation": told}, name)


def _result(answer: Answer) -> str:
    said = answer.proof.result or answer.proof.reference if answer.proof else ""
    words = ANSWER_WORDS[answer.state]
    return said or answer.reason or f"{words.zh} {words.en}"


def _proof(answer: Answer) -> dict[str, Any]:
    if answer.proof is None:
        return {}
    return {"proof": keep([msgspec.json.format(msgspec.json.encode(answer.proof), indent=1)])}


def _organization(said: str) -> Organization | None:
    """Return the organisation of a reference, a credit code or a name."""
    wanted = said.strip()
    for field in ("ref", "uscc", "name_zh", "name_en"):
        found = list(Organization.objects.filter(**{field: wanted}, is_active=True)[:2])
        if len(found) == 1:
            return found[0]
    return None
