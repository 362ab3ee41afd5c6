"""What the API tells of a subscription never holds what signs."""

from tests.command.people import World
from tests.command.webhooks.told import subscription

from fanzha.command.webhooks.schemas import SubscriptionOut
from fanzha.command.webhooks.signing_keys import private_keys


def test_keys_are_told_by_their_public_half(world: World) -> None:
    one = subscription(world)
    told = SubscriptionOut.of(one).model_dump_json()
    assert "whpk_" in told and private_keys(one)[0] not in told
