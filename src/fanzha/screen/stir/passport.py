"""Parse Identity header fields (RFC 8224) and their PASSporTs (RFC 8225): SHAKEN (8588), div (8946), rcd (9795)."""

import re
from base64 import urlsafe_b64decode
from typing import Annotated, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec

LONGEST_IDENTITY = 16_384
LONGEST_ADDRESS = 1_024
LONGEST_NAME = 64

#: Types that are verified: base PASSporT, SHAKEN, diverted, Rich Call Data. Others are ignored (RFC 8225 §8.1).
BASE, SHAKEN, DIV, RCD = "", "shaken", "div", "rcd"
TYPES = frozenset((BASE, SHAKEN, DIV, RCD))

_BASE64 = re.compile(r"[A-Za-z0-9_-]+")
_TOKEN = r"[-.!%*_+`'~0-9A-Za-z]+"
_PARAMETER = re.compile(rf';\s*({_TOKEN})\s*(?:=\s*(?:<([^<>\s]*)>|"([^"\\]*)"|({_TOKEN})))?\s*')
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")


_T = TypeVar("_T")


class PassportError(ValueError):
    """A PASSporT that is not verified; `reason` is a key of VERIFICATION_REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _PassportHeader(msgspec.Struct, frozen=True):
    typ: str
    alg: str
    x5u: str
    ppt: str = ""
    crit: Any = None


class _Party(msgspec.Struct, frozen=True):
    tn: str = ""
    uri: str = ""


class _Parties(msgspec.Struct, frozen=True):
    tn: tuple[str, ...] = ()
    uri: tuple[str, ...] = ()


class _RichCallData(msgspec.Struct, frozen=True):
    nam: str = ""


class _Claims(msgspec.Struct, frozen=True):
    orig: _Party
    dest: _Parties
    iat: Annotated[int, msgspec.Meta(ge=0, le=2**40)]
    attest: str = ""
    origid: str = ""
    div: _Party | None = None
    rcd: _RichCallData | None = None


class Passport(NamedTuple):
    """The content of one Identity header field, not verified. Numbers are digits without `+`."""

    ppt: str
    x5u: str
    orig: str
    dest: tuple[str, ...]
    iat: int  # Unix seconds
    attest: str
    origid: str
    div: str
    name: str  # `nam` of rcd
    claims: dict[str, Any]
    signed: bytes  # the bytes that the signature covers
    signature: bytes  # r and s, 32 bytes each


def parse_identity(value: str) -> Passport:
    """Return the PASSporT of an Identity header field value; raise PassportError.

    The caller ignores the reason `unsupported`, of types that are not verified.
    """
    if len(value) > LONGEST_IDENTITY:
        raise PassportError("malformed")
    token, separator, rest = value.partition(";")
    parameters = _read_parameters(separator + rest)
    if parameters.get("ppt", "") not in TYPES:
        raise PassportError("unsupported")
    parts = token.strip().split(".")
    if len(parts) == 3 and parts[0] == parts[1] == "":
        raise PassportError("compact_form")
    if len(parts) != 3 or "info" not in parameters:
        raise PassportError("malformed")
    header = _decode(parts[0], _PassportHeader)
    if header.alg != "ES256" or parameters.get("alg", "ES256") != "ES256":
        raise PassportError("algorithm")
    if header.ppt not in TYPES:
        raise PassportError("unsupported")
    if header.typ != "passport" or header.crit is not None or parameters.get("ppt", header.ppt) != header.ppt:
        raise PassportError("malformed")
    if header.x5u != parameters["info"]:
        raise PassportError("malformed")
    payload = _decode_base64(parts[1])
    try:
        raw_claims = msgspec.json.decode(payload, type=dict[str, Any])
        claims = msgspec.convert(raw_claims, _Claims)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise PassportError("malformed") from None
    signature = _decode_base64(parts[2])
    if len(signature) != 64:
        raise PassportError("signature_invalid")
    _check_claims(header.ppt, claims)
    return Passport(
        header.ppt,
        header.x5u,
        _read_number(claims.orig.tn),
        tuple(map(_read_number, claims.dest.tn)),
        claims.iat,
        claims.attest if header.ppt == SHAKEN else "",
        claims.origid[:64],
        _read_number(claims.div.tn) if claims.div else "",
        clean_name(claims.rcd.nam) if claims.rcd else "",
        raw_claims,
        f"{parts[0]}.{parts[1]}".encode(),
        signature,
    )


def is_permitted_address(url: str, ports: tuple[int, ...]) -> bool:
    """Return whether a certificate may be fetched from an `x5u`: HTTPS, a permitted port, no user, query or fragment.

    ATIS-1000074 §5.3.1 names these conditions.
    """
    if len(url) > LONGEST_ADDRESS or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        return False
    plain = "@" not in parts.netloc and "?" not in url and "#" not in url
    return parts.scheme == "https" and bool(parts.hostname) and plain and port in ports


def clean_name(text: str) -> str:
    """Return a display name without control, formatting and line characters, cut to LONGEST_NAME."""
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST_NAME].strip()


def _read_parameters(text: str) -> dict[str, str]:
    """Return the parameters after the token; raise PassportError if they are malformed or one occurs twice."""
    parameters, position = dict[str, str](), 0
    text = text.strip()
    while position < len(text):
        match = _PARAMETER.match(text, position)
        if match is None or match[1].lower() in parameters:
            raise PassportError("malformed")
        parameters[match[1].lower()] = match[2] or match[3] or match[4] or ""
        position = match.end()
    return parameters


def _check_claims(ppt: str, claims: _Claims) -> None:
    if ppt == SHAKEN and claims.attest not in ("A", "B", "C"):
        raise PassportError("malformed")
    if ppt == DIV and (claims.div is None or not claims.div.tn):
        raise PassportError("malformed")


def _decode(part: str, expected: type[_T]) -> _T:
    try:
        return msgspec.json.decode(_decode_base64(part), type=expected)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise PassportError("malformed") from None


def _decode_base64(part: str) -> bytes:
    """Return decoded base64url without padding (RFC 7515 §2); other characters are an error, not skipped."""
    if not _BASE64.fullmatch(part) or len(part) % 4 == 1:
        raise PassportError("malformed")
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _read_number(number: str) -> str:
    """Return a telephone number without `+`; raise PassportError if it is not canonical (RFC 8224 §8.3)."""
    if number and not _NUMBER.fullmatch(number):
        raise PassportError("malformed")
    return number.removeprefix("+")
