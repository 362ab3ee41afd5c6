"""Access tokens for the exchange, from the same token endpoint as those for banks.

The client is an API key with the scopes of the exchange: `client_id` is the beginning of the key that the page of keys
shows, `client_secret` the whole key. A token has the scopes that were asked for, at most those of the key, and no
purpose: a reader of a collection has the purpose of its grant. The key is reread for each request, so that a revoked
one ends its tokens at once.
"""

import hmac
from datetime import timedelta

from django.core import signing

from fanzha.command.number_signals.clients import TOKEN_SECONDS, TokenRefused
from fanzha.command.organizations.selectors import build_key_viewer, find_key, find_valid_key
from fanzha.command.organizations.services import get_key_caller
from fanzha.command.web.api.callers import Caller

API_SCOPES = frozenset({"exchange:read", "exchange:write"})
_SALT = "number_signals.api_token"


def grant_api_token(client_id: str, client_secret: str, scopes: frozenset[str], certificate: str) -> str:
    """Return a token of a key with some of its scopes, bound to the certificate that was shown. Raise TokenRefused."""
    key = find_valid_key(client_secret)
    if key is None or not hmac.compare_digest(key.shown.encode(), client_id.encode()):
        raise TokenRefused("invalid_client")
    viewer = build_key_viewer(key)
    if not scopes or not scopes <= API_SCOPES or not all(map(viewer.may, scopes)):
        raise TokenRefused("invalid_scope")
    return signing.dumps({"k": key.pk, "s": sorted(scopes), "c": certificate}, salt=_SALT, compress=True)


def authenticate_token(token: str, certificate: str) -> Caller | None:
    """Return the caller of a token; None if it is invalid, expired, of a revoked key or of another certificate."""
    try:
        content = signing.loads(token, salt=_SALT, max_age=timedelta(seconds=TOKEN_SECONDS))
    except signing.BadSignature:
        return None
    key = find_key(content["k"])
    if key is None or (content["c"] and not hmac.compare_digest(content["c"], certificate)):
        return None
    caller = get_key_caller(key)
    scopes = frozenset(content["s"]) & (caller.viewer.scopes or frozenset())
    return caller._replace(viewer=caller.viewer._replace(scopes=scopes))
