"""Runs a detector in rule text over made-up facts, for tests of what it tells and of what it does not."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect import Detector, Example


class ReportedFinding(NamedTuple):
    """A finding as tests look at it; `rule` is the rule of the detector's text that fired."""

    rule: str
    kind: str
    subject: str
    score: float
    fraud_type: str


def run_detector(detector: Detector, *rows: Iterable[Mapping[str, object]]) -> list[Finding]:
    """Show all facts in order and return what is found, whole."""
    facts = tuple(row for group in rows for row in group)
    tables: dict[str, list[pa.RecordBatch]] = {}
    for table, batch in Example(Words("", ""), "", facts).batches():
        tables.setdefault(table, []).append(batch)
    session = detector.open()
    for table, batches in tables.items():
        (whole,) = pa.Table.from_batches(batches).combine_chunks().to_batches()
        session.feed(table, whole)
    return list(session.finish())


def report(detector: Detector, *rows: Iterable[Mapping[str, object]]) -> list[ReportedFinding]:
    """Return what is found, as tests look at it."""
    return [
        ReportedFinding(
            msgspec.json.decode(finding.evidence)["rule"],
            finding.subject_kind,
            finding.subject,
            finding.score,
            finding.fraud_type,
        )
        for finding in run_detector(detector, *rows)
    ]


def fired_rules(detector: Detector, *rows: Iterable[Mapping[str, object]]) -> set[str]:
    """Return the names of the rules that fired."""
    return {finding.rule for finding in report(detector, *rows)}
