"""Apply the answers of receivers to their legs; each message once, each answer used or rejected with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.orders.answer_progress import AnswerProgress, clear_progress, load_progress
from fanzha.command.orders.delivery import UNDO_STATES
from fanzha.command.orders.digest_tables import ANSWERS, MESSAGES
from fanzha.command.orders.leg_answers import (
    ENDED,
    UNKNOWN_HOLDER,
    answer_result,
    fire_answer,
    store_proof,
    takes_answers,
)
from fanzha.command.orders.models import Endpoint, MessageTransport, ReceivedAnswer, ReceivedMessage, ReceptionOutcome
from fanzha.command.orders.order_summary import PROCESS, find_leg, part_targets, summarize_leg
from fanzha.command.orders.receiver_reports import report_for_receiver
from fanzha.command.orders.target_appeals import find_restoration_legs
from fanzha.command.organizations.selectors import find_named_organization
from fanzha.command.processes.selectors import find_instances, to_party
from fanzha.command.processes.services import create_notification
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import ANSWER_WORDS, Answer, AnswerState, ParsedAnswers, Proof
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg

_UNSCOPED = unscoped("a receiver's message is stored once, whoever reads it")

NO_SUCH_LEG = Words("没有派给本单位的这条指令", "no such order was sent to this organisation")
NO_SUCH_TARGET = Words("该指令中没有这些对象", "the order has none of these targets")
PART_FORWARDED = Words(
    "该指令有多项措施，不能只转出其中一项：请按整条派发转出",
    "this leg has several actions: forward the whole leg, not one of them",
)


class AnswerResult(NamedTuple):
    """The outcome of one answer."""

    outcome: ReceptionOutcome
    why: Words = Words("", "")


def ingest_message(
    endpoint: Endpoint, parsed: ParsedAnswers, channel: MessageTransport, name: str, now: datetime
) -> ReceivedMessage:
    """Ingest a verified message. The call is idempotent by `name`: a repeat returns the stored message."""
    with recorded() as log:
        _UNSCOPED.rows(Endpoint).select_for_update().get(pk=endpoint.pk)
        existing = _UNSCOPED.rows(ReceivedMessage).filter(endpoint=endpoint, name=name[:300]).first()
        if existing is not None and existing.outcome != ReceptionOutcome.WAITING:
            return existing
        merged = merge_answers(parsed.answers)
        _lock_instances(endpoint, merged.values())
        results_by_key = {key: _apply_answer(endpoint, answer, now) for key, answer in merged.items()}
        results = [results_by_key[answer_key(answer)] for answer in parsed.answers]
        used = sum(result.outcome is ReceptionOutcome.USED for result in results)
        message, _ = _UNSCOPED.rows(ReceivedMessage).update_or_create(
            endpoint=endpoint,
            name=name[:300],
            defaults={
                "way": channel,
                "sequence": parsed.sequence,
                "outcome": ReceptionOutcome.USED,
                "reason_zh": "",
                "reason_en": "",
                "used": used,
                "rejected": len(results) - used,
                "at": now,
            },
        )
        answers = ReceivedAnswer.objects.bulk_create(_build_rows(message, parsed.answers, results))
        log.digest(MESSAGES.model, [message.pk])
        log.digest(ANSWERS.model, [answer.pk for answer in answers])
        facts = {"endpoint": endpoint.ref, "way": channel.value, "used": used, "rejected": len(results) - used}
        log.add(Draft("answers_received", to_ms(now), f"endpoint:{endpoint.ref}", endpoint.owner.ref, facts=facts))
    return message


def _lock_instances(endpoint: Endpoint, answers: Iterable[Answer]) -> None:
    """Lock the processes that answers are about, so that two receivers who answer at once are taken one by one.

    The legs are read after that. All messages lock in the same sequence, so that none waits for another in a circle.
    """
    refs = {leg.instance.ref for answer in answers if (leg := find_leg(answer.leg, endpoint.owner)) is not None}
    list(find_instances(_UNSCOPED).filter(ref__in=refs).order_by("pk").select_for_update(of=("self",)))


def _build_rows(
    message: ReceivedMessage, answers: Iterable[Answer], results: Iterable[AnswerResult]
) -> Iterable[ReceivedAnswer]:
    for position, (answer, result) in enumerate(zip(answers, results, strict=True)):
        yield ReceivedAnswer(
            message=message,
            place=position,
            leg=answer.leg[:200],
            state=answer.state.value,
            is_undo=answer.undo,
            outcome=result.outcome,
            reason_zh=result.why.zh[:300],
            reason_en=result.why.en[:300],
        )


def _apply_answer(endpoint: Endpoint, answer: Answer, now: datetime) -> AnswerResult:
    leg = find_leg(answer.leg, endpoint.owner)
    if leg is not None and takes_answers(leg):
        return _apply_leg_answer(endpoint, leg, answer)
    if leg is None or leg.instance.process != PROCESS:
        return AnswerResult(ReceptionOutcome.REJECTED, NO_SUCH_LEG)
    part = part_targets(leg, answer.leg)
    if part is None:
        return AnswerResult(ReceptionOutcome.REJECTED, NO_SUCH_LEG)
    if part and answer.state is AnswerState.FORWARDED:
        return AnswerResult(ReceptionOutcome.REJECTED, PART_FORWARDED)
    if part and not answer.targets:
        answer = msgspec.structs.replace(answer, targets=part)
    handlers = _UNDO_HANDLERS if answer.undo else _HANDLERS
    restored = _restored_legs(leg, answer) if answer.undo else []
    legs = [leg, *restored] if leg.state in UNDO_STATES or not restored else restored
    try:
        reasons = [handlers[answer.state](item, answer, f"endpoint:{endpoint.ref}", now) for item in legs]
    except Refusal as refused:
        return AnswerResult(ReceptionOutcome.REJECTED, refused.words)
    why = next(filter(None, reasons), None)
    return AnswerResult(ReceptionOutcome.REJECTED, why) if why else AnswerResult(ReceptionOutcome.USED)


def _apply_leg_answer(endpoint: Endpoint, leg: Leg, answer: Answer) -> AnswerResult:
    """Apply the answer on the leg of a process that is no order."""
    try:
        why = fire_answer(leg, answer, f"endpoint:{endpoint.ref}")
    except Refusal as refused:
        return AnswerResult(ReceptionOutcome.REJECTED, refused.words)
    return AnswerResult(ReceptionOutcome.REJECTED, why) if why else AnswerResult(ReceptionOutcome.USED)


def _restored_legs(leg: Leg, answer: Answer) -> list[Leg]:
    """Return the legs of appeals that an answer on an undo concerns, beside that of the order if it is undone too."""
    legs = find_restoration_legs(leg.instance, leg.receiver_id)
    named = {(target.kind, target.value) for target in answer.targets}
    return [
        item
        for item in legs
        if not named or named & {(target.kind, target.value) for target in summarize_leg(item).targets}
    ]


_AnswerHandler: TypeAlias = "Callable[[Leg, Answer, str, datetime], Words | None]"


def _handle_acknowledged(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    if leg.state in ("sent", "unanswered"):
        report_for_receiver(leg, "acknowledge", {}, name)
    return None


def _handle_refused(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    if answer.targets:
        return _report_progress(leg, answer, name, now)
    report_for_receiver(leg, "refuse", {"refusal": "other", "explanation": answer.reason}, name)
    clear_progress(leg)
    return None


def _handle_forwarded(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    holder = find_named_organization(answer.forwarded_to)
    if holder is None:
        return UNKNOWN_HOLDER
    report_for_receiver(leg, "forward", {"cause": "not_mine", "holder": to_party(holder)}, name)
    return None


def _handle_executed(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    if leg.state in ("executed", "verified"):
        return None
    if answer.targets:
        return _report_progress(leg, answer, name, now)
    _report_executed(leg, answer, name)
    clear_progress(leg)
    return None


def _handle_failed(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    if answer.targets:
        return _report_progress(leg, answer, name, now)
    _report_partial(leg, answer, name, done=0, remaining=len(summarize_leg(leg).targets))
    clear_progress(leg)
    return None


def _handle_lifted(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    if leg.state in ("lifted", "released", "cancelled"):
        return None
    if answer.targets:
        progress = load_progress(leg, answer)
        if progress is None:
            return NO_SUCH_TARGET
        if progress.count_remaining():
            return _save_progress(leg, progress, now)
    report_for_receiver(leg, "report_lifted", {"lifted_at": answer.at, "result": answer_result(answer)}, name)
    return None


def _handle_not_lifted(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    """Notify the owner that an ended measure was not lifted."""
    words = ANSWER_WORDS[answer.state]
    create_notification(
        leg.instance.owner_id,
        Words(
            f"解除{words.zh}：{leg.receiver.name_zh}，{answer.reason}",
            f"Lifting {words.en}: {leg.receiver.name_en}, {answer.reason}",
        ),
        key=f"not-lifted:{leg.pk}:{answer.at}",
        at=now,
        instance=leg.instance,
        leg=leg.name,
        urgent=True,
    )
    return None


def _handle_undo_acknowledged(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    return None if leg.state in ("releasing", "lifted", "released", "cancelled") else ENDED


_HANDLERS: dict[AnswerState, _AnswerHandler] = {
    AnswerState.ACKNOWLEDGED: _handle_acknowledged,
    AnswerState.REFUSED: _handle_refused,
    AnswerState.FORWARDED: _handle_forwarded,
    AnswerState.EXECUTED: _handle_executed,
    AnswerState.FAILED: _handle_failed,
}
_UNDO_HANDLERS: dict[AnswerState, _AnswerHandler] = {
    AnswerState.ACKNOWLEDGED: _handle_undo_acknowledged,
    AnswerState.REFUSED: _handle_not_lifted,
    AnswerState.FORWARDED: _handle_not_lifted,
    AnswerState.EXECUTED: _handle_lifted,
    AnswerState.FAILED: _handle_not_lifted,
}


def _report_progress(leg: Leg, answer: Answer, name: str, now: datetime) -> Words | None:
    """Report the progress; the leg is executed, or refused, when all its targets are."""
    progress = load_progress(leg, answer)
    if progress is None:
        return NO_SUCH_TARGET
    if not progress.is_new:
        return None
    if not progress.count_remaining():
        _report_executed(leg, answer, name)
    elif not progress.count_remaining(AnswerState.REFUSED):
        report_for_receiver(leg, "refuse", {"refusal": "other", "explanation": answer.reason}, name)
    else:
        _report_partial(leg, answer, name, done=progress.count_done(), remaining=progress.count_remaining())
    progress.save(now)
    return None


def _save_progress(leg: Leg, progress: AnswerProgress, now: datetime) -> Words | None:
    if leg.state != "releasing":
        return ENDED
    progress.save(now)
    return None


def _report_executed(leg: Leg, answer: Answer, name: str) -> None:
    report_for_receiver(
        leg,
        "report_executed",
        {"executed_at": answer.at, "result": answer_result(answer), "proof": store_proof(leg, answer)},
        name,
    )


def _report_partial(leg: Leg, answer: Answer, name: str, *, done: int, remaining: int) -> None:
    """Report partial execution, and acknowledge the leg if it was not."""
    _handle_acknowledged(leg, answer, name, leg.changed_at)
    explanation = answer.reason or answer_result(answer)
    report_for_receiver(leg, "report_partial", {"done": done, "left": remaining, "explanation": explanation}, name)


#: Maximum length of a text in a step.
_MAX_TEXT = 10_000


class AnswerKey(NamedTuple):
    """The content of an answer without its targets."""

    leg: str
    state: AnswerState
    undo: bool
    forwarded_to: str
    number: int | None


def answer_key(answer: Answer) -> AnswerKey:
    """Return the key of an answer."""
    return AnswerKey(answer.leg, answer.state, answer.undo, answer.forwarded_to, answer.number)


def merge_answers(answers: Iterable[Answer]) -> dict[AnswerKey, Answer]:
    """Merge answers with the same key: all targets, reasons and proofs, the latest time, and the later fields."""
    groups: dict[AnswerKey, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(answer_key(answer), []).append(answer)
    return {key: _merge(same) if len(same) > 1 else same[0] for key, same in groups.items()}


def _merge(answers: Sequence[Answer]) -> Answer:
    is_for_all_targets = not all(answer.targets for answer in answers)
    proofs = [answer.proof for answer in answers if answer.proof is not None]
    return msgspec.structs.replace(
        answers[0],
        at=max(answer.at for answer in answers),
        targets=()
        if is_for_all_targets
        else tuple(dict.fromkeys(target for answer in answers for target in answer.targets)),
        reason=_join(answer.reason for answer in answers)[:_MAX_TEXT],
        proof=_merge_proofs(proofs) if proofs else None,
        fields={
            name: value
            for answer in sorted(answers, key=lambda answer: answer.at)
            for name, value in answer.fields.items()
        },
    )


def _merge_proofs(proofs: Sequence[Proof]) -> Proof:
    return Proof(
        kind=_join(proof.kind for proof in proofs),
        at=max(proof.at for proof in proofs),
        reference=_join(proof.reference for proof in proofs)[:_MAX_TEXT],
        result=_join(proof.result for proof in proofs)[:_MAX_TEXT],
    )


def _join(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))
