"""Keys of endpoints, read from `keys/` of the state folder.

The name of a shared secret's file begins with the reference of its organisation, so that no organisation can have
messages signed or verified with the secret of another. Names from before this rule stay valid for the only organisation
that uses them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fanzha.base.errors import UsageError
from fanzha.command.orders.models import Endpoint
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import ChannelEndpoint, private_key, public_key
from fanzha.store.keys import load_key
from fanzha.store.state_folder import state_folder

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

#: Permitted names of secret files; other keys of the installation cannot be named.
_SECRET_FILE = re.compile(r"orders-[a-z0-9_-]{1,70}")
#: A name that is bound to an organisation: its reference is a ULID.
_BOUND_NAME = re.compile(r"orders-[0-9a-hjkmnp-tv-z]{26}-")
_UNSCOPED = unscoped("a secret file must not be shared with any other organisation")


def secret_file_prefix(organization_ref: str) -> str:
    """Return the first characters of the names of an organisation's secret files."""
    return f"orders-{organization_ref.lower()}-"


def is_own_secret_file(name: str, owner: Organization) -> bool:
    """Return whether a secret file is bound to an organisation by its name."""
    prefix = secret_file_prefix(owner.ref)
    return bool(_SECRET_FILE.fullmatch(name)) and name.startswith(prefix) and name != prefix


def is_only_user(name: str, owner: Organization) -> bool:
    """Return whether an endpoint of an organisation names a file without a prefix, and no other organisation's does."""
    users = set(_UNSCOPED.rows(Endpoint).filter(secret_file=name).values_list("owner", flat=True))
    return bool(_SECRET_FILE.fullmatch(name)) and not _BOUND_NAME.match(name) and users == {owner.pk}


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
        return _read_shared_secrets(endpoint)
    newest = (endpoint.generation, endpoint.generation - 1)
    return tuple(private_key(load_key(f"order-endpoint-{endpoint.ref}-{number}")) for number in newest if number)


def our_public_keys(endpoint: Endpoint) -> list[str]:
    """Return our public keys, newest first; empty if both sides share a secret."""
    return [] if endpoint.secret_file else [public_key(private) for private in signing_keys(endpoint)]


def verification_keys(endpoint: Endpoint) -> tuple[str, ...]:
    """Return the keys that verify the receiver's messages."""
    return _read_shared_secrets(endpoint) if endpoint.secret_file else tuple(endpoint.their_keys.split())


def _read_shared_secrets(endpoint: Endpoint) -> tuple[str, ...]:
    """Return the secrets of an endpoint's file, one per line, newest first. Raise UsageError."""
    name, owner = endpoint.secret_file, endpoint.owner
    if not is_own_secret_file(name, owner) and not is_only_user(name, owner):
        raise UsageError(
            f"keys/{name} does not belong to {owner} alone",
            fix=f"rename it to {secret_file_prefix(owner.ref)}NAME and name it so at the endpoint",
        )
    path = state_folder() / "keys" / name
    if not path.is_file():
        raise UsageError(f"keys/{name} is not there", fix="put the shared secret (whsec_…) there, with mode 600")
    if path.stat().st_mode & 0o077:
        raise UsageError(f"keys/{name} can be read by others", fix="chmod 600 it")
    secrets = tuple(secret for secret in path.read_text("utf-8", "replace").split() if secret.startswith("whsec_"))
    if not secrets:
        raise UsageError(f"keys/{name} holds no shared secret", fix="write whsec_… into it, a line each, newest first")
    return secrets
