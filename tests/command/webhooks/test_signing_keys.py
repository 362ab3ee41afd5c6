"""Each subscription is signed for with a key of its own."""

from tests.command.people import World
from tests.command.webhooks.told import subscription

from fanzha.command.webhooks.signing_keys import private_keys, public_keys


def test_two_subscriptions_have_two_keys_that_stay(world: World) -> None:
    one, other = subscription(world), subscription(world)
    assert private_keys(one) == private_keys(one) != private_keys(other)
    assert all(key.startswith("whsk_") for key in private_keys(one)) and public_keys(one) != public_keys(other)
