"""SIP messages (RFC 3261 §7) and digest authentication (RFC 8760) as a caller needs them."""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fanzha.base.errors import Malformed

_COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length",
            "c": "content-type", "s": "subject", "k": "supported"}  # fmt: skip
_PARAMETER = re.compile(r'(?<!\w)(\w{1,32})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
_LONGEST_CHALLENGE = 2_000
_HASHES = {"md5": "md5", "sha-256": "sha256"}


@dataclass(frozen=True, slots=True)
class SipMessage:
    """A request or response: start line, header fields with names in lower case, body."""

    start: str
    headers: Sequence[tuple[str, str]]
    body: bytes = field(default=b"", repr=False)

    @property
    def status(self) -> int:
        """Return the status of a response, 0 for a request."""
        return int(self.start[8:11]) if self.start.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """Return the method of a request, or of the request that a response answers."""
        return self.header("cseq").partition(" ")[2].strip() if self.status else self.start.partition(" ")[0]

    @property
    def sequence(self) -> int:
        """Return the number of CSeq, 0 if it has none."""
        number = self.header("cseq").partition(" ")[0]
        return int(number) if re.fullmatch("[0-9]{1,10}", number) else 0

    def header(self, name: str) -> str:
        """Return the first value of a header field, "" if there is none."""
        return next(iter(self.values(name)), "")

    def values(self, name: str) -> list[str]:
        """Return the values of a header field in order."""
        return [value for field_name, value in self.headers if field_name == name]

    @property
    def to_tag(self) -> str:
        """Return the tag of To, "" if there is none."""
        found = re.search(r";\s*tag=([^;>\s]+)", self.header("to").rpartition(">")[2] or self.header("to"))
        return found[1] if found else ""


def parse_message(data: bytes) -> SipMessage:
    """Parse a datagram. Raise Malformed."""
    head, separator, body = data.partition(b"\r\n\r\n")
    lines = re.sub(rb"\r\n[ \t]+", b" ", head).decode("utf-8", "replace").split("\r\n")
    if not separator or not re.fullmatch(r"SIP/2\.0 [1-6]\d\d( .*)?|[A-Z]+ \S+ SIP/2\.0", lines[0]):
        raise Malformed("no SIP message")
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            raise Malformed("a header field without a colon")
        key = name.strip().lower()
        headers.append((_COMPACT.get(key, key), value.strip()))
    return SipMessage(lines[0], headers, body)


def format_message(start: str, headers: Sequence[tuple[str, str]], body: bytes = b"") -> bytes:
    """Return a message as bytes, with its Content-Length."""
    lines = [start, *(f"{name}: {value}" for name, value in headers), f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def address_of(value: str) -> str:
    """Return the URI of a From, To, Contact or Record-Route value."""
    found = re.search(r"<([^>]*)>", value)
    return found[1] if found else value.partition(";")[0].strip()


def authorize(challenge: str, method: str, uri: str, username: str, password: str, count: int = 1) -> str:
    """Return the value of Authorization that answers a Digest challenge. Raise Malformed for another scheme."""
    if len(challenge) > _LONGEST_CHALLENGE:
        raise Malformed("the challenge is too long")
    if not challenge.lower().startswith("digest"):
        raise Malformed("the proxy asks for another authentication than Digest")
    asked = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(challenge)}
    algorithm = asked.get("algorithm", "MD5")
    if (name := _HASHES.get(algorithm.lower())) is None or "nonce" not in asked:
        raise Malformed(f"the proxy asks for the digest {algorithm}")
    realm, nonce = asked.get("realm", ""), asked["nonce"]
    secret, request = _hash(name, f"{username}:{realm}:{password}"), _hash(name, f"{method}:{uri}")
    fields = {"username": username, "realm": realm, "nonce": nonce, "uri": uri}
    bare: dict[str, str] = {"algorithm": algorithm}
    if "auth" in re.split(r"[,\s]+", asked.get("qop", "")):
        cnonce, number = secrets.token_hex(8), f"{count:08x}"
        fields |= {"cnonce": cnonce, "response": _hash(name, f"{secret}:{nonce}:{number}:{cnonce}:auth:{request}")}
        bare |= {"qop": "auth", "nc": number}
    else:
        fields["response"] = _hash(name, f"{secret}:{nonce}:{request}")
    if "opaque" in asked:
        fields["opaque"] = asked["opaque"]
    return "Digest " + ", ".join([*(f'{key}="{value}"' for key, value in fields.items()), *_joined(bare)])


def _joined(values: Mapping[str, str]) -> list[str]:
    return [f"{key}={value}" for key, value in values.items()]


def _hash(name: str, text: str) -> str:
    return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()
