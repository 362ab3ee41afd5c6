"""Forwarded SIP messages of a stateless proxy (RFC 3261 §16.11): header fields, Via, branch, restored From."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from fanzha.screen.sip.next_hops import SIP_PORT, Hop

COOKIE = b"z9hG4bKfz"
#: Methods whose From no telephone displays within a dialog.
SILENT = frozenset((b"ACK", b"BYE", b"CANCEL", b"PRACK"))
#: Methods that belong to any dialog; others pass only in one whose INVITE was screened.
OF_ANY_DIALOG = SILENT | {b"INFO", b"OPTIONS", b"UPDATE"}
OF_NO_DIALOG = frozenset((b"PUBLISH", b"REGISTER"))
_HASH_BYTES = 8
_HOPS = 70  # of a request without Max-Forwards (RFC 3261 §16.6)
_VIA = re.compile(
    rb"\s*+SIP\s*+/\s*+2\.0\s*+/\s*+([A-Za-z0-9-]++)\s++(\[[0-9A-Fa-f:.]++\]|[A-Za-z0-9._-]++)\s*+(?::\s*+(\d{1,5}))?"
    rb"((?:[^,\"]++|\"(?:[^\"\\]++|\\.)*+\")*+)(?:,|$)",
    re.DOTALL,
)
#: A quote or bracket that does not end takes the rest, so that each byte is read once.
_ITEM = re.compile(rb"(?:\"(?:[^\"\\]++|\\.?+)*+(?:\"|\Z)|<[^>]*+(?:>|\Z)|[^,\"<]++)++", re.DOTALL)
_BRANCH = re.compile(rb";\s*branch\s*=\s*([^\s;,]+)", re.IGNORECASE)
_RECEIVED = re.compile(rb";\s*received\s*=\s*\[?([0-9A-Fa-f:.]+)\]?", re.IGNORECASE)
_RPORT = re.compile(rb";\s*rport\s*=\s*(\d{1,5})", re.IGNORECASE)
_CONNECTION = re.compile(rb";fz-connection=(\d{1,18})(?:;|\s|$)")
_ORIGINAL_FROM = re.compile(rb";fz-from=([A-Za-z0-9_-]+)(?:;|\s|$)")
_OWN_BRANCH = re.compile(rb"z9hG4bKfz([0-9a-f]{16})([0-9a-f]{16})")
_NAME_ADDRESS = re.compile(rb"\s*+(?:\"(?:[^\"\\]++|\\.)*+\"|[^<\"]*+)\s*+(<[^>]*+>)(.*)", re.DOTALL)
_QUOTED = re.compile(rb"\"(?:[^\"\\]++|\\.)*+\"", re.DOTALL)
_URI_PARAMETER = re.compile(rb";([^;=>@?]*+)(?:=[^;>@?]*+)?+")
_TAG = re.compile(rb";\s*tag\s*=\s*([^\s;,]+)", re.IGNORECASE)
#: A number with its country code: the context of another country changes nothing.
_GLOBAL = re.compile(rb"<\s*+(?:sips?|tel):(?:\+|%2b)", re.IGNORECASE)
_CONTEXT = b";phone-context=+"
_HOME = re.compile(rb"[().-]*+8[().-]*+6")
_CONTROLS = bytes({*range(32), 127} - {*b"\t\r\n"})
#: Line ends of Unicode (U+0085, U+2028, U+2029), and marks that turn the direction of text (U+202A to U+202E, U+2066 to
#: U+2069), as they are and escaped.
_MISLEADING = re.compile(
    rb"\xc2\x85|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]|%C2%85|%E2%80%A[89A-E]|%E2%81%A[6-9]", re.IGNORECASE
)
_SPACE = re.compile(rb"\r\n[ \t]+")

_LONG_NAMES = {b"v": b"via", b"f": b"from", b"i": b"call-id", b"t": b"to"}
ANONYMOUS = b'"Anonymous" <sip:anonymous@anonymous.invalid>'


class Via(NamedTuple):
    """One value of a Via header field; port 0 without one."""

    protocol: bytes
    host: bytes
    port: int
    parameters: bytes
    length: int  # of the value in its header field, with the comma after it

    @property
    def branch(self) -> bytes:
        """The branch, b"" without one."""
        found = _BRANCH.search(self.parameters)
        return found[1] if found else b""

    @property
    def reply_address(self) -> Hop | None:
        """The address to which a response goes (RFC 3261 §18.2.2, RFC 3581); None for a host name."""
        received, rport = _RECEIVED.search(self.parameters), _RPORT.search(self.parameters)
        port = int(rport[1]) if rport else self.port or SIP_PORT
        host = read_address(received[1] if received else self.host)
        return Hop(host, port) if host and 0 < port <= 65_535 else None

    @property
    def connection(self) -> int:
        """The number of the connection that delivered a proxied request, 0 without one."""
        found = _CONNECTION.search(self.parameters)
        return int(found[1]) if found else 0

    @property
    def original_from(self) -> bytes:
        """The value of From that this proxy has replaced, b"" without one."""
        found = _ORIGINAL_FROM.search(self.parameters)
        return decode_value(found[1]) if found else b""


@lru_cache(maxsize=4_096)
def read_address(host: bytes) -> str:
    """Return an IP address in its usual form, without brackets; "" for a host name."""
    try:
        return str(ip_address(host.decode("ascii").strip("[]")))
    except ValueError:
        return ""


def read_via(value: bytes) -> Via | None:
    """Return the first value of a Via header field, None if it is malformed."""
    found = _VIA.match(value)
    if found is None or int(found[3] or 0) > 65_535:
        return None
    return Via(found[1], found[2], int(found[3] or 0), _hide_semicolons(found[4]), found.end())


def _hide_semicolons(parameters: bytes) -> bytes:
    """Return parameters whose quoted strings hold no semicolon, so that no text in them is taken for a parameter."""
    if b'"' not in parameters:
        return parameters
    return _QUOTED.sub(lambda quoted: quoted[0].replace(b";", b"_"), parameters)


def split_list(value: bytes) -> list[bytes]:
    """Return the values of a comma-separated header field, such as Route."""
    return [item.strip() for item in _ITEM.findall(value) if item.strip()]


def split_head(message: bytes) -> tuple[list[bytes], bytes] | None:
    """Return the lines of the head, unfolded, and the body; None for a head that parsers differ on."""
    head, separator, body = message.lstrip(b"\r\n").partition(b"\r\n\r\n")
    if not separator or _has_lone_line_end(head):
        return None
    is_folded = b"\r\n " in head or b"\r\n\t" in head
    return _SPACE.sub(b" ", head).split(b"\r\n") if is_folded else head.split(b"\r\n"), body


def _has_lone_line_end(text: bytes) -> bool:
    """Return whether a text holds a NUL, or a CR or LF that is no part of CRLF."""
    line_ends = text.count(b"\r\n")
    return text.count(b"\r") != line_ends or text.count(b"\n") != line_ends or b"\0" in text


def is_misleading(message: bytes) -> bool:
    """Return whether a head holds a control character, a line end of Unicode, or a mark that turns text.

    Some parsers end a line at the former and others do not, so that a header field could hide behind it; after a mark
    that turns the direction of text a telephone shows the digits of a number in another order.
    """
    head = message.lstrip(b"\r\n").partition(b"\r\n\r\n")[0]
    if len(head.translate(None, _CONTROLS)) != len(head):
        return True
    return (b"%" in head or not head.isascii()) and _MISLEADING.search(head) is not None


def field_name(line: bytes) -> bytes:
    """Return the long name of a header field in lower case."""
    name = line[: line.find(b":")].rstrip().lower()
    return _LONG_NAMES.get(name, name)


def field_value(line: bytes) -> bytes:
    """Return the value of a header field."""
    return line[line.find(b":") + 1 :].strip()


class RequestParts:
    """Parsed request: the fields that a proxy reads or rewrites, and the unchanged lines."""

    __slots__ = (
        "body", "call_id", "cseq", "from_value", "lines", "max_forwards", "privacy", "proxy_require", "request_line",
        "routes", "to_value", "vias",
    )  # fmt: skip

    def __init__(self, lines: list[bytes], body: bytes) -> None:
        """Sort the lines of `split_head`."""
        self.request_line, self.body = lines[0], body
        self.vias: list[bytes] = []
        self.routes: list[bytes] = []
        self.privacy: list[bytes] = []
        self.proxy_require: list[bytes] = []
        self.lines: list[tuple[bytes, bytes]] = []  # name and whole line of the others
        self.call_id = self.cseq = self.from_value = self.to_value = self.max_forwards = b""
        for line in lines[1:]:
            name = field_name(line)
            if name in _LISTS:
                _LISTS[name](self, field_value(line))
            else:
                if name in _SINGLE:
                    setattr(self, _SINGLE[name], field_value(line))
                if name not in _REWRITTEN:
                    self.lines.append((name, line))

    @property
    def method(self) -> bytes:
        """The method."""
        return self.request_line.partition(b" ")[0]

    @property
    def target(self) -> bytes:
        """The Request-URI."""
        return self.request_line.split(b" ")[1]


_LISTS = {
    b"via": lambda parts, value: parts.vias.append(value),
    b"route": lambda parts, value: parts.routes.extend(split_list(value)),
    b"privacy": lambda parts, value: parts.privacy.append(value),
    b"proxy-require": lambda parts, value: parts.proxy_require.append(value),
}
_SINGLE = {
    b"call-id": "call_id",
    b"cseq": "cseq",
    b"from": "from_value",
    b"to": "to_value",
    b"max-forwards": "max_forwards",
}
_REWRITTEN = frozenset((b"from", b"max-forwards"))


def count_hops(value: bytes) -> int:
    """Return Max-Forwards, the usual number without one, -1 if it is malformed."""
    if not value:
        return _HOPS
    return int(value) if value.isdigit() and len(value) <= 3 else -1


def hash_route(target: bytes, routes: list[bytes]) -> bytes:
    """Return 16 digits that change when a request is routed differently (RFC 5393 §4.2)."""
    return blake2b(b"\0".join((target, *routes)), digest_size=_HASH_BYTES).hexdigest().encode()


def make_branch(key: bytes, via: Via, call_id: bytes, cseq: bytes, route: bytes) -> bytes:
    """Return the branch of a forwarded request, the same for an INVITE, its retransmissions, its CANCEL and its ACK.

    It is computed from the topmost Via of the request, which a response contains too, so that a response proves that
    this proxy forwarded its request. `route` is that of `hash_route`.
    """
    number = cseq.partition(b" ")[0]
    content = b"\0".join((via.host.lower(), b"%d" % via.port, via.branch, call_id, number, route))
    return COOKIE + blake2b(content, key=key, digest_size=_HASH_BYTES).hexdigest().encode() + route


def verify_branch(key: bytes, own: Via, previous: Via, call_id: bytes, cseq: bytes) -> bool:
    """Return whether this proxy made the branch of its Via in a response; `previous` is the Via below it."""
    found = _OWN_BRANCH.fullmatch(own.branch)
    return found is not None and make_branch(key, previous, call_id, cseq, found[2]) == own.branch


def is_loop(branch: bytes, route: bytes) -> bool:
    """Return whether a branch of this proxy's own Via shows the same request, routed the same way."""
    found = _OWN_BRANCH.fullmatch(branch)
    return found is not None and found[2] == route


