"""Ids: deterministic digests, so that a record that is read twice has the same id, and sortable ULIDs."""

import hashlib
import secrets
import time

_SEPARATOR = b"\x1f"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def digest(*parts: str | int | bytes | None, size: int = 16) -> str:
    """Return the hex BLAKE2b digest of the length-prefixed parts, `size` bytes long."""
    state = hashlib.blake2b(digest_size=size)
    for part in parts:
        data = part if isinstance(part, bytes) else b"" if part is None else str(part).encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(4, "big") + data + _SEPARATOR)
    return state.hexdigest()


def short_code(ref: str) -> str:
    """Return the end of a reference, as people say it: #NXQH6R."""
    return f"#{ref[-6:]}"


def sortable_id() -> str:
    """Return a new ULID: 26 characters that sort by creation time (48 bits of ms, 80 random bits)."""
    return _ulid(time.time_ns() // 1_000_000, secrets.token_bytes(10))


def derived_id(at_ms: int, *parts: str) -> str:
    """Return the ULID that a moment (UTC ms) and texts always give, so that what is made of them is made once."""
    return _ulid(at_ms, bytes.fromhex(digest(*parts, size=10)))


def _ulid(at_ms: int, tail: bytes) -> str:
    number = at_ms << 80 | int.from_bytes(tail, "big")
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))
