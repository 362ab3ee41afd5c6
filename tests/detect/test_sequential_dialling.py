"""Dialling by order is told by runs of numbers and by those that nobody holds, not by either alone."""

from typing import Any

import pytest

from fanzha.detect.rules.sample_facts import ABROAD, AT_HOME, Row, call, outgoing_calls
from fanzha.detect.sequential_dialling import DETECTOR, dial_run
from fanzha.detect.testing import fired_rules, report_findings

NUMBER, FOREIGN = "+8617000000059", "+442079460059"
FIRST = 17_000_400_000  # of a hundred


def runs(count: int, length: int, *, unassigned_every: int, **how: Any) -> tuple[Row, ...]:
    """Runs of a length, each in another hundred."""
    found: list[Row] = []
    for n in range(count):
        place, number = divmod(n, length)
        cause = 1 if unassigned_every and n % unassigned_every == 0 else 19
        found += call(NUMBER, f"+86{FIRST + 7_700 * place + number}", 60 * n, release_cause=cause, **AT_HOME | how)
    return tuple(found)


@pytest.mark.parametrize(("calls_made", "found"), [(11, 0), (12, 1)])
def test_it_takes_twelve_calls(calls_made: int, found: int) -> None:
    assert len(report_findings(DETECTOR, dial_run(NUMBER, calls_made, unassigned_every=2, **AT_HOME))) == found


@pytest.mark.parametrize(("length", "found"), [(3, 0), (4, 1)])
def test_runs_of_four_are_seen_where_half_is_held_by_nobody(length: int, found: int) -> None:
    assert len(report_findings(DETECTOR, runs(24, length, unassigned_every=2))) == found


@pytest.mark.parametrize(("length", "found"), [(7, 0), (8, 1)])
def test_where_a_fifth_is_held_by_nobody_it_takes_runs_of_eight(length: int, found: int) -> None:
    assert len(report_findings(DETECTOR, runs(24, length, unassigned_every=5))) == found


def test_a_number_that_anybody_holds_is_dialled_by_firms_too() -> None:
    assert report_findings(DETECTOR, runs(24, 24, unassigned_every=0)) == []


def test_numbers_gone_from_an_old_list_are_not_in_a_row() -> None:
    assert report_findings(DETECTOR, outgoing_calls(NUMBER, 30, every_s=60, release_cause=1, **AT_HOME)) == []


def test_a_school_that_reaches_its_classes_is_answered() -> None:
    assert report_findings(DETECTOR, outgoing_calls(NUMBER, 30, every_s=60, step=1, talk_s=60, **AT_HOME)) == []


@pytest.mark.parametrize(("calls_made", "found"), [(19, set()), (20, {"sequential_dialling_trunk"})])
def test_from_abroad_it_takes_twenty_and_the_trunk_is_named(calls_made: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, dial_run(FOREIGN, calls_made, unassigned_every=3, **ABROAD)) == found


def test_numbers_that_change_with_every_call_hide_nothing() -> None:
    changed = [
        {**row, "caller": f"+4420794601{n:02d}"} if row["table"] == "call_offered" else row
        for n, row in enumerate(dial_run(FOREIGN, 22, unassigned_every=3, **ABROAD))
    ]
    assert [(finding.kind, finding.subject) for finding in report_findings(DETECTOR, changed)] == [
        ("trunk", "IGW-FIC-01")
    ]


def test_a_proven_number_answers_for_itself_and_another_network_is_not_accused() -> None:
    (finding,) = report_findings(DETECTOR, dial_run(NUMBER, 14, unassigned_every=2, **AT_HOME))
    assert (finding.kind, finding.subject) == ("phone_number", NUMBER)
    assert (
        report_findings(DETECTOR, dial_run(NUMBER, 30, unassigned_every=2, ingress="interconnect", trunk="TG-FIC-01"))
        == []
    )
