"""Requests as nobody means well sends them: good ones with methods, paths, heads, values and bytes gone wrong."""

import json
import random
from collections.abc import Iterator
from typing import NamedTuple

from fanzha.screen.http.route import HttpRoute
from fanzha.screen.http.routes import ROUTES
from fanzha.store.screen_keys import KeyScope

_TEXTS = (
    "",
    "\x00",
    "💥",
    "‮",
    "..",
    "%2e%2e/",
    "+8617000000001",
    "110",
    "a" * 3_000,
    "9" * 400,
    "http://[::1",
    "\ud800",
)
_VALUES: tuple[object, ...] = (None, True, -1, 1e308, 10**30, [], {}, [[]], {"a": {}}, *_TEXTS[:-1])
_FIELDS = (
    "call_id",
    "caller",
    "callee",
    "trunk",
    "shown",
    "original_callee",
    "private",
    "attestation",
    "values",
    "more",
)
_HEADS = (
    (b"content-type", b"text/plain"),
    (b"content-type", b"\xff\xfe"),
    (b"content-length", b"99999999999999999999"),
    (b"content-length", b"-1"),
    (b"accept-language", b"en;q=" + b"9" * 300),
    (b"accept-language", b"\xe4\xb8\xad,;=q"),
    (b"if-none-match", b'"\x80'),
    (b"authorization", b"Bearer \xff"),
    (b"authorization", b"Basic " + b"A" * 4_000),
    (b"expect", b"100-continue"),
    (b"transfer-encoding", b"chunked"),
    (b"upgrade", b"websocket"),
    (b"connection", b"upgrade, close"),
    (b"x-more", b"y" * 9_000),
)


class Request(NamedTuple):
    """A request, before it is handed to the application or written on a wire."""

    method: str
    path: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def on_a_wire(self, draw: random.Random) -> bytes:
        """Return the bytes, now and then some of them changed."""
        path = self.path.encode("utf-8", "surrogatepass") + (b"?" + self.query if self.query else b"")
        lines = [self.method.encode() + b" " + path + b" HTTP/1.1", *(b": ".join(value) for value in self.headers)]
        if self.body and draw.random() < 0.9:
            lines.append(b"content-length: %d" % len(self.body))
        return _changed(b"\r\n".join(lines) + b"\r\n\r\n" + self.body, draw, 0.5)


def hostile(seed: int, keys: dict[KeyScope, str]) -> Iterator[Request]:
    """Draw requests without end; most have the key that opens their route, so that they get past the gate."""
    draw = random.Random(seed)
    while True:
        route = draw.choice(ROUTES)
        method = (
            route.method if draw.random() < 0.9 else draw.choice(("", "GET", "POST", "HEAD", "get", "\x00", "A" * 999))
        )
        headers = [(b"authorization", b"Bearer " + keys[_scope(route, draw)].encode())]
        headers += draw.choices(_HEADS, k=draw.choice((0, 0, 0, 1, 3)))
        if route.max_body_bytes and draw.random() < 0.7:
            headers.append((b"content-type", route.body_type))
        yield Request(method, _path(route, draw), _query(draw), headers, _body(route, draw))


def _scope(route: HttpRoute, draw: random.Random) -> KeyScope:
    return route.scope if route.scope and draw.random() < 0.9 else draw.choice(list(KeyScope))


def _path(route: HttpRoute, draw: random.Random) -> str:
    last = draw.choice(("phone_number", "website", "app", "0000", "00000000", f"{draw.getrandbits(32):08x}", *_TEXTS))
    path = route.path.partition("{")[0] + (last if "{" in route.path else "")
    return (
        path if draw.random() < 0.8 else _changed(path.encode("utf-8", "replace"), draw, 1.0).decode("utf-8", "replace")
    )


def _query(draw: random.Random) -> bytes:
    if draw.random() < 0.5:
        return b""
    good = b"value=" + draw.choice(
        (b"%2B8617000000001", b"110", b"%FF", b"%", b"http%3A%2F%2Fa.example%2F%25", b"a" * 9_000)
    )
    return _changed(good, draw, 0.5)


def _body(route: HttpRoute, draw: random.Random) -> bytes:
    if not route.max_body_bytes or draw.random() < 0.05:
        return draw.choice((b"", b"\x00" * 20_000, b"[" * 9_000))
    if route.takes is None:
        return b"\n".join([b'{"table":"call_ended","event_id":"e","call_id":"c"}'] * draw.randrange(200))
    headers: dict[str, object] = {"call_id": "c", "caller": "+8617000000001", "callee": "110"}
    if "values" in route.takes.__struct_fields__:  # type: ignore[attr-defined]
        headers = {
            "values": [draw.choice((*_TEXTS[:-1], "+8617000000002")) for _ in range(draw.choice((0, 1, 3, 200)))]
        }
    for _ in range(draw.choice((0, 0, 1, 3))):
        headers[draw.choice(_FIELDS)] = draw.choice(_VALUES)
    return _changed(json.dumps(headers).encode(), draw, 0.3)


def _changed(data: bytes, draw: random.Random, share: float) -> bytes:
    """Flip, cut out, repeat or put in some bytes, in such a share of the cases."""
    if not data or draw.random() >= share:
        return data
    changed = bytearray(data)
    for _ in range(draw.randrange(1, 4)):
        at = draw.randrange(len(changed) + 1)
        sort = draw.randrange(4)
        if sort == 0:
            changed[at : at + 1] = bytes([draw.randrange(256)])
        elif sort == 1:
            del changed[at : at + draw.randrange(1, 40)]
        elif sort == 2:
            changed[at:at] = changed[at : at + draw.randrange(1, 40)] * draw.choice((1, 2, 50))
        else:
            changed[at:at] = draw.choice((b"\r\n", b"\x00", b"\xff\xfe", b" ", b"\\ud800", b"%", b"\r\n\r\n", b"\x1b"))
    return bytes(changed)
