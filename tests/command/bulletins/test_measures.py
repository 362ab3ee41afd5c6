"""Measures are shares of cases with flags."""

from datetime import UTC, datetime

from fanzha.command.bulletins.measures import MEASURES, CaseFacts, CaseKind, Count, Direction, count_measures

AT = datetime(2026, 10, 1, tzinfo=UTC)


def _case(organization: int, kind: CaseKind = CaseKind.REPORT, **flags: bool) -> CaseFacts:
    return CaseFacts(organization, kind, "P", "1", AT, **flags)


def test_each_company_and_all_together_are_counted() -> None:
    cases = [
        _case(1, is_handled=True, is_due=True, is_in_time=True),
        _case(1, is_due=True),
        _case(1),
        _case(2, is_handled=True, is_due=True),
        _case(2, CaseKind.LIMIT, is_reversed=True),
    ]
    counts = count_measures(cases)
    assert counts[1, "handled"] == Count(1, 3) and counts[None, "handled"] == Count(2, 4)
    assert counts[1, "handled_in_time"] == Count(1, 2)
    assert counts[2, "false_limits"] == Count(1, 1) and counts[1, "false_limits"] == Count(0, 0)


def test_false_disposals_come_first_and_pairs_stand_together() -> None:
    assert next(iter(MEASURES)) == "false_limits"
    assert {"handled", "reopened"} <= MEASURES.keys()
    assert MEASURES["verified"].direction is Direction.NEITHER
