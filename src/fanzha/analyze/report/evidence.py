"""Format the evidence of a finding: one row per window with its latest events, other keys as text."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fanzha.base.clock import iso

MAX_FACTS = 3  # events shown per window
_COVERED_BY_REASONS = ("rule", "version", "conditions")  # the reasons of a rule finding contain them

DisplaySubject = Callable[[str, str], str]


@dataclass(frozen=True)
class WindowEvidence:
    """A window of a rule: its text, its value, its latest events, and the number of events not shown."""

    window: str
    value: str
    latest: tuple[str, ...]
    hidden_facts: int


def window_evidence(evidence: Mapping[str, Any], display: DisplaySubject) -> list[WindowEvidence]:
    """Return the windows of a rule's evidence; `display(kind, value)` formats values, e.g. masks them."""
    return [
        WindowEvidence(
            str(window["window"]),
            format_value(window["value"]),
            tuple(_fact_line(fact, display) for fact in window["events"][-MAX_FACTS:]),
            max(0, len(window["events"]) - MAX_FACTS),
        )
        for window in _windows(evidence)
    ]


def other_evidence(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the other keys of the evidence as text."""
    excluded = ("windows", *_COVERED_BY_REASONS) if _windows(evidence) else ()
    return [(key, format_value(value)) for key, value in evidence.items() if key not in excluded]


def format_value(value: object) -> str:
    """Format a JSON value for people."""
    if isinstance(value, str):
        return value
    if value is None:
        return "?"
    return f"{value:.4g}" if isinstance(value, float) and abs(value) < 1000 else json.dumps(value, ensure_ascii=False)


def _windows(evidence: Mapping[str, Any]) -> list[Any]:
    """Return the windows of a rule's evidence; other detectors may use the key `windows` differently."""
    windows = evidence.get("windows")
    is_of_rule = isinstance(windows, list) and all(
        isinstance(window, dict) and "value" in window and "window" in window and isinstance(window.get("events"), list)
        for window in windows
    )
    return list(windows or ()) if is_of_rule else []


def _fact_line(fact: Mapping[str, Any], display: DisplaySubject) -> str:
    """Return an event as one line: time, parties and the counted value."""
    parts = [iso(fact["occurred_at"])[:19]]
    sender, recipient = (
        fact.get(first_key) or fact.get(second_key)
        for first_key, second_key in (("caller", "sender"), ("callee", "recipient"))
    )
    if sender or recipient:
        parts.append(" → ".join(display("", str(party)) if party else "?" for party in (sender, recipient)))
    if fact.get("talk_ms") is not None:
        parts.append(f"{fact['talk_ms'] / 1000:g} s")
    if fact.get("value") is not None and fact["value"] not in (sender, recipient, fact.get("talk_ms")):
        parts.append(
            display("", format_value(fact["value"])) if isinstance(fact["value"], str) else format_value(fact["value"])
        )
    return " · ".join(parts)
