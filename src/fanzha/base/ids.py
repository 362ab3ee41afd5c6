"""Deterministic ids: the same fact read twice has the same id (notes on exactly-once findings)."""

import hashlib

_SEPARATOR = b"\x1f"


def digest(*parts: str | int | bytes | None, size: int = 16) -> str:
    """Return the hex BLAKE2b of the parts, `size` bytes long; parts cannot run into each other."""
    state = hashlib.blake2b(digest_size=size)
    for part in parts:
        data = part if isinstance(part, bytes) else b"" if part is None else str(part).encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(4, "big") + data + _SEPARATOR)
    return state.hexdigest()
