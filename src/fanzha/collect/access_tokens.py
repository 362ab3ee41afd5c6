"""Access tokens for feeds: OAuth2 client credentials (RFC 6749 §4.4) at the token URL that a feed names.

A token is kept in memory until shortly before it expires, or until a server refuses it. Neither the secret nor a token
is part of any message.
"""

import base64
import threading
import time
from typing import NamedTuple
from urllib.parse import quote_plus, urlencode

import msgspec

from fanzha.base.outgoing_request import PrivateAddressPolicy, RequestFailed, post_and_read

#: A token without `expires_in` is used so long (RFC 6749 §5.1 leaves it to the server).
DEFAULT_SECONDS = 300.0
#: A token is renewed so long before it expires.
MARGIN_SECONDS = 30.0
_MAX_LENGTH = 8_192


class TokenClient(NamedTuple):
    """A client at a token URL, with the scope that it asks for ("" for the default of the server)."""

    token_url: str
    client_id: str
    client_secret: str
    scope: str


class _Token(NamedTuple):
    value: str
    renew_at: float


class _TokenAnswer(msgspec.Struct):
    """The part of a token response that is used."""

    access_token: str
    token_type: str
    expires_in: float | None = None


class AccessTokens:
    """The tokens of all feeds of one process. May be used by several threads."""

    def __init__(self) -> None:
        self._tokens: dict[TokenClient, _Token] = {}
        self._lock = threading.Lock()

    def take(self, client: TokenClient, policy: PrivateAddressPolicy) -> str:
        """Return a token that has not expired, and fetch one if there is none. Raise RequestFailed."""
        with self._lock:
            found = self._tokens.get(client)
        if found is None or found.renew_at <= time.monotonic():
            found = _fetch(client, policy)
            with self._lock:
                self._tokens[client] = found
        return found.value

    def discard(self, client: TokenClient, token: str) -> None:
        """Forget a token that a server refused."""
        with self._lock:
            found = self._tokens.get(client)
            if found is not None and found.value == token:
                del self._tokens[client]


def _fetch(client: TokenClient, policy: PrivateAddressPolicy) -> _Token:
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"  # encoded first (RFC 6749 §2.3.1)
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "fanzha",
    }
    form = {"grant_type": "client_credentials"} | ({"scope": client.scope} if client.scope else {})
    began = time.monotonic()
    try:
        answer = msgspec.json.decode(
            post_and_read(client.token_url, headers, urlencode(form).encode(), policy), type=_TokenAnswer, strict=False
        )
    except RequestFailed as failed:
        raise RequestFailed(f"no access token: {failed}") from None
    except (msgspec.DecodeError, RecursionError):
        raise RequestFailed("no access token: the answer of the token URL is none of OAuth2") from None
    value = answer.access_token
    if answer.token_type.lower() != "bearer" or not 0 < len(value) <= _MAX_LENGTH or not _is_plain(value):
        raise RequestFailed("no access token: the token URL gave none of the type Bearer")
    seconds = DEFAULT_SECONDS if answer.expires_in is None else answer.expires_in
    return _Token(value, began + max(seconds - MARGIN_SECONDS, seconds / 2))


def _is_plain(value: str) -> bool:
    """Return whether a token is valid in a header."""
    return value.isascii() and value.isprintable() and " " not in value
