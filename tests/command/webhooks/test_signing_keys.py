"""Each subscription is signed for with a key of its own."""

from tests.command.people import World
from tests.command.webhooks.told import subscription

from fanzha.command.webhooks.signing_keys import private_keys, public_keys


def test_two_subscriptions_have_two_keys_that_stay(world: World) -> None:
    first, second = subscription(world), subscription(world)
    assert private_keys(first) == private_keys(first) != private_keys(second)
    assert all(key.startswith("whsk_") for key in private_keys(first)) and public_keys(first) != public_keys(second)
