"""Choose the channel of an instruction: what this site carries out first, then the receiver's system, then a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanzha.command.orders.models import Endpoint
from fanzha.command.orders.order_summary import OrderSummary
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import DisposalChannel, all_channels

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


_UNSCOPED = unscoped("the receiver's endpoint decides the route, whoever sends")

_PREFERENCE = ("snapshot", "zone", "http", "mail", "file")


def choose_route(summary: OrderSummary, receiver: Organization) -> tuple[Endpoint, DisposalChannel] | None:
    """Return endpoint and channel; None if people execute the leg by hand."""
    rows = _UNSCOPED.rows(Endpoint).filter(owner=receiver, is_active=True)
    candidates = [
        (endpoint, channel)
        for endpoint in rows
        if (channel := all_channels().get(endpoint.channel)) and can_carry(channel, summary, receiver)
    ]
    return min(candidates, key=lambda candidate: (_PREFERENCE.index(candidate[1].goes), candidate[0].pk), default=None)


def choose_leg_route(receiver: Organization) -> tuple[Endpoint, DisposalChannel] | None:
    """Return endpoint and channel of legs that are no orders; None if people carry them out by hand."""
    candidates = [
        (endpoint, channel)
        for endpoint in _UNSCOPED.rows(Endpoint).filter(owner=receiver, is_active=True)
        if (channel := all_channels().get(endpoint.channel)) and channel.carries_legs
    ]
    return min(candidates, key=lambda candidate: (_PREFERENCE.index(candidate[1].goes), candidate[0].pk), default=None)


def can_carry(channel: DisposalChannel, summary: OrderSummary, receiver: Organization) -> bool:
    """Return whether a channel can carry all targets of a summary to an organisation."""
    return all(channel.serves(summary.actions[target], target.kind, receiver.kind) for target in summary.ordered)
