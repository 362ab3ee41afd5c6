"""Verify a STIR certificate chain to configured trust anchors (RFC 8226, ATIS-1000080).

cryptography builds and verifies the path. Its rules for the certificates of web servers hold for the authorities, but
not for the signer, which has no domain name and no extended key usage.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

from fanzha.base.errors import UsageError
from fanzha.screen.stir.authority import (
    CLAIM_CONSTRAINTS,
    ENHANCED_CONSTRAINTS,
    TN_AUTH_LIST,
    ClaimConstraints,
    NumberAuthority,
    parse_authority,
    parse_constraints,
)

MAX_CHAIN = 8
LONGEST_CHAIN = 65_536  # bytes of PEM


class CertificateRejected(Exception):
    """The chain is not acceptable. The message says why."""


class SignerCredential(NamedTuple):
    """What a verified chain permits: its key signs for its numbers between two moments (UTC ms)."""

    key: EllipticCurvePublicKey
    authority: NumberAuthority
    constraints: tuple[ClaimConstraints, ...]
    valid_from: int
    valid_until: int
    subject: str


class TrustAnchors:
    """The root certificates that are trusted, as the list of an STI-PA has them, and revoked certificates."""

    def __init__(self, roots: list[x509.Certificate], revoked: frozenset[tuple[bytes, int]] = frozenset()) -> None:
        """`revoked` has issuer (DER) and serial number of each revoked certificate."""
        self._store, self._revoked = Store(roots), revoked

    def verify(self, pem: bytes, at: datetime) -> SignerCredential:
        """Return the credential of a chain in PEM, the signer first; raise CertificateRejected."""
        if len(pem) > LONGEST_CHAIN:
            raise CertificateRejected(f"the chain has more than {LONGEST_CHAIN} bytes")
        try:
            signer, *others = x509.load_pem_x509_certificates(pem)
        except ValueError as error:
            raise CertificateRejected(f"no certificate in PEM: {error}") from None
        if len(others) >= MAX_CHAIN:
            raise CertificateRejected(f"more than {MAX_CHAIN} certificates")
        try:
            chain = self._build_path(signer, others, at)
            return _read_credential(chain)
        except (ValueError, VerificationError, x509.ExtensionNotFound, x509.DuplicateExtension) as error:
            raise CertificateRejected(str(error)[:300]) from None

    def _build_path(
        self, signer: x509.Certificate, others: list[x509.Certificate], at: datetime
    ) -> list[x509.Certificate]:
        policy = PolicyBuilder().store(self._store).time(at).max_chain_depth(MAX_CHAIN)
        policy = policy.extension_policies(
            ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all()
        )
        chain = policy.build_client_verifier().verify(signer, others).chain
        for certificate in chain:
            if (certificate.issuer.public_bytes(), certificate.serial_number) in self._revoked:
                raise CertificateRejected(f"revoked: {certificate.subject.rfc4514_string()}")
        return chain


def load_anchors(roots: Path, revocations: Path | None = None) -> TrustAnchors:
    """Return the anchors of a PEM file and the entries of a CRL (PEM or DER); raise UsageError."""
    fix = "name a file with the trusted root certificates in PEM, such as the list of the policy administrator"
    try:
        certificates = x509.load_pem_x509_certificates(roots.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{roots}: no certificates: {error}", fix=fix) from None
    return TrustAnchors(certificates, _load_revoked(revocations) if revocations else frozenset())


def _load_revoked(path: Path) -> frozenset[tuple[bytes, int]]:
    """Return the entries of a CRL; those of an indirect CRL name their issuer (RFC 5280 §5.3.3)."""
    try:
        data = path.read_bytes()
        crl = x509.load_pem_x509_crl(data) if data.startswith(b"-----") else x509.load_der_x509_crl(data)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: no revocation list: {error}", fix="name a CRL in PEM or DER") from None
    issuer, entries = crl.issuer.public_bytes(), []
    for entry in crl:
        try:
            names = entry.extensions.get_extension_for_class(x509.CertificateIssuer).value
            (issuer,) = (name.public_bytes() for name in names.get_values_for_type(x509.DirectoryName))
        except x509.ExtensionNotFound:
            pass  # of the issuer of the entry before it
        entries.append((issuer, entry.serial_number))
    return frozenset(entries)


def _read_credential(chain: list[x509.Certificate]) -> SignerCredential:
    """Return the credential of a verified chain; raise ValueError if its signer may sign no PASSporT."""
    signer, key = chain[0], chain[0].public_key()
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("the key is not of P-256, which ES256 needs")
    _check_usage(signer)
    authority = _find_authority(signer)
    if authority is None:
        raise ValueError("the certificate has no TNAuthList (RFC 8226)")
    for issuer in chain[1:]:
        outer = _find_authority(issuer)
        if outer is not None and not outer.contains(authority):
            raise ValueError(f"the TNAuthList exceeds that of {issuer.subject.rfc4514_string()}")
    return SignerCredential(
        key,
        authority,
        tuple(map(parse_constraints, _find_extensions(signer, CLAIM_CONSTRAINTS, ENHANCED_CONSTRAINTS))),
        max(_to_ms(certificate.not_valid_before_utc) for certificate in chain),
        min(_to_ms(certificate.not_valid_after_utc) for certificate in chain),
        signer.subject.rfc4514_string(),
    )


def _check_usage(signer: x509.Certificate) -> None:
    """Raise ValueError for the certificate of an authority, or one that may not sign."""
    try:
        if signer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise ValueError("the certificate is an authority's, not a signer's")
    except x509.ExtensionNotFound:
        pass
    try:
        if not signer.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature:
            raise ValueError("the certificate is not for signatures")
    except x509.ExtensionNotFound:
        pass


def _find_authority(certificate: x509.Certificate) -> NumberAuthority | None:
    found = _find_extensions(certificate, TN_AUTH_LIST)
    return parse_authority(found[0]) if found else None


def _find_extensions(certificate: x509.Certificate, *names: str) -> list[bytes]:
    return [
        extension.value.value
        for extension in certificate.extensions
        if isinstance(extension.value, x509.UnrecognizedExtension) and extension.oid.dotted_string in names
    ]


def _to_ms(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp() * 1_000)
