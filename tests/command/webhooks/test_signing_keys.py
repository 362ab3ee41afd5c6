"""Each subscription is signed for with a key of its own."""

from tests.command.people import World
from tests.command.webhooks.told import subscription

from fanzha.command.webhooks.signing_keys import keys_of, public_keys_of


def test_two_subscriptions_have_two_keys_that_stay(world: World) -> None:
    one, other = subscription(world), subscription(world)
    assert keys_of(one) == keys_of(one) != keys_of(other)
    assert all(key.startswith("whsk_") for key in keys_of(one)) and public_keys_of(one) != public_keys_of(other)
