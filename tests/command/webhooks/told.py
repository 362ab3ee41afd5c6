"""Subscriptions as the tests make them."""

from tests.command.people import World

from fanzha.command.web.roles import Role
from fanzha.command.webhooks.models import Subscription
from fanzha.command.webhooks.services import subscribe

URL = "https://receiver.example/events?of=fanzha"


def subscription(world: World, name: str = "carrier", *processes: str, url: str = URL) -> Subscription:
    """A subscription of an organisation, made by its administrator."""
    return subscribe(world[name], url, processes, world.person(name, Role.ADMINISTRATOR))
