"""The keys that sign what subscribers are told: made from `keys/` of the state folder, a new one on demand."""

from fanzha.command.webhooks.models import Subscription
from fanzha.dispose import private_key, public_key
from fanzha.store.keys import load_key


def private_keys(subscription: Subscription) -> tuple[str, ...]:
    """Return what we sign with, newest first: while it changes, the one before signs too."""
    newest = (subscription.generation, subscription.generation - 1)
    return tuple(private_key(load_key(f"webhook-{subscription.ref}-{number}")) for number in newest if number)


def public_keys(subscription: Subscription) -> list[str]:
    """Return what the subscriber verifies with, newest first."""
    return [public_key(one) for one in private_keys(subscription)]
