"""By which way a leg reaches its receiver: the screens of this site first, then his system, then a file."""

from fanzha.command.orders.models import Endpoint
from fanzha.command.orders.order_summary import OrderSummary
from fanzha.command.organizations.models import Organization
from fanzha.dispose import ACTION_SPECS, Action, DisposalChannel, all_channels

_PREFERENCE = ("snapshot", "http", "file")


def choose_route(said: OrderSummary, receiver: Organization) -> tuple[Endpoint, DisposalChannel] | None:
    """Return endpoint and channel; None where people carry the leg out by hand."""
    rows = Endpoint._base_manager.filter(owner=receiver, is_active=True)
    found = [
        (endpoint, channel)
        for endpoint in rows
        if (channel := all_channels().get(endpoint.channel)) and can_carry(channel, said, receiver)
    ]
    return min(found, key=lambda one: (_PREFERENCE.index(one[1].goes), one[0].pk), default=None)


def can_carry(channel: DisposalChannel, said: OrderSummary, receiver: Organization) -> bool:
    """Return whether all that is ordered can go to an organisation by a channel."""
    return all(channel.serves(said.action, one.kind, receiver.kind) for one in said.targets)


def may_receive(action: Action, kind: str) -> bool:
    """Return whether the law lets an organisation of a kind carry an action out."""
    return kind in ACTION_SPECS[action].by
