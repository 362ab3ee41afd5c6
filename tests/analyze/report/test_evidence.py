"""Evidence of rules becomes a row a window; all else stays name and value."""

from fanzha.analyze.report.evidence import MAX_FACTS, other_evidence, window_evidence

FACT = {"event_id": "e1", "occurred_at": 1_772_323_200_000, "value": "+8617000000001"}
WINDOW = {"window": "count(call_ended by caller, 1h)", "value": 31.0, "events": [FACT] * (MAX_FACTS + 2)}


def hidden(kind: str, value: str) -> str:
    return f"{kind}:…"


def test_a_window_is_a_row_with_its_latest_facts_and_how_many_more() -> None:
    (row,) = window_evidence({"rule": "r", "windows": [WINDOW]}, hidden)
    assert (row.window, row.value, row.hidden_facts) == (WINDOW["window"], "31", 2)
    assert row.latest == ("2026-03-01T00:00:00 · :…",) * MAX_FACTS


def test_what_the_reasons_say_already_is_not_said_again() -> None:
    assert other_evidence({"rule": "r", "version": 1, "conditions": [], "windows": [WINDOW], "trunk": "T1"}) == [
        ("trunk", "T1")
    ]


def test_evidence_that_is_not_of_a_rule_stays_as_it_is() -> None:
    other = {"rule": "own", "windows": 3, "whole": 12345678.0, "unknown": None}
    assert other_evidence(other) == [("rule", "own"), ("windows", "3"), ("whole", "12345678.0"), ("unknown", "?")]
    assert window_evidence(other, hidden) == []


def test_a_fact_tells_who_called_whom_and_how_long_masked_or_not() -> None:
    fact = FACT | {"caller": "+8617000000001", "callee": "+8617000000002", "talk_ms": 61_000}
    evidence = {"windows": [WINDOW | {"events": [fact]}]}
    (row,) = window_evidence(evidence, lambda kind, value: value)
    assert row.latest == ("2026-03-01T00:00:00 · +8617000000001 → +8617000000002 · 61 s",)
    assert window_evidence(evidence, hidden)[0].latest == ("2026-03-01T00:00:00 · :… → :… · 61 s",)
