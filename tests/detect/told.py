"""What a detector tells of made-up facts, fed a table at a time."""

from collections.abc import Iterable

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect import Detector, Example
from fanzha.detect._rules.made_up import Row


def told(detector: Detector, *rows: Iterable[Row]) -> list[Finding]:
    """Return all findings, to the end of the input."""
    example = Example(Words("虚构", "made up"), "", tuple(row for some in rows for row in some))
    tables: dict[str, list[pa.RecordBatch]] = {}
    for table, batch in example.batches():
        tables.setdefault(table, []).append(batch)
    session = detector.open()
    for table, batches in tables.items():
        for batch in pa.Table.from_batches(batches).combine_chunks().to_batches():
            session.feed(table, batch)
    return list(session.finish())
