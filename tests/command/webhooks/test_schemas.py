"""What the API tells of a subscription never holds what signs."""

from tests.command.people import World
from tests.command.webhooks.told import subscription

from fanzha.command.webhooks.schemas import SubscriptionOut
from fanzha.command.webhooks.signing_keys import private_keys


def test_keys_are_told_by_their_public_half(world: World) -> None:
    row = subscription(world)
    text = SubscriptionOut.of(row).model_dump_json()
    assert "whpk_" in text and private_keys(row)[0] not in text
