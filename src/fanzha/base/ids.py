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
    number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(secrets.token_bytes(10), "big")
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))
