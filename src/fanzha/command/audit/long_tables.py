"""Read long tables in chunks. No statement stays open, so a long read does not block writers."""

from collections.abc import Iterator
from typing import Any

CHUNK = 20_000  # rows


def as_bytes(value: Any) -> bytes:
    """Return the bytes of a binary column, in which SQLite may hold a text or nothing after a change by hand."""
    return value.encode() if isinstance(value, str) else bytes(value or b"")


def read_in_chunks(rows: Any, by: str) -> Iterator[tuple[Any, ...]]:
    """Yield rows ordered by their first column `by`, a unique number."""
    last: Any = None
    while True:
        remaining = rows if last is None else rows.filter(**{f"{by}__gt": last})
        chunk = list(remaining.order_by(by)[:CHUNK])
        yield from chunk
        if len(chunk) < CHUNK:
            return
        last = chunk[-1][0]
