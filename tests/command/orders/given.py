"""Endpoints and keys as the tests of orders give them to receivers."""

from typing import Any

from django.utils import timezone
from tests.command.people import World

from fanzha.command.flows.models import Leg, ProcessInstance
from fanzha.command.flows.worker import turn
from fanzha.command.orders.models import Endpoint
from fanzha.command.organizations.scoping import everything
from fanzha.dispose import private_key, public_key

#: What the made-up receivers sign with.
THEIR_KEY = private_key(bytes(range(32)))


def endpoint(world: World, name: str, channel: str, **changes: Any) -> Endpoint:
    """Return a way to an organisation."""
    values = {"their_keys": public_key(THEIR_KEY), "changed_at": timezone.now()} | changes
    return Endpoint._base_manager.create(owner=world[name], channel=channel, **values)


def settle() -> None:
    """Carry out all that is asked for now, and what follows from that."""
    while turn():
        pass


def states(order: ProcessInstance) -> dict[str, str]:
    """Return where the legs of an order stand."""
    with everything("test"):
        return dict(Leg.objects.filter(instance=order).values_list("name", "state"))


def leg_of(order: ProcessInstance, name: str = "1") -> Leg:
    """Return a leg as handlers have it."""
    rows = Leg._base_manager.select_related("instance__owner", "instance__version", "receiver")
    return rows.get(instance=order, name=name)
