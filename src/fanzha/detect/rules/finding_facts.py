"""What rules find, as facts of the table `finding`, which other rules read.

Rules that read findings decide after those that do not, on the same events, and their own findings are facts for no
rule. A finding is a fact at the moment of the event at which its rule fired.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from fanzha.base.ids import digest
from fanzha.detect.rules.firings import FiringSubject
from fanzha.events import all_events
from fanzha.events.finding import FROM_EVENT
from fanzha.kinds.phone_number import KIND
from fanzha.rules.catalog import FACTS
from fanzha.rules.engine import Fired
from fanzha.rules.tree import Expression, FieldReference, Rule, SourceLocation, source_tables

TABLE = "finding"
SOURCE = "rules"


class ReportedFiring(NamedTuple):
    """One reported firing of a rule: row `row` of `fired`."""

    fired: Fired
    row: int
    subject: FiringSubject


def reads_findings(rule: Rule) -> bool:
    """Return whether a rule reads findings of other rules."""
    return TABLE in source_tables(rule)


def concerns_findings(rule: Rule) -> bool:
    """Return whether a rule reads findings, or notes them for others: such a rule cannot run by itself."""
    return rule.notes or reads_findings(rule)


def read_from_events(rules: Iterable[Rule]) -> list[tuple[str, Expression]]:
    """Return by decision point's table the fields that a finding takes from its event, for the rules' engine."""
    return [
        (fact, FieldReference(SourceLocation(), name))
        for fact in dict.fromkeys(rule.on.fact for rule in rules)
        for name in FROM_EVENT
        if name in FACTS[fact]
    ]


def finding_facts(firings: Iterable[ReportedFiring]) -> pa.RecordBatch:
    """Return reported firings as facts in order of (occurred_at, event_id)."""
    rows = sorted(map(_row, firings), key=lambda row: (row["occurred_at"], row["event_id"]))
    columns: dict[str, Sequence[object] | pa.Array[Any]] = {
        name: [row.get(name) for row in rows] for name in all_events()[TABLE].schema.names
    }
    return all_events()[TABLE].conform(columns, len(rows))


def _row(firing: ReportedFiring) -> dict[str, Any]:
    fired, row, (kind, subject) = firing
    rule, moment = fired.rule, int(fired.moments[row])
    of_event = {name: fired.text(name, row) for name in FROM_EVENT if name in FACTS[rule.on.fact]}
    own = {"number": subject} if kind == KIND.name else {kind: subject} if kind in FROM_EVENT else {}
    return {
        **of_event,
        **own,
        "event_id": digest(TABLE, rule.name, rule.version, kind, subject, str(fired.of_event("event_id", row))),
        "occurred_at": moment,
        "observed_at": moment,
        "source": SOURCE,
        "basis": fired.of_event("basis", row),
        "simulated": bool(fired.of_event("simulated", row)),
        "rule_name": rule.name,
        "fraud_type": rule.fraud_type,
        "noted": rule.notes,
        "percent": round(100 * min(1.0, max(0.0, float(fired.scores[row])))),
        "subject_kind": kind,
        "subject": subject,
    }
