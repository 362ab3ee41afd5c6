"""Days add up: by themselves after three, with others of the cell after two; offices and salesmen of a day do not."""

import pytest

from fanzha.detect.rules.sample_facts import Row, incoming_calls
from fanzha.detect.strangers_for_days import DAY_S, DETECTOR, PHONE, calls_of_a_day
from fanzha.detect.testing import report_findings

NEIGHBOURS = ("+8617000000282", "+8617000000283")


def days(numbers: range, caller: str = PHONE, **fields: object) -> list[Row]:
    return [row for day in numbers for row in calls_of_a_day(day, caller, **fields)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("numbers", "found"), [(range(2), 0), (range(3), 1), (range(0, 27, 9), 0)])
def test_days_add_up_unless_they_are_far_apart(numbers: range, found: int) -> None:
    assert len(report_findings(DETECTOR, days(numbers))) == found


def test_two_days_are_enough_where_three_numbers_of_a_cell_do_the_same() -> None:
    rows = [
        row
        for nth, phone in enumerate((PHONE, *NEIGHBOURS))
        for row in days(range(2), phone, first_callee=17_000_500_000 + 9_000 * nth)
    ]
    assert {one.subject for one in report_findings(DETECTOR, rows)} <= {PHONE, *NEIGHBOURS}
    assert report_findings(DETECTOR, rows)


@pytest.mark.parametrize(("numbers", "found"), [(range(3), 0), (range(4), 1)])
def test_many_who_answer_and_talk_long_take_a_day_more(numbers: range, found: int) -> None:
    assert len(report_findings(DETECTOR, days(numbers, count=30, answered_every=1))) == found


def test_an_office_that_is_called_as_well_is_not_named() -> None:
    taken = [row for day in range(4) for row in incoming_calls(PHONE, 6, every_s=900, start_s=day * DAY_S + 7)]
    assert report_findings(DETECTOR, days(range(4)), taken) == []


def test_one_who_moves_about_is_not_named() -> None:
    rows = [
        row
        for day in range(4)
        for part, cell in enumerate(("a", "b", "c"))
        for row in calls_of_a_day(
            day, count=6, cell=f"460-00-2100-{cell}", first_callee=17_000_600_000 + 9_000 * (3 * day + part)
        )
    ]
    assert report_findings(DETECTOR, rows) == []
