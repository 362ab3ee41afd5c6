"""Certificates and signatures made on the spot: root, intermediate and signer with a TNAuthList (RFC 8226)."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurve,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from fanzha.base.outgoing_request import RequestFailed
from fanzha.screen.stir.certificate_cache import CertificateCache
from fanzha.screen.stir.certificate_chain import SignerCredential, TrustAnchors

NOW = datetime.now(UTC).replace(microsecond=0)
NOW_MS = int(NOW.timestamp() * 1_000)
URL = "https://certificates.example/carrier.pem"
CALLER, CALLEE = "8617000000001", "8619100012345"
ORIGID = "123e4567-e89b-12d3-a456-426655440000"
TN_AUTH_LIST = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.26")


def der(tag: int, content: bytes) -> bytes:
    """Return one DER element."""
    length = len(content)
    size = bytes([length]) if length < 128 else b"\x82" + length.to_bytes(2, "big")
    return bytes([tag]) + size + content


def provider_code(code: str) -> bytes:
    """Return the TNAuthList entry of a service provider code."""
    return der(0xA0, der(0x16, code.encode()))


def number_range(start: str, count: int) -> bytes:
    """Return the TNAuthList entry of a range of numbers."""
    size = count.to_bytes(count.bit_length() // 8 + 1, "big")
    return der(0xA1, der(0x30, der(0x16, start.encode()) + der(0x02, size)))


def one_number(number: str) -> bytes:
    """Return the TNAuthList entry of one number."""
    return der(0xA2, der(0x16, number.encode()))


def auth_list(*entries: bytes) -> x509.UnrecognizedExtension:
    """Return a TNAuthList extension."""
    return x509.UnrecognizedExtension(TN_AUTH_LIST, der(0x30, b"".join(entries)))


def distinguished_name(text: str) -> x509.Name:
    """Return a name with a country."""
    return x509.Name(
        [x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "ZZ"), x509.NameAttribute(x509.NameOID.COMMON_NAME, text)]
    )


@dataclass
class Issuer:
    """A key with its certificate, and the certificates above it without the root."""

    name: str
    key: EllipticCurvePrivateKey
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...] = ()

    def issue(
        self,
        name: str,
        *extensions: x509.ExtensionType,
        authority: bool = False,
        curve: EllipticCurve | None = None,
        start: datetime = NOW - timedelta(days=1),
        end: datetime = NOW + timedelta(days=30),
        signs: bool = True,
    ) -> "Issuer":
        """Return a key with a certificate under this one."""
        key = generate_private_key(curve or SECP256R1())
        certificate = _make_certificate(
            name, key, self.name, self.key, extensions, authority=authority, start=start, end=end, signs=signs
        )
        is_root = self.certificate.issuer == self.certificate.subject
        return Issuer(name, key, certificate, () if is_root else (self.certificate, *self.above))

    @property
    def pem(self) -> bytes:
        """The chain as a repository serves it, the signer first, without the root."""
        return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in (self.certificate, *self.above))


def make_root(name: str = "Example Root") -> Issuer:
    """Return a root."""
    key = generate_private_key(SECP256R1())
    years = timedelta(days=3_650)
    certificate = _make_certificate(
        name, key, name, key, (), authority=True, start=NOW - years, end=NOW + years, signs=True
    )
    return Issuer(name, key, certificate)


def _make_certificate(
    subject: str,
    key: EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: EllipticCurvePrivateKey,
    extensions: tuple[x509.ExtensionType, ...],
    *,
    authority: bool,
    start: datetime,
    end: datetime,
    signs: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=signs and not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=not signs,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(distinguished_name(subject))
        .issuer_name(distinguished_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(issuer_key, SHA256())


@cache
def made_root() -> Issuer:
    """Return the root of the tests."""
    return make_root()


@cache
def made_intermediate() -> Issuer:
    """Return the intermediate authority of the tests."""
    return made_root().issue("Example Intermediate", authority=True)


@cache
def made_signer() -> Issuer:
    """Return the signer of a carrier with the service provider code 123A."""
    return made_intermediate().issue("Example Carrier 123A", auth_list(provider_code("123A")))


def base64url(data: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def encode_token(header: Mapping[str, object], claims: Mapping[str, object], key: EllipticCurvePrivateKey) -> str:
    """Return a signed token."""
    signed = f"{base64url(json.dumps(header).encode())}.{base64url(json.dumps(claims).encode())}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ECDSA(SHA256())))
    return f"{signed}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def sign(
    signer: Issuer | None = None,
    *,
    url: str = URL,
    ppt: str = "shaken",
    orig: str = CALLER,
    dest: str = CALLEE,
    at: datetime = NOW,
    attest: str = "A",
    header: Mapping[str, object] | None = None,
    parameters: str | None = None,
    claims: Mapping[str, object] | None = None,
) -> str:
    """Return the value of an Identity header field; `header` and `claims` add or replace fields."""
    fields: dict[str, object] = {"alg": "ES256", "typ": "passport", "x5u": url}
    if ppt:
        fields["ppt"] = ppt
    content: dict[str, object] = {"orig": {"tn": orig}, "dest": {"tn": [dest]}, "iat": int(at.timestamp())}
    if ppt == "shaken":
        content |= {"attest": attest, "origid": ORIGID}
    token = encode_token(fields | dict(header or {}), content | dict(claims or {}), (signer or made_signer()).key)
    added = parameters if parameters is not None else f";alg=ES256;ppt={ppt}" if ppt else ";alg=ES256"
    return f"{token};info=<{url}>{added}"


@dataclass
class Repository:
    """Serves chains by address without a socket, and counts what is asked."""

    chains: dict[str, bytes]
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> tuple[bytes, Mapping[str, str]]:
        """Return a chain, or raise as a request that fails."""
        self.asked.append(url)
        if url not in self.chains:
            raise RequestFailed("HTTP 404")
        return self.chains[url], self.headers


class VerifiedChains:
    """Credentials of chains that were verified before, by address."""

    def __init__(self, chains: Mapping[str, bytes], root: Issuer | None = None) -> None:
        anchors = TrustAnchors([(root or made_root()).certificate])
        self._credentials = {url: anchors.verify(pem, NOW) for url, pem in chains.items()}
        self.confirmed: list[str] = []

    def find(self, url: str, at: int) -> SignerCredential | str:
        """Return the credential at an address."""
        return self._credentials.get(url, "certificate_pending")

    def confirm(self, url: str) -> None:
        """Remember the address."""
        self.confirmed.append(url)


def make_cache(repository: Repository, **options: object) -> CertificateCache:
    """Return a cache over a repository, whose clock stands at NOW."""
    anchors = TrustAnchors([made_root().certificate])
    settings: dict[str, object] = {"keep_ms": 86_400_000, "clock": lambda: NOW_MS} | options
    return CertificateCache(anchors, repository.fetch, **settings)  # type: ignore[arg-type]
