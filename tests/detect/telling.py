"""Runs a detector in rule text over made-up facts, for tests of what it tells and of what it does not."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect import Detector, Example


class Told(NamedTuple):
    """A finding as tests look at it; `rule` is the rule of the detector's text that fired."""

    rule: str
    kind: str
    subject: str
    score: float
    fraud_type: str


def findings(detector: Detector, *rows: Iterable[Mapping[str, object]]) -> list[Finding]:
    """Show all facts in order and return what is found, whole."""
    facts = tuple(row for some in rows for row in some)
    tables: dict[str, list[pa.RecordBatch]] = {}
    for table, batch in Example(Words("", ""), "", facts).batches():
        tables.setdefault(table, []).append(batch)
    session = detector.open()
    for table, batches in tables.items():
        (whole,) = pa.Table.from_batches(batches).combine_chunks().to_batches()
        session.feed(table, whole)
    return list(session.finish())


def told(detector: Detector, *rows: Iterable[Mapping[str, object]]) -> list[Told]:
    """Return what is found, as tests look at it."""
    return [
        Told(msgspec.json.decode(one.evidence)["rule"], one.subject_kind, one.subject, one.score, one.fraud_type)
        for one in findings(detector, *rows)
    ]


def rules_told(detector: Detector, *rows: Iterable[Mapping[str, object]]) -> set[str]:
    """Return the names of the rules that fired."""
    return {one.rule for one in told(detector, *rows)}
