"""What a carrier has of webhooks in the access matrix: a subscription with a delivery that was given up."""

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World

from fanzha.command.webhooks.models import Delivery, Subscription


def owned(world: World, secret: str) -> Owned:
    """Make them."""
    carrier, api = world["carrier"], "api/v1/webhooks/subscriptions"
    one = Subscription._base_manager.create(owner=carrier, url=f"https://{secret}.example/")
    dead = Delivery._base_manager.create(
        owner=carrier, subscription=one, place=1, body=secret, state="dead", problem=secret, next_at=timezone.now()
    )
    return Owned(
        hidden={"webhooks/{ref}": one.ref, f"{api}/{{ref}}": one.ref},
        shared={
            "webhooks/{ref}/deliveries/{number}": dead.pk,
            f"{api}/{{ref}}/deliveries/{{number}}": dead.pk,
        },
        bodies={f"POST {api}": {"url": "https://receiver.example/"}},
    )
