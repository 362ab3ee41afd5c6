"""Read long tables piece by piece: no statement stays open, so that whoever reads for minutes holds up no writer."""

from collections.abc import Iterator
from typing import Any

CHUNK = 20_000  # rows


def in_chunks(rows: Any, by: str) -> Iterator[tuple[Any, ...]]:
    """Read rows in the order of their first column, a number that stands once."""
    last: Any = None
    while True:
        more = rows if last is None else rows.filter(**{f"{by}__gt": last})
        chunk = list(more.order_by(by)[:CHUNK])
        yield from chunk
        if len(chunk) < CHUNK:
            return
        last = chunk[-1][0]
