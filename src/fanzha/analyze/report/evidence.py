"""Evidence as a reader takes it in: what rules counted as a row a window, with the latest facts, all else by name."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fanzha.base.clock import iso

LATEST = 3  # facts shown of a window
_TOLD_BY_REASONS = ("rule", "version", "conditions")  # the reasons of a rule finding say them in both languages

Show = Callable[[str, str], str]


@dataclass(frozen=True)
class Counted:
    """A window of a rule: as it is written, its value, its latest facts, and how many the evidence holds beside."""

    window: str
    value: str
    latest: tuple[str, ...]
    more: int


def counted(evidence: Mapping[str, Any], show: Show) -> list[Counted]:
    """Return the windows of a rule's evidence; `show(kind, value)` masks or unmasks what the facts tell."""
    return [
        Counted(
            str(one["window"]),
            plain(one["value"]),
            tuple(_fact(fact, show) for fact in one["events"][-LATEST:]),
            max(0, len(one["events"]) - LATEST),
        )
        for one in _windows(evidence)
    ]


def named(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return all else of the evidence."""
    left_out = ("windows", *_TOLD_BY_REASONS) if _windows(evidence) else ()
    return [(key, plain(value)) for key, value in evidence.items() if key not in left_out]


def plain(value: object) -> str:
    """Write a value of JSON for people."""
    if isinstance(value, str):
        return value
    if value is None:
        return "?"
    return f"{value:.4g}" if isinstance(value, float) and abs(value) < 1000 else json.dumps(value, ensure_ascii=False)


def _windows(evidence: Mapping[str, Any]) -> list[Any]:
    """Return what the evidence of a rule counted; evidence from elsewhere may use the word for something else."""
    windows = evidence.get("windows")
    is_of_rule = isinstance(windows, list) and all(
        isinstance(one, dict) and "value" in one and "window" in one and isinstance(one.get("events"), list)
        for one in windows
    )
    return list(windows or ()) if is_of_rule else []


def _fact(fact: Mapping[str, Any], show: Show) -> str:
    """Return one line: when, who with whom, and the value that was counted."""
    parts = [iso(fact["occurred_at"])[:19]]
    who, whom = (fact.get(a) or fact.get(b) for a, b in (("caller", "sender"), ("callee", "recipient")))
    if who or whom:
        parts.append(" → ".join(show("", str(one)) if one else "?" for one in (who, whom)))
    if fact.get("talk_ms") is not None:
        parts.append(f"{fact['talk_ms'] / 1000:g} s")
    if fact.get("value") is not None and fact["value"] not in (who, whom, fact.get("talk_ms")):
        parts.append(show("", plain(fact["value"])) if isinstance(fact["value"], str) else plain(fact["value"]))
    return " · ".join(parts)
