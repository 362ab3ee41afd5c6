"""One-ring calls are told from people who ring many and reach few, and only who carried them answers for them."""

from typing import Any

import msgspec
import pytest

from fanzha.detect.rules.sample_facts import ABROAD, AT_HOME, Row, call, outgoing_calls
from fanzha.detect.testing import fired_rules, report_findings, run_detector
from fanzha.detect.wangiri import DETECTOR, HONEST_CALLS, rotating_calls

FOREIGN, HOME = "+449098790019", "+8617000000029"


def rung(count: int, caller: str = FOREIGN, **how: Any) -> tuple[Row, ...]:
    """Calls within an hour; without more, nobody answers."""
    return outgoing_calls(caller, count, **{**ABROAD, "every_s": 3_000 / count, "ring_s": 1.5, **how})


@pytest.mark.parametrize(
    ("callees", "found"), [(11, set()), (12, {"wangiri_call"}), (19, {"wangiri_call", "wangiri_trunk"})]
)
def test_of_a_foreign_number_twelve_people_are_enough(callees: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, rung(callees)) == found


@pytest.mark.parametrize(("callees", "found"), [(29, set()), (30, {"wangiri"})])
def test_of_a_number_of_our_own_it_takes_thirty(callees: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, rung(callees, HOME, **AT_HOME, trunk=None)) == found


@pytest.mark.parametrize(("answered_every", "found"), [(6, set()), (10, {"wangiri_trunk"})])
def test_more_than_one_answer_in_seven_is_no_bait(answered_every: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, rung(20, talk_s=5, answered_every=answered_every)) == found


def test_numbers_that_nobody_holds_are_not_rung() -> None:
    assert not report_findings(DETECTOR, rung(40, release_cause=1))
    assert fired_rules(DETECTOR, rung(40, release_cause=19)) == {"wangiri_call", "wangiri_trunk"}


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


def test_the_number_is_named_where_it_is_proven_else_the_call_and_a_trunk_that_carries_little_else() -> None:
    claimed = [(finding.kind, finding.rule) for finding in report_findings(DETECTOR, rung(20))]
    assert claimed == [("call", "wangiri_call"), ("trunk", "wangiri_trunk")]
    at_home = report_findings(DETECTOR, rung(40, HOME, **AT_HOME, trunk=None))
    assert [(finding.kind, finding.subject) for finding in at_home] == [("phone_number", HOME)]


def test_a_trunk_that_carries_many_honest_calls_is_not_accused_for_a_number_that_passes_by() -> None:
    passing = rung(20, start_s=30_000)
    assert {finding.kind for finding in report_findings(DETECTOR, HONEST_CALLS, passing)} == {"call"}
    assert "trunk" in {finding.kind for finding in report_findings(DETECTOR, HONEST_CALLS[:60], passing)}


def rung_again(callees: int, times: int, *, change: int = 1) -> list[Row]:
    """Calls of one number, or of `change` numbers of its range, to the same people again and again within the hour."""
    calls = (
        call(
            f"{FOREIGN[:-2]}{index % change:02d}",
            f"+86{17_000_100_000 + 3_701 * (index % callees)}",
            30_000 + 4 * index,
            ring_s=1.5,
            **ABROAD,
        )
        for index in range(callees * times)
    )
    return [row for call_rows in calls for row in call_rows]


@pytest.mark.parametrize(("callees", "change", "rule"), [(12, 1, "wangiri_call"), (20, 20, "wangiri_range_call")])
def test_of_calls_to_the_same_people_again_and_again_one_is_named(callees: int, change: int, rule: str) -> None:
    called_back = [
        call(f"+861700070000{n}", f"{FOREIGN[:-2]}{n:02d}", 29_000 + n, **AT_HOME, talk_s=30, ends=False)
        for n in range(2)
    ]
    honest = [
        call(f"+4420795{n:05d}", f"+86{17_000_500_000 + 911 * n}", 25_000 + 9 * n, talk_s=60, **ABROAD)
        for n in range(400)
    ]
    again = rung_again(callees, 4, change=change)
    findings = report_findings(DETECTOR, HONEST_CALLS, *honest, *called_back, again)
    assert [finding.rule for finding in findings if finding.kind == "call"] == [rule]


def test_the_people_rung_stand_in_the_evidence() -> None:
    (finding, *_) = run_detector(DETECTOR, rung(12))
    windows = msgspec.json.decode(finding.evidence)["windows"]
    assert any(event["callee"].startswith("+861700") for window in windows for event in window["events"])


def test_a_trunk_does_not_answer_for_what_the_number_or_its_range_does_on_another() -> None:
    elsewhere = {**ABROAD, "trunk": "IGW-FIC-02"}
    honest = [call(FOREIGN, f"+861700030000{n}", 25_000 + n, **elsewhere) for n in range(3)]
    many = (*rung(20), *rotating_calls(60, called_back=0))
    accused = {finding.subject for finding in report_findings(DETECTOR, many, *honest) if finding.kind == "trunk"}
    assert accused == {"IGW-FIC-01"}


def test_a_call_centre_whose_callees_are_busy_or_that_does_not_say_who_hung_up_is_none() -> None:
    centre: dict[str, Any] = {"ingress": "leased_line", "trunk": "LINE-FIC-01", "ring_s": 1.0}
    assert report_findings(DETECTOR, rung(40, "95013799", **centre, released_by="network")) == []
    assert report_findings(DETECTOR, rung(40, HOME, **AT_HOME, trunk=None, released_by=None)) == []
