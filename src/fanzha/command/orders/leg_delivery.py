"""Deliver the legs of processes that are no orders: what they carry, as a signed request or a signed file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.orders.endpoint_keys import channel_endpoint
from fanzha.command.orders.http_post import post
from fanzha.command.orders.models import Endpoint, Sending, SendingState
from fanzha.command.orders.routes import choose_leg_route
from fanzha.command.orders.sendings import (
    Sent,
    attempt_sending,
    get_or_create_sending,
    update_sending,
    write_numbered_file,
)
from fanzha.command.processes.selectors import (
    build_leg_message,
    find_legs,
    find_request,
    is_superseded,
    requested_state,
)
from fanzha.command.processes.services import PendingDelivery
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import DisposalChannel, LegMessage, all_channels

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg, OutboxItem, ProcessInstance

_UNSCOPED = unscoped("one worker sends the legs of all processes")
_WAITING = Words("待发送", "to be sent")
_STATE_WORDS = {
    SendingState.WAITING: _WAITING,
    SendingState.SENT: Words("已送达对方系统", "delivered to the receiver's system"),
    SendingState.OVERTAKEN: Words("未发送：办理状态已变化", "not sent: the leg had moved on"),
    SendingState.DEAD: Words("多次发送失败，已停止", "given up: it could not be sent"),
}
_PUT_OUT = Words("签名文件已置于交换目录", "the signed file is in the exchange folder")


def send_leg_message(item: OutboxItem, leg: Leg) -> PendingDelivery | None:
    """Send what a leg carries, or return the pending delivery if it goes to the receiver's system.

    Nothing is sent where the process says that people do it by hand, or the receiver has no endpoint. Raise any error.
    """
    route = choose_leg_route(leg.receiver) if find_request(item, leg) is not None else None
    if route is None:
        return None
    if route[1].goes == "http":
        return PendingDelivery(frozenset({str(leg.receiver_id)}), partial(_send_pending, item, leg.pk))
    _send(item, leg, *route)
    return None


def describe_deliveries(instance: ProcessInstance) -> Mapping[str, Words]:
    """Return how the legs of a process were delivered last, by the name of the leg; legs done by hand only if said."""
    legs = instance.version.process.legs
    if legs is None:
        return {}
    if legs.carries is not None and legs.carries.by_hand is not None:
        return dict.fromkeys((leg["id"] for leg in instance.situation.get("legs", [])), legs.carries.by_hand)
    rows = Sending.objects.filter(instance=instance).defer("file_body").order_by("pk")
    return {sending.leg: _describe(sending) for sending in rows}


def _describe(sending: Sending) -> Words:
    state = SendingState(sending.state)
    words = _PUT_OUT if state is SendingState.SENT and sending.file_name else _STATE_WORDS[state]
    channel = all_channels().get(sending.channel)
    title = channel.title if channel else Words(sending.channel, sending.channel)
    problem = f"：{sending.problem}" if sending.problem else ""
    return Words(f"{title.zh}，{words.zh}{problem}", f"{title.en}: {words.en}{problem.replace('：', '; ')}")


def _send_pending(item: OutboxItem, pk: int) -> None:
    """Send a leg with the endpoint that its receiver has when the pending delivery runs."""
    leg = find_legs(_UNSCOPED).select_related("instance__owner", "instance__version", "receiver").get(pk=pk)
    route = choose_leg_route(leg.receiver)
    if route is not None:
        _send(item, leg, *route)


def _send(item: OutboxItem, leg: Leg, endpoint: Endpoint, channel: DisposalChannel) -> None:
    request = find_request(item, leg)
    assert request is not None  # it was found before the delivery was planned
    sending = get_or_create_sending(item, leg, endpoint, is_undo=request.undo)
    if sending.state == SendingState.SENT:
        return
    if leg.state != requested_state(item, leg) or is_superseded(item):
        update_sending(sending, SendingState.OVERTAKEN)
        return
    attempt_sending(
        sending,
        item,
        leg,
        lambda: _SENDERS[channel.goes](build_leg_message(leg, request, item.step), sending, channel),
    )


def _to_system(message: LegMessage, sending: Sending, channel: DisposalChannel) -> Sent:
    assert sending.endpoint is not None
    dispatch = channel.ask(message, channel_endpoint(sending.endpoint), to_ms(timezone.now()))
    return Sent(dispatch.body, post(dispatch))


def _to_file(message: LegMessage, sending: Sending, channel: DisposalChannel) -> Sent:
    return write_numbered_file(
        sending, lambda endpoint: channel.ask(message, channel_endpoint(endpoint), to_ms(timezone.now()))
    )


_SENDERS: dict[str, Callable[[LegMessage, Sending, DisposalChannel], Sent]] = {"http": _to_system, "file": _to_file}
