"""Keys of endpoints, read from `keys/` of the state folder."""

import re

from fanzha.base.errors import UsageError
from fanzha.command.orders.models import Endpoint
from fanzha.dispose import ChannelEndpoint, private_key, public_key
from fanzha.store.keys import load_key
from fanzha.store.state_folder import state_folder

#: Permitted names of secret files; other keys of the installation cannot be named.
SECRET_FILE = re.compile(r"orders-[a-z0-9_-]{1,70}")


def channel_endpoint(endpoint: Endpoint) -> ChannelEndpoint:
    """Convert an endpoint for its channel. Raise UsageError if its secret file is missing."""
    return ChannelEndpoint(
        url=endpoint.address,
        signing_keys=signing_keys(endpoint),
        verification_keys=verification_keys(endpoint),
        sequence=endpoint.sent_sequence + 1,
        before=endpoint.sent_digest,
    )


def signing_keys(endpoint: Endpoint) -> tuple[str, ...]:
    """Return our signing keys, newest first."""
    if endpoint.secret_file:
        return _read_shared_secrets(endpoint.secret_file)
    newest = (endpoint.generation, endpoint.generation - 1)
    return tuple(private_key(load_key(f"order-endpoint-{endpoint.ref}-{number}")) for number in newest if number)


def our_public_keys(endpoint: Endpoint) -> list[str]:
    """Return our public keys, newest first; empty if both sides share a secret."""
    return [] if endpoint.secret_file else [public_key(private) for private in signing_keys(endpoint)]


def verification_keys(endpoint: Endpoint) -> tuple[str, ...]:
    """Return the keys that verify the receiver's messages."""
    return _read_shared_secrets(endpoint.secret_file) if endpoint.secret_file else tuple(endpoint.their_keys.split())


def _read_shared_secrets(name: str) -> tuple[str, ...]:
    """Return the secrets of a file, one per line, newest first."""
    path = state_folder() / "keys" / name
    if not SECRET_FILE.fullmatch(name) or not path.is_file():
        raise UsageError(f"keys/{name} is not there", fix="put the shared secret (whsec_…) there, with mode 600")
    if path.stat().st_mode & 0o077:
        raise UsageError(f"keys/{name} can be read by others", fix="chmod 600 it")
    secrets = tuple(secret for secret in path.read_text("utf-8", "replace").split() if secret.startswith("whsec_"))
    if not secrets:
        raise UsageError(f"keys/{name} holds no shared secret", fix="write whsec_… into it, a line each, newest first")
    return secrets
