"""Deliver legs: as decisions for screens or the zone of blocked names, a request, mail or file; once per effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
from django.utils import timezone

from fanzha.base.clock import iso, to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.orders.answer_progress import AnswerProgress, load_progress
from fanzha.command.orders.digest_tables import SENDINGS
from fanzha.command.orders.endpoint_keys import channel_endpoint
from fanzha.command.orders.http_post import post
from fanzha.command.orders.mail_delivery import send_mail, with_sender
from fanzha.command.orders.models import Endpoint, Sending, SendingState
from fanzha.command.orders.order_summary import PROCESS, OrderSummary, build_instruction, leg_reference, summarize_leg
from fanzha.command.orders.receiver_reports import report_for_receiver
from fanzha.command.orders.routes import choose_route
from fanzha.command.orders.screen_delivery import deliver_to_screens, restore_on_screens, withdraw_from_screens
from fanzha.command.orders.sendings import (
    Sent,
    attempt_sending,
    count_earlier,
    get_or_create_sending,
    update_sending,
    write_numbered_file,
)
from fanzha.command.orders.zone_delivery import deliver_to_zone, find_unfit_targets, withdraw_from_zone
from fanzha.command.processes.selectors import find_legs
from fanzha.command.processes.services import PendingDelivery, requeue, store_for_organization
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import Answer, AnswerState, Dispatch, DisposalChannel
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg, OutboxItem

_UNSCOPED = unscoped("one worker sends the legs of all orders")

#: States of a leg in which the instruction applies, and in which it must be undone.
ACTIVE_STATES = frozenset({"sent", "unanswered", "acknowledged", "partial", "executed", "verified"})
UNDO_STATES = frozenset({"releasing", "cancelled"})
SCREENS_ACTOR = "screens"
#: Ways that wait for another server.
_BY_NETWORK = ("http", "mail")
_DONE = Words("已写入快照，由筛查节点执行", "written to the snapshot; the screens carry it out")
_LIFTED = Words("已自快照撤除", "removed from the snapshot")
ZONE_ACTOR = "resolver zone"
_BLOCKED = Words("已写入解析阻断区，由解析服务器加载", "written to the zone of blocked names; the resolvers load it")
_ZONE_EXERCISE = Words("演练：未写入在用解析阻断区", "exercise: not written to the zone in use")
_UNBLOCKED = Words("已自解析阻断区撤除", "removed from the zone of blocked names")
_UNDO_REASON = Words("指令已结束或撤回", "the order has ended or was rolled back")


def send_leg(item: OutboxItem, leg: Leg) -> PendingDelivery | None:
    """Send a leg in its current state, by one instruction for each action on its targets.

    Return the pending delivery of those that go to the receiver's system. A leg whose state has changed since is not
    sent. Every instruction is tried even if others fail; the first problem is raised in the end.
    """
    problem = _send_parts(item, leg, to_system=False)
    parts = summarize_leg(leg).split()
    if any(route[1].goes in _BY_NETWORK for part in parts if (route := choose_route(part, leg.receiver)) is not None):
        return PendingDelivery(frozenset({str(leg.receiver_id)}), partial(_send_system, item, leg.pk, problem))
    if problem is not None:
        raise problem
    return None


def _send_system(item: OutboxItem, pk: int, problem: Exception | None) -> None:
    """Send the instructions to a system, in the state that the leg has when the pending delivery runs.

    `problem` is that of an instruction which went another way; it is raised in the end, so that it is sent again.
    """
    leg = find_legs(_UNSCOPED).select_related("instance__owner", "instance__version", "receiver").get(pk=pk)
    system_problem = _send_parts(item, leg, to_system=True)
    first = problem or system_problem
    if first is not None:
        raise first


def _send_parts(item: OutboxItem, leg: Leg, *, to_system: bool) -> Exception | None:
    """Send the instructions that go to a system, or all others, each once; return the first problem."""
    first: Exception | None = None
    for part in summarize_leg(leg).split():
        route = choose_route(part, leg.receiver)
        if route is None or (route[1].goes in _BY_NETWORK) is not to_system:
            continue
        try:
            _send(item, leg, part, *route)
        except Exception as problem:  # continue with the next instruction; each sending keeps its own problem
            first = first or problem
    return first


def _send(item: OutboxItem, leg: Leg, summary: OrderSummary, endpoint: Endpoint, channel: DisposalChannel) -> None:
    sending = get_or_create_sending(item, leg, endpoint, is_undo=leg.state in UNDO_STATES, action=summary.action)
    if sending.state == SendingState.SENT:
        return
    summary = summary.with_all_targets if sending.is_undo else summary
    if not summary.targets:  # every target of this action was restored
        update_sending(sending, SendingState.OVERTAKEN)
        return
    if leg.state not in ACTIVE_STATES | UNDO_STATES or sending.is_undo != (leg.state in UNDO_STATES):
        update_sending(sending, SendingState.OVERTAKEN)
        return
    attempt_sending(sending, item, leg, lambda: _SENDERS[channel.goes](summary, leg, sending, channel))


def retry_sending(sending: Sending, actor: str, now: datetime) -> bool:
    """Retry a delivery that was given up; return whether it was in that state."""
    with recorded() as log:
        dead = _UNSCOPED.rows(Sending).filter(pk=sending.pk, state=SendingState.DEAD)
        if not dead.update(state=SendingState.WAITING, attempts=0, problem=""):
            return False
        requeue(sending.item_id, now)
        log.digest(SENDINGS.model, [sending.pk])
        facts = {"leg": sending.leg, "channel": sending.channel}
        organization = sending.receiver.ref
        log.add(Draft("sent_again", to_ms(now), actor, organization, sending.instance.ref, facts=facts))
    return True


def build_dispatch(
    summary: OrderSummary, leg: Leg, channel: DisposalChannel, endpoint: Endpoint, is_undo: bool, repeat: int = 0
) -> Dispatch:
    """Build the dispatch of a leg. Raise ValueError if the channel cannot carry it.

    `repeat` counts what was sent before for the same leg and action.
    """
    instruction, at = build_instruction(summary, leg), to_ms(timezone.now())
    destination = channel_endpoint(endpoint)
    if channel.goes == "mail":
        destination = with_sender(destination, leg.instance.owner, repeat)
    return (
        channel.undo(instruction, _UNDO_REASON, destination, at)
        if is_undo
        else channel.instruct(instruction, destination, at)
    )


def _to_screens(summary: OrderSummary, leg: Leg, sending: Sending, channel: DisposalChannel) -> Sent:
    assert sending.endpoint is not None
    now = timezone.now()
    dispatch = build_dispatch(summary, leg, channel, sending.endpoint, sending.is_undo)
    if sending.is_undo:
        if leg.instance.process == PROCESS:
            withdraw_from_screens(f"{leg_reference(summary, leg)}/", summary.targets, now, dispatch.withdrawn)
        else:  # an appeal restores some targets, and the order continues for the others
            restore_on_screens(summary.order, summary.targets, now, dispatch.withdrawn)
        if leg.state == "releasing":
            _report_lifted(summary, leg, now)
        return Sent(msgspec.json.encode(sorted(dispatch.withdrawn)))
    deliver_to_screens(dispatch.decisions, summary.approved_by, now)
    if leg.state in ("sent", "unanswered"):
        report_for_receiver(leg, "acknowledge", {}, SCREENS_ACTOR)
    if leg.state in ("acknowledged", "partial"):
        _report_published(summary, leg, dispatch, now)
    return Sent(msgspec.json.encode(dispatch.decisions, order="sorted"))


def _to_zone(summary: OrderSummary, leg: Leg, sending: Sending, channel: DisposalChannel) -> Sent:
    assert sending.endpoint is not None
    now = timezone.now()
    unfit = {} if sending.is_undo else find_unfit_targets(summary.targets)
    fit = summary.select([target for target in summary.targets if target not in unfit]) if unfit else summary
    if not fit.targets:
        return _refuse_in_zone(leg, unfit.values())
    dispatch = build_dispatch(fit, leg, channel, sending.endpoint, sending.is_undo)
    if sending.is_undo:
        withdraw_from_zone(dispatch.withdrawn, now)
        if leg.state == "releasing":
            _report_lifted(summary, leg, now, ZONE_ACTOR, _UNBLOCKED)
        return Sent(msgspec.json.encode(sorted(dispatch.withdrawn)))
    is_in_zone = deliver_to_zone(dispatch.decisions, now)
    if leg.state in ("sent", "unanswered"):
        report_for_receiver(leg, "acknowledge", {}, ZONE_ACTOR)
    if leg.state in ("acknowledged", "partial"):
        published, words = (dispatch, _BLOCKED) if is_in_zone else (dispatch._replace(decisions={}), _ZONE_EXERCISE)
        if unfit:
            words = Words(*(f"{text}; {'; '.join(unfit.values())}" for text in words))
        _report_published(
            fit._replace(has_parts=summary.has_parts or bool(unfit)), leg, published, now, ZONE_ACTOR, words
        )
    return Sent(msgspec.json.encode(dispatch.decisions, order="sorted"))


def _refuse_in_zone(leg: Leg, reasons: Iterable[str]) -> Sent:
    """Report that nothing of a leg can enter the zone; a retry is of no use."""
    if leg.state in ("sent", "unanswered"):
        report_for_receiver(leg, "acknowledge", {}, ZONE_ACTOR)
    if leg.state in ("acknowledged", "partial"):
        evidence = {"refusal": "impossible", "explanation": "; ".join(reasons)}
        report_for_receiver(leg, "refuse", evidence, ZONE_ACTOR)
    return Sent(b"")


def _report_lifted(
    summary: OrderSummary, leg: Leg, now: datetime, actor: str = SCREENS_ACTOR, result: Words = _LIFTED
) -> None:
    """Report the leg as lifted, if no other instruction of it remains to be lifted."""
    progress = _part_progress(summary, leg, now, is_undo=True) if summary.has_parts else None
    if progress is None or not progress.count_remaining():
        evidence = {"lifted_at": to_ms(now), "result": result.joined()}
        report_for_receiver(leg, "report_lifted", evidence, actor)
    else:
        progress.save(now)


def _report_published(
    summary: OrderSummary,
    leg: Leg,
    dispatch: Dispatch,
    now: datetime,
    actor: str = SCREENS_ACTOR,
    result: Words = _DONE,
) -> None:
    """Report the leg as executed, or partly if other instructions of it remain."""
    progress = _part_progress(summary, leg, now, is_undo=False) if summary.has_parts else None
    if progress is None or not progress.count_remaining():
        proof = _store_published(leg, dispatch, now)
        evidence = {"executed_at": to_ms(now), "result": result.joined(), "proof": proof}
        report_for_receiver(leg, "report_executed", evidence, actor)
    elif progress.is_new:
        counts = {"done": progress.count_done(), "left": progress.count_remaining()}
        report_for_receiver(leg, "report_partial", {**counts, "explanation": result.joined()}, actor)
    if progress is not None:
        progress.save(now)


def _part_progress(summary: OrderSummary, leg: Leg, now: datetime, *, is_undo: bool) -> AnswerProgress | None:
    """Return the progress of a leg with several instructions once the screens carried out one of them."""
    answer = Answer(
        leg=leg_reference(summary, leg),
        state=AnswerState.EXECUTED,
        at=to_ms(now),
        undo=is_undo,
        targets=summary.targets,
    )
    return load_progress(leg, answer)


def _store_published(leg: Leg, dispatch: Dispatch, now: datetime) -> str:
    """Store the proof of a leg that screens carry out: how many decisions were published when, by their digest."""
    published = {
        "leg": f"{leg.instance.ref}/{leg.name}",
        "published_at": iso(to_ms(now)),
        "decisions": len(dispatch.decisions),
        "sha256": sha256(msgspec.json.encode(dispatch.decisions, order="sorted")).hexdigest(),
    }
    return store_for_organization(msgspec.json.format(msgspec.json.encode(published), indent=1), leg.receiver_id)


def _to_system(summary: OrderSummary, leg: Leg, sending: Sending, channel: DisposalChannel) -> Sent:
    assert sending.endpoint is not None
    dispatch = build_dispatch(summary, leg, channel, sending.endpoint, sending.is_undo)
    return Sent(dispatch.body, post(dispatch))


def _to_file(summary: OrderSummary, leg: Leg, sending: Sending, channel: DisposalChannel) -> Sent:
    return write_numbered_file(
        sending, lambda endpoint: build_dispatch(summary, leg, channel, endpoint, sending.is_undo)
    )


def _to_mailbox(summary: OrderSummary, leg: Leg, sending: Sending, channel: DisposalChannel) -> Sent:
    assert sending.endpoint is not None
    repeat = count_earlier(sending)
    dispatch = build_dispatch(summary, leg, channel, sending.endpoint, sending.is_undo, repeat)
    send_mail(dispatch)
    return Sent(dispatch.body)


_SENDERS: dict[str, Callable[[OrderSummary, Leg, Sending, DisposalChannel], Sent]] = {
    "snapshot": _to_screens,
    "zone": _to_zone,
    "http": _to_system,
    "mail": _to_mailbox,
    "file": _to_file,
}