def mark_dialog(key: bytes, call_id: bytes, tag: bytes, shown: bytes) -> bytes:
    """Return 16 digits that prove that the INVITE of a dialog was screened.

    `tag` is that of its caller, `shown` the address that its From shows.
    """
    content = b"\0".join((b"dialog", call_id, tag, shown))
    return blake2b(content, key=key, digest_size=_HASH_BYTES).hexdigest().encode()


def read_tag(value: bytes) -> bytes:
    """Return the tag of From or To, b"" without one."""
    found = _TAG.search(_hide_semicolons(_split_address(value)[1]))
    return found[1] if found else b""


def read_shown_address(value: bytes) -> bytes:
    """Return display name and URI of From, without its parameters."""
    return value.removesuffix(_split_address(value)[1]).strip()


def show_address(value: bytes, address: bytes) -> bytes:
    """Return a From value with another display name and URI, and its own parameters."""
    return address + _split_address(value)[1]


def encode_from(value: bytes) -> bytes:
    """Return the parameter of Via that keeps the value of From which a request replaces."""
    return b";fz-from=" + encode_value(value)


def encode_value(value: bytes) -> bytes:
    """Return a value in letters, digits, - and _ (RFC 4648 §5)."""
    return urlsafe_b64encode(value).rstrip(b"=")


