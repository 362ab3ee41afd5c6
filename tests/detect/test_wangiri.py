"""One-ring calls are told from people who ring many and reach few, and only who carried them answers for them."""

from typing import Any

import pytest

from fanzha.detect.rules.sample_facts import ABROAD, AT_HOME, Row, call, outgoing_calls
from fanzha.detect.testing import ReportedFinding, fired_rules, report_findings
from fanzha.detect.wangiri import DETECTOR, rotating_calls

FOREIGN, HOME = "+449098790019", "+8617000000029"


def rung(count: int, caller: str = FOREIGN, **how: Any) -> tuple[Row, ...]:
    """Calls within an hour; without more, nobody answers."""
    return outgoing_calls(caller, count, **{**ABROAD, "every_s": 3_000 / count, "ring_s": 1.5, **how})


@pytest.mark.parametrize(("callees", "found"), [(11, set()), (12, {"wangiri"})])
def test_of_a_foreign_number_twelve_people_are_enough(callees: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, rung(callees)) == found


@pytest.mark.parametrize(("callees", "found"), [(29, set()), (30, {"wangiri"})])
def test_of_a_number_of_our_own_it_takes_thirty(callees: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, rung(callees, HOME, **AT_HOME, trunk=None)) == found


@pytest.mark.parametrize(("answered_every", "found"), [(6, set()), (10, {"wangiri"})])
def test_more_than_one_answer_in_seven_is_no_bait(answered_every: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, rung(20, talk_s=5, answered_every=answered_every)) == found


def test_numbers_that_nobody_holds_are_not_rung() -> None:
    assert not report_findings(DETECTOR, rung(40, release_cause=1))
    assert fired_rules(DETECTOR, rung(40, release_cause=19)) == {"wangiri"}


def test_the_same_person_rung_again_and_again_is_not_many() -> None:
    assert not report_findings(DETECTOR, rung(40, step=0))


@pytest.mark.parametrize(("callees", "back", "found"), [(19, 2, set()), (20, 1, set()), (20, 2, {"wangiri_range"})])
def test_numbers_that_take_turns_are_seen_by_their_range_once_people_call_back(
    callees: int, back: int, found: set[str]
) -> None:
    assert fired_rules(DETECTOR, rotating_calls(callees, called_back=back)) == found


@pytest.mark.parametrize(("callees", "found"), [(59, set()), (60, {"wangiri_range"})])
def test_without_a_call_back_the_range_must_have_rung_sixty(callees: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, rotating_calls(callees, called_back=0)) == found


def test_the_trunk_is_named_for_a_claimed_number_and_the_number_where_it_is_proven() -> None:
    assert report_findings(DETECTOR, rung(20)) == [ReportedFinding("wangiri", "trunk", "IGW-FIC-01", 0.8, "wangiri")]
    at_home = report_findings(DETECTOR, rung(40, HOME, **AT_HOME, trunk=None))
    assert [(finding.kind, finding.subject) for finding in at_home] == [("phone_number", HOME)]


def test_a_trunk_does_not_answer_for_what_the_number_or_its_range_does_on_another() -> None:
    elsewhere = {**ABROAD, "trunk": "IGW-FIC-02"}
    honest = [call(FOREIGN, f"+861700030000{n}", 25_000 + n, **elsewhere) for n in range(3)]
    many = (*rung(20), *rotating_calls(60, called_back=0))
    assert {finding.subject for finding in report_findings(DETECTOR, many, *honest)} == {"IGW-FIC-01"}
