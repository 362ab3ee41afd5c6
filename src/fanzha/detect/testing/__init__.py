"""Test a detector over made-up events: which rules fire, and whether its worked examples give what they name.

A package from outside uses it as the tests of this package do:

    from fanzha.detect.testing import AT_HOME, check_examples, fired_rules, outgoing_calls

    def test_examples() -> None:
        check_examples(DETECTOR)

    def test_unanswered_calls_do_not_count() -> None:
        assert not fired_rules(DETECTOR, outgoing_calls("+8617000000013", 40, every_s=60, **AT_HOME))
"""

from fanzha.detect.rules.sample_facts import (
    ABROAD,
    AT_HOME,
    Row,
    call,
    earlier_records,
    fact,
    incoming_calls,
    outgoing_calls,
    probe_call,
    site_seen,
    text_messages,
)
from fanzha.detect.testing.checks import (
    ReportedFinding,
    check_example,
    check_examples,
    fired_rules,
    replay_example,
    report_findings,
    run_detector,
)

__all__ = [
    "ABROAD",
    "AT_HOME",
    "ReportedFinding",
    "Row",
    "call",
    "check_example",
    "check_examples",
    "earlier_records",
    "fact",
    "fired_rules",
    "incoming_calls",
    "outgoing_calls",
    "probe_call",
    "replay_example",
    "report_findings",
    "run_detector",
    "site_seen",
    "text_messages",
]
