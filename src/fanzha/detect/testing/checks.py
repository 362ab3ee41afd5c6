"""Run a detector over made-up events, and check its worked examples."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect import Detector, Example, RuleDetector
from fanzha.detect.testing.rule_values import describe_rule_values
from fanzha.events import all_events
from fanzha.rules.sentence_template import UNKNOWN

MAX_STOPS = 40


class ReportedFinding(NamedTuple):
    """A finding as tests look at it; `rule` is the rule of the detector's text that fired."""

    rule: str
    kind: str
    subject: str
    score: float
    fraud_type: str


def run_detector(detector: Detector, *rows: Iterable[Mapping[str, object]]) -> list[Finding]:
    """Feed all events in time order, one batch a table, and return the findings."""
    facts = tuple(row for group in rows for row in group)
    session = detector.open()
    for table, batch in _tables(Example(title=Words("", ""), table="", rows=facts)).items():
        if table in detector.reads:
            session.feed(table, batch)
    return list(session.finish())


def finding_rule(finding: Finding) -> str:
    """Return the name of the rule that a finding of a rule detector comes from."""
    return str(msgspec.json.decode(finding.evidence)["rule"])


def report_findings(detector: Detector, *rows: Iterable[Mapping[str, object]]) -> list[ReportedFinding]:
    """Return the findings of a rule detector, as tests look at them."""
    return [
        ReportedFinding(
            finding_rule(finding),
            finding.subject_kind,
            finding.subject,
            finding.score,
            finding.fraud_type,
        )
        for finding in run_detector(detector, *rows)
    ]


def fired_rules(detector: Detector, *rows: Iterable[Mapping[str, object]]) -> set[str]:
    """Return the names of the rules of a rule detector that fired."""
    return {finding.rule for finding in report_findings(detector, *rows)}


def replay_example(detector: Detector, example: Example, **columns: object) -> list[Finding]:
    """Feed the events of an example one by one, saving and reopening the session on the way; return the findings.

    It is reopened after each event, or `MAX_STOPS` times where there are more. `columns` sets columns of every event.
    """
    session = detector.open()
    findings: list[Finding] = []
    batches = example.batches(**columns)
    interval = -(-len(batches) // MAX_STOPS)
    for number, (table, batch) in enumerate(batches):
        if table in detector.reads:
            findings += session.feed(table, batch)
        findings += session.settle(batch.column("occurred_at")[0].as_py())
        if number % interval == 0:
            session = detector.open(session.save())
    return [*findings, *session.finish()]


def check_examples(detector: Detector) -> None:
    """Raise AssertionError if a detector is incomplete or one of its examples gives other findings than it names.

    A detector needs at least one example with a finding, one innocent look-alike without, an article of law, and event
    tables that exist.
    """
    name = detector.name
    _require(bool(detector.law), f"{name}: `law` is empty")
    unknown = sorted(set(detector.reads) - set(all_events()))
    _require(not unknown, f"{name}: there is no event table {', '.join(unknown)}")
    _require(any(example.finds for example in detector.examples), f"{name}: no example has a finding")
    _require(any(not example.finds for example in detector.examples), f"{name}: no example is an innocent look-alike")
    for example in detector.examples:
        check_example(detector, example)


def check_example(detector: Detector, example: Example) -> list[Finding]:
    """Return the findings of an example.

    Raise AssertionError if they are others than it names, with the values of the rules' conditions.

    Each finding is compared in the fields that the example names; `score` is the least one. Scores lie between 0 and 1,
    reasons and the public notice are given in both languages, and `simulated` and `basis` are those of the events.
    """
    where = f"{detector.name}, example {example.title.en!r}"
    findings = replay_example(detector, example, basis="a source's basis", simulated=True)
    faults = _compare(findings, example)
    if isinstance(detector, RuleDetector):
        faults += [
            f"the sentence of {finding.subject} has an unknown value: {finding.sentence_en}"
            for finding in findings
            if _has_unknown_value(finding)
        ]
    if faults:
        values = describe_rule_values(detector, _tables(example)) if isinstance(detector, RuleDetector) else ""
        raise AssertionError("\n".join([f"{where}: {'; '.join(faults)}", values]).rstrip())
    return findings


def _compare(findings: list[Finding], example: Example) -> list[str]:
    """Return what differs between findings and an example."""
    if len(findings) != len(example.finds):
        reasons = [f" ({'; '.join(finding.reasons_en)})" for finding in findings[:3]]
        return [f"expected {len(example.finds)} findings, got {len(findings)}{''.join(reasons)}"]
    faults = []
    for number, (finding, expected) in enumerate(zip(findings, example.finds, strict=True), start=1):
        for name, value in expected.items():
            actual = getattr(finding, name)
            if actual < value if name == "score" else actual != value:
                faults.append(f"finding {number}: {name} is {actual!r}, expected {value!r}")
        complete = {
            "its score is not between 0 and 1": 0 <= finding.score <= 1,
            "its `evidence` is not JSON": _is_json(finding.evidence),
            "it has no reasons in one of the languages": bool(finding.reasons_zh and finding.reasons_en),
            "it has no public notice in one of the languages": bool(finding.public_zh and finding.public_en),
            "it does not say `simulated` as its events do": finding.simulated,
            "its `basis` lacks that of its events": "a source's basis" in finding.basis,
        }
        faults += [f"finding {number}: {fault}" for fault, holds in complete.items() if not holds]
    return faults


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _has_unknown_value(finding: Finding) -> bool:
    """Return whether the sentence of a rule calls a value unknown; such a slot needs brackets."""
    return UNKNOWN.zh in finding.sentence_zh or UNKNOWN.en in finding.sentence_en.split()


def _require(holds: bool, fault: str) -> None:
    if not holds:
        raise AssertionError(fault)


def _tables(example: Example) -> dict[str, pa.RecordBatch]:
    """Return the events of an example as one batch a table, in time order."""
    tables: dict[str, list[pa.RecordBatch]] = {}
    for table, batch in example.batches():
        tables.setdefault(table, []).append(batch)
    return {table: pa.Table.from_batches(batches).combine_chunks().to_batches()[0] for table, batches in tables.items()}
