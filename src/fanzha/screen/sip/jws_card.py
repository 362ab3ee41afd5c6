"""A jCard with the contact for redress, signed as RFC 8688 §3.2 requires (JWS with ES256; RFC 7095, RFC 7515)."""

from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import msgspec

from fanzha.base.errors import UsageError

_INSTALL = "pip install 'cryptography>=45'"
_COORDINATE_BYTES = 32


class CardSigner:
    """Signs one jCard with a private key of the curve P-256."""

    def __init__(self, key: Any, certificate_url: str, card: list[object]) -> None:
        """`key` is of `load_signing_key`, its certificate is fetched from `certificate_url`, `card` is of `jcard`."""
        self._key, self._card = key, card
        self._header = _encode({"alg": "ES256", "typ": "vcard+json", "x5u": certificate_url})

    def sign(self, issued_at: int) -> str:
        """Return the signed card in compact form, issued at a Unix time."""
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
        from cryptography.hazmat.primitives.hashes import SHA256

        signed = self._header + b"." + _encode({"iat": issued_at, "jcard": self._card})
        numbers = decode_dss_signature(self._key.sign(signed, ECDSA(SHA256())))
        signature = b"".join(number.to_bytes(_COORDINATE_BYTES, "big") for number in numbers)
        return (signed + b"." + _base64(signature)).decode()


def jcard(*, name: str, url: str, tel: str, email: str) -> list[object]:
    """Return a jCard (RFC 7095) of a contact; "" leaves a property out."""
    properties: list[object] = [["version", {}, "text", "4.0"], ["fn", {}, "text", name]]
    if url:
        properties.append(["url", {"type": "work"}, "uri", url])
    if tel:
        properties.append(["tel", {"type": "work"}, "uri", f"tel:{tel}"])
    if email:
        properties.append(["email", {"type": "work"}, "text", email])
    return ["vcard", properties]


def load_signing_key(path: Path) -> Any:
    """Return the private key of a PEM file; raise UsageError unless it is of P-256 and readable by its owner alone."""
    try:
        from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise UsageError("signing a jCard needs the package cryptography", fix=_INSTALL) from None
    try:
        if path.stat().st_mode & 0o077:
            raise UsageError(f"{path} can be read by others", fix=f"chmod 600 {path}")
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"{path}: {error}", fix="a PEM file with a private key of P-256, without a pass phrase"
        ) from None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise UsageError(
            f"{path} holds no key of the curve P-256",
            fix="openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out FILE",
        )
    return key


def _encode(value: object) -> bytes:
    return _base64(msgspec.json.encode(value))


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
