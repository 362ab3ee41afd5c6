"""A fixed line is told by its sudden change: who called all week, is answered or is called is left alone."""

from typing import Any

import pytest

from fanzha.detect.landline_burst import DAY_S, DETECTOR, OWN_LINE
from fanzha.detect.rules.sample_facts import Row, incoming_calls, outgoing_calls
from fanzha.detect.testing import ReportedFinding, report_findings

LINE = "+862117000019"
FOUND = ReportedFinding("landline_burst", "phone_number", LINE, 0.8, "subscriber_fraud")


def burst(count: int, line: str = LINE, **how: Any) -> tuple[Row, ...]:
    """Calls of an afternoon, eight days after the start; without more, one in three is answered, for 50 s."""
    start = {"start_s": 8 * DAY_S, "every_s": 300, "talk_s": 50, "answered_every": 3}
    return outgoing_calls(line, count, **{**OWN_LINE, **start, **how})


def days_before(days: int, count: int) -> tuple[Row, ...]:
    return outgoing_calls(LINE, count, start_s=(8 - days) * DAY_S, every_s=600, talk_s=50, answered_every=3, **OWN_LINE)


@pytest.mark.parametrize(("callees", "found"), [(19, []), (20, [FOUND])])
def test_twenty_strangers_by_a_quiet_line_are_a_burst(callees: int, found: list[ReportedFinding]) -> None:
    assert report_findings(DETECTOR, burst(callees)) == found


@pytest.mark.parametrize(("before", "found"), [(4, [FOUND]), (5, [])])
def test_a_fifth_of_the_burst_is_the_most_it_may_have_called_before(before: int, found: list[ReportedFinding]) -> None:
    assert report_findings(DETECTOR, days_before(3, before), burst(20)) == found


@pytest.mark.parametrize(("days", "found"), [(6, []), (7, [FOUND])])
def test_what_it_did_a_week_ago_is_forgotten(days: int, found: list[ReportedFinding]) -> None:
    assert report_findings(DETECTOR, days_before(days, 15), burst(20)) == found


def test_half_of_the_calls_answered_is_too_many() -> None:
    assert report_findings(DETECTOR, burst(40, answered_every=2)) == []


def test_a_line_that_people_call_lacks_a_sign() -> None:
    assert report_findings(DETECTOR, burst(20), incoming_calls(LINE, 2, start_s=8 * DAY_S, every_s=600)) == []


@pytest.mark.parametrize("number", ["95199", "+864000000019", "+8617000000039"])
def test_other_numbers_than_fixed_ones_are_not_meant(number: str) -> None:
    assert report_findings(DETECTOR, burst(40, number)) == []


def test_a_number_that_is_only_claimed_is_not_accused() -> None:
    assert report_findings(DETECTOR, burst(40, proven=False)) == []
