"""Time-stamps of anchors by a time-stamping authority (RFC 3161): build requests and verify responses.

The imprint of a time-stamp is the SHA-256 of the anchor's line. A response is verified when it arrives, with the nonce
of its request, and again whenever the log is verified, offline: message imprint, signature, the certificate with the
extended key usage timeStamping (critical), its chain to a root of the operator's at the time of the stamp, and the
policy if one is set. A certificate may have expired since.
"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cryptography import x509

from fanzha.base.errors import UsageError
from fanzha.command.web.configuration import TimestampAuthority

if TYPE_CHECKING:
    from rfc3161_client import Verifier


class InvalidTimestamp(ValueError):
    """The response is no time-stamp of this anchor by the configured authority. The message gives the reason."""


class TimestampRequest(NamedTuple):
    """The DER of a request and its nonce."""

    body: bytes
    nonce: int


class TrustedAuthority(NamedTuple):
    """The roots that time-stamps must lead to, intermediate certificates, and the required policy ("" for any)."""

    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]
    policy: str


def load_authority(settings: TimestampAuthority) -> TrustedAuthority:
    """Return the certificates of `ca_file`: self-signed ones are roots. Raise UsageError."""
    path = Path(settings.ca_file)
    try:
        certificates = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(
            f"[site.timestamps] ca_file {path}: {error}",
            fix="name a PEM file with the authority's root",
        ) from None
    roots = tuple(one for one in certificates if one.issuer == one.subject)
    if not roots:
        raise UsageError(f"[site.timestamps] ca_file {path} has no root", fix="add the self-signed root certificate")
    return TrustedAuthority(roots, tuple(one for one in certificates if one not in roots), settings.policy)


def build_request(anchor_line: str) -> TimestampRequest:
    """Build a request for the time-stamp of an anchor, with a random nonce; the certificate is to be included."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    builder = TimestampRequestBuilder().data(anchor_line.encode()).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    if request.nonce is None:
        raise InvalidTimestamp("the request has no nonce")
    return TimestampRequest(request.as_bytes(), request.nonce)


def verify_response(
    response: bytes, anchor_line: str, authority: TrustedAuthority, nonce: int | None = None
) -> datetime:
    """Return the time of the stamp. `nonce` is that of the request, None if it is no longer known.

    Raise InvalidTimestamp.
    """
    from rfc3161_client import VerificationError, decode_timestamp_response

    try:
        decoded = decode_timestamp_response(response)
        _verifier(authority, nonce).verify_message(decoded, anchor_line.encode())
        return decoded.tst_info.gen_time
    except (VerificationError, ValueError) as error:
        raise InvalidTimestamp(str(error)[:300] or type(error).__name__) from None


def _verifier(authority: TrustedAuthority, nonce: int | None) -> "Verifier":
    from rfc3161_client import VerifierBuilder

    builder = VerifierBuilder(
        policy_id=x509.ObjectIdentifier(authority.policy) if authority.policy else None,
        intermediates=list(authority.intermediates),
        roots=list(authority.roots),
        nonce=nonce,
    )
    return builder.build()