def decode_value(text: bytes) -> bytes:
    """Return the value of `encode_value`; b"" for another text, and for a value that holds a line end."""
    try:
        value = urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except ValueError:
        return b""
    return b"" if any(sign in value for sign in (b"\r", b"\n", b"\0")) else value


def remove_verstat(value: bytes) -> bytes:
    """Return a From value whose URI does not say that a network verified its number (TS 24.229 §7.2A.20).

    Only the called party's network may say so.
    """
    if b"verstat" not in value.lower() and b"%" not in value:
        return value
    address, parameters = _split_address(value)
    name = value.removesuffix(parameters).removesuffix(address) if value.endswith(address + parameters) else b""
    return name + _URI_PARAMETER.sub(_drop_verstat, address) + parameters


def _drop_verstat(parameter: re.Match[bytes]) -> bytes:
    return b"" if unquote_to_bytes(parameter[1]).strip().lower() == b"verstat" else parameter[0]


def show_label(value: bytes, label: bytes) -> bytes:
    """Return a From value with a quoted string as its display name."""
    address, parameters = _split_address(value)
    return label + b" " + address + parameters


def hide_number(value: bytes, label: bytes = b"") -> bytes:
    """Return a From value with an anonymous URI (RFC 3323 §4.1.1.3), a label if any, and the tag of the original."""
    name = label + b" " + ANONYMOUS[ANONYMOUS.index(b"<") :] if label else ANONYMOUS
    return name + _split_address(value)[1]


def is_local_elsewhere(value: bytes) -> bool:
    """Return whether the number in From is local to another country (RFC 3966 §5.1.5).

    Equipment that drops the context would show it as a number of this country.
    """
    context = value.lower().find(_CONTEXT) if b"=+" in value else -1
    if context < 0 or _HOME.match(value, context + len(_CONTEXT)):
        return False
    return _GLOBAL.match(_split_address(value)[0]) is None


def _split_address(value: bytes) -> tuple[bytes, bytes]:
    """Return the URI in brackets and the parameters of From."""
    found = _NAME_ADDRESS.fullmatch(value)
    if found is not None:
        return found[1], found[2]
    uri, semicolon, parameters = value.strip().partition(b";")
    return b"<" + uri + b">", semicolon + parameters


def add_privacy(values: list[bytes]) -> bytes:
    """Return the Privacy header field that asks for `id` (RFC 3325) beside what the caller asked for."""
    wanted = [word.strip() for value in values for word in value.split(b";")]
    kept = [word for word in wanted if word and word.lower() not in (b"none", b"id")]
    return b"Privacy: " + b";".join([b"id", *kept])
