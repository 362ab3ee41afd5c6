"""Signing keys of subscriptions, stored in `keys/` of the state folder and created on demand."""

from fanzha.command.webhooks.models import Subscription
from fanzha.dispose import private_key, public_key
from fanzha.store.keys import load_key


def private_keys(subscription: Subscription) -> tuple[str, ...]:
    """Return the current signing keys, newest first. The previous key also signs."""
    newest = (subscription.generation, subscription.generation - 1)
    return tuple(private_key(load_key(f"webhook-{subscription.ref}-{number}")) for number in newest if number)


def public_keys(subscription: Subscription) -> list[str]:
    """Return the public keys for the subscriber, newest first."""
    return [public_key(key) for key in private_keys(subscription)]
