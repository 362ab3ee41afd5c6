"""Real certificates and precertificates, made on the spot by a CA of the tests."""

import datetime
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

_START = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
_CA = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example CA")])


class MadeEntry(NamedTuple):
    """What a log stores of one certificate: the entry type, what is signed, and the precertificate if it is one."""

    is_precertificate: bool
    signed: bytes
    precertificate: bytes


@cache
def ca_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def issuer_key_hash() -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(ca_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return digest.finalize()


def make_certificate(
    names: Sequence[str], serial: int, *, common_name: str = "", is_poisoned: bool = False
) -> x509.Certificate:
    """Return a certificate of `names` as DNS names, or of a common name only."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else [])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(_CA)
        .public_key(ca_key().public_key())
        .serial_number(serial)
        .not_valid_before(_START)
        .not_valid_after(_START + datetime.timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), not subject
        )
    if is_poisoned:
        builder = builder.add_extension(x509.PrecertPoison(), critical=True)
    return builder.sign(ca_key(), hashes.SHA256())


def make_entry(names: Sequence[str], serial: int, *, is_precertificate: bool = False) -> MadeEntry:
    """Return a log entry of a new certificate."""
    certificate = make_certificate(names, serial)
    if not is_precertificate:
        return MadeEntry(False, certificate.public_bytes(Encoding.DER), b"")
    poisoned = make_certificate(names, serial, is_poisoned=True)
    return MadeEntry(True, certificate.tbs_certificate_bytes, poisoned.public_bytes(Encoding.DER))
