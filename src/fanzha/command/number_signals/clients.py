"""Clients of the interfaces for banks: OAuth2 client credentials (RFC 6749 §4.4), bound to a certificate (RFC 8705).

A client is an API key: its `client_id` is the beginning shown on the page of keys, its `client_secret` the whole key.
An access token is a signed text that names the key; the rights of the key are reread every few seconds, so that a key
revoked or a basis ended stops answers without waiting for the token to expire.
"""

import base64
import binascii
import hmac
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from fanzha.command.number_signals.models import SignalBasis
from fanzha.command.number_signals.signal_settings import load_signal_settings
from fanzha.command.organizations.selectors import build_key_viewer, find_key, find_valid_key
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("a client asks on every basis that names its organisation")

TOKEN_SECONDS = 900
#: How long what a key may ask is remembered: a basis that was ended is answered no longer than this.
CACHE_SECONDS = 5
SCOPE = "number_signals:read"
_SALT = "number_signals.token"


class TokenRefused(Exception):
    """A token or its request is refused with an error code of RFC 6749 §5.2 or RFC 6750."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Basis(NamedTuple):
    """One basis in force: its ref, the owner of the data (primary key and ref), services and limits."""

    ref: str
    owner: int
    owner_ref: str
    services: frozenset[str]
    purpose: str
    quota_per_day: int
    certificate: str


class SignalClient(NamedTuple):
    """A key with the bases of its organisation. `organization` is its primary key."""

    key: int
    name: str
    organization: int
    per_minute: int
    viewer: Viewer
    bases: tuple[Basis, ...]

    def bases_for(self, service: str, purpose: str, certificate: str) -> list[Basis]:
        """Return the bases that allow a service for a purpose with the certificate that was shown ("" for none)."""
        return [
            basis
            for basis in self.bases
            if service in basis.services and basis.purpose == purpose and basis.certificate in ("", certificate)
        ]


class AccessToken(NamedTuple):
    """What a valid token states: the client, scopes, purpose, and the fingerprint of the certificate it is bound to."""

    client: SignalClient
    scopes: frozenset[str]
    purpose: str
    certificate: str


def authenticate_client(client_id: str, client_secret: str) -> SignalClient:
    """Return the client of a key. Raise TokenRefused."""
    key = find_valid_key(client_secret)
    if key is None or not hmac.compare_digest(key.shown.encode(), client_id.encode()) or SCOPE not in key.scopes:
        raise TokenRefused("invalid_client")
    client = load_client(key.pk)
    if client is None:
        raise TokenRefused("invalid_client")
    return client


def issue_token(client: SignalClient, scopes: frozenset[str], purpose: str, certificate: str) -> str:
    """Return an access token for TOKEN_SECONDS."""
    content = {"k": client.key, "s": sorted(scopes), "p": purpose, "c": certificate}
    return signing.dumps(content, salt=_SALT, compress=True)


def read_token(token: str, certificate: str) -> AccessToken:
    """Return what a token states. Raise TokenRefused if it is invalid, expired, or bound to another certificate."""
    try:
        content = signing.loads(token, salt=_SALT, max_age=timedelta(seconds=TOKEN_SECONDS))
    except signing.BadSignature:
        raise TokenRefused("invalid_token") from None
    client = load_client(content["k"])
    if client is None or (content["c"] and not hmac.compare_digest(content["c"], certificate)):
        raise TokenRefused("invalid_token")
    return AccessToken(client, frozenset(content["s"]), content["p"], content["c"])


def load_client(key: int) -> SignalClient | None:
    """Return a key with its bases, remembered for CACHE_SECONDS; None if it is revoked or expired."""
    name = f"signal-client-{key}"
    cached: tuple[SignalClient | None] | None = cache.get(name)
    if cached is None:
        cached = (_read_client(key),)
        cache.set(name, cached, CACHE_SECONDS)
    return cached[0]


def certificate_fingerprint(request: HttpRequest) -> str:
    """Return the SHA-256 (hex) of the client certificate that the proxy checked, "" if there is none.

    The proxy sets `Client-Cert` (RFC 9440), a byte sequence of the DER certificate; it counts only if the operator
    says so in `[number_signals] client_certificates`.
    """
    header = request.headers.get("Client-Cert", "").strip()
    if not header or not load_signal_settings().client_certificates:
        return ""
    try:
        der = base64.b64decode(header.removeprefix(":").removesuffix(":"), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return sha256(der).hexdigest()


def _read_client(pk: int) -> SignalClient | None:
    key = find_key(pk)
    if key is None:
        return None
    now = timezone.now()
    rows = _UNSCOPED.rows(SignalBasis).filter(
        client=key.organization_id, approved_at__isnull=False, ended_at=None, until__gt=now, owner__is_active=True
    )
    bases = [
        Basis(
            row.ref,
            row.owner_id,
            row.owner.ref,
            frozenset(row.services),
            row.purpose,
            row.quota_per_day,
            row.certificate,
        )
        for row in rows.select_related("owner").order_by("pk")
        if row.paused_until is None or row.paused_until <= now
    ]
    viewer = build_key_viewer(key)
    return SignalClient(key.pk, f"key:{key.key_hash[:16]}", key.organization_id, key.per_minute, viewer, tuple(bases))
