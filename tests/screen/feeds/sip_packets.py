"""A call through a proxy as its agent copies it: every message as it came and as it left, wrapped in HEP."""

from struct import pack

AT = 1_772_323_200_000  # 2026-03-01 00:00 UTC

OUTER = "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKcaller"
INNER = f"SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKproxy\r\nVia: {OUTER}"


def request(
    method: str, via: str = OUTER, *, to_tag: str = "", cseq: int = 1, call: str = "a84b", **fields: str
) -> bytes:
    """Return a request of the caller, or with `from_tag` and `to_tag` of the callee."""
    return _message(f"{method} sip:+8617000000002@198.51.100.1 SIP/2.0", method, via, to_tag, cseq, call, **fields)


def response(
    status: int, via: str = OUTER, *, to_tag: str = "callee", cseq: int = 1, call: str = "a84b", **fields: str
) -> bytes:
    """Return a response to the caller's INVITE."""
    method = fields.pop("method", "INVITE")
    return _message(f"SIP/2.0 {status} Whatever", method, via, to_tag, cseq, call, **fields)


def _message(
    first: str, method: str, via: str, to_tag: str, cseq: int, call: str, from_tag: str = "caller", reason: str = ""
) -> bytes:
    lines = [
        first,
        f"Via: {via}",
        f'From: "A" <sip:+8617000000001@192.0.2.1;tag=no>;tag={from_tag}',
        f"To: <sip:+8617000000002@198.51.100.1>{f';tag={to_tag}' if to_tag else ''}",
        f"Call-ID: {call}",
        f"CSeq: {cseq} {method}",
        *([f"Reason: {reason}"] if reason else []),
        "Content-Length: 0",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def chunk(kind: int, data: bytes, vendor: int = 0) -> bytes:
    """Return a chunk."""
    return pack(">HHH", vendor, kind, 6 + len(data)) + data


def hep(payload: bytes, at: int = AT, *chunks: bytes, protocol: int = 1, kind: int = 0x0F) -> bytes:
    """Return a packet over IPv4, captured at a moment; `chunks` stand in the middle."""
    body = b"".join(
        (
            chunk(0x0001, b"\x02"),
            chunk(0x0002, b"\x11"),
            chunk(0x0003, bytes([192, 0, 2, 1])),
            chunk(0x0004, bytes([198, 51, 100, 1])),
            chunk(0x0007, pack(">H", 5060)),
            chunk(0x0008, pack(">H", 5060)),
            chunk(0x0009, pack(">I", at // 1_000)),
            chunk(0x000A, pack(">I", at % 1_000 * 1_000)),
            chunk(0x000B, bytes([protocol])),
            chunk(0x000C, pack(">I", 2001)),
            *chunks,
            chunk(kind, payload),
        )
    )
    return b"HEP3" + pack(">H", 6 + len(body)) + body
