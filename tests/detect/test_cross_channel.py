"""A fresh link and a call from abroad make one story when they follow each other, again and again by one trunk."""

import pytest

from fanzha.detect.cross_channel import DETECTOR, FIRST_RECIPIENT, FRESH, HOUR_S, MINUTE_S, OLD, lure_events
from fanzha.detect.rules.sample_facts import ABROAD, AT_HOME, Row, call, outgoing_calls, site_seen
from fanzha.detect.testing import fired_rules, report_findings, run_detector

TRUNK = "IGW-FIC-01"


def story(people: int, minutes: float = 15, channel: str = "port_sms") -> list[Row]:
    """Texts and calls to so many people, one an hour."""
    each = (lure_events(n, 60 + n * HOUR_S, minutes=minutes, channel=channel) for n in range(people))
    return [row for finding in each for row in finding]


@pytest.mark.parametrize(("people", "found"), [(2, set()), (3, {TRUNK})])
def test_the_third_such_call_of_a_trunk_is_no_chance(people: int, found: set[str]) -> None:
    assert {finding.subject for finding in report_findings(DETECTOR, [FRESH], story(people))} == found


@pytest.mark.parametrize(("others", "found"), [(1, True), (2, False)])
def test_of_three_calls_it_must_be_nearly_all_of_the_trunk(others: int, found: bool) -> None:
    honest = outgoing_calls("+12025550190", others, every_s=60, talk_s=300, **ABROAD)
    assert bool(report_findings(DETECTOR, [FRESH], honest, story(3))) == found


@pytest.mark.parametrize(("others", "found"), [(7, True), (8, False)])
def test_of_five_calls_two_in_five_are_enough(others: int, found: bool) -> None:
    honest = outgoing_calls("+12025550190", others, every_s=60, talk_s=300, **ABROAD)
    assert bool(report_findings(DETECTOR, [FRESH], honest, story(5))) == found


@pytest.mark.parametrize(("minutes", "found"), [(119, True), (121, False)])
def test_the_call_follows_within_two_hours(minutes: float, found: bool) -> None:
    assert bool(report_findings(DETECTOR, [FRESH], story(4, minutes))) == found


@pytest.mark.parametrize(("days_old", "found"), [(179, True), (181, False)])
def test_a_host_of_half_a_year_is_not_fresh(days_old: float, found: bool) -> None:
    assert bool(report_findings(DETECTOR, [site_seen("heshi.example", days_old=days_old)], story(4))) == found


def test_calls_at_home_after_such_texts_are_shops_and_couriers() -> None:
    at_home = [row for row in story(6) if row["table"] == "message"]
    called = [
        call("+8617000000001", f"+86{FIRST_RECIPIENT + n}", 600 + n * HOUR_S, talk_s=300, **AT_HOME) for n in range(6)
    ]
    assert report_findings(DETECTOR, [FRESH], at_home, *called) == []


@pytest.mark.parametrize(("seconds", "found"), [(175, set()), (185, {"cross_channel_victim"})])
def test_who_still_talks_after_three_minutes_is_to_be_warned(seconds: float, found: set[str]) -> None:
    assert fired_rules(DETECTOR, [FRESH], lure_events(1, 60, talk_s=seconds, channel="sms")) == found


@pytest.mark.parametrize(("minutes", "found"), [(36, True), (38, False)])
def test_three_minutes_into_the_call_the_text_is_not_older_than_forty(minutes: float, found: bool) -> None:
    assert (
        bool(report_findings(DETECTOR, [FRESH], lure_events(1, 60, minutes=minutes, talk_s=400, channel="sms")))
        == found
    )


def test_after_a_text_of_a_port_number_it_takes_a_trunk_that_did_so_before() -> None:
    assert report_findings(DETECTOR, [FRESH], lure_events(2, HOUR_S, talk_s=400)) == []
    assert fired_rules(DETECTOR, [FRESH], lure_events(1, 60), lure_events(2, HOUR_S, talk_s=400)) == {
        "cross_channel_victim"
    }


def test_a_relative_abroad_who_called_this_morning_is_no_stranger() -> None:
    person, relative = f"+86{FIRST_RECIPIENT + 1}", "+12025550101"
    morning = call(relative, person, 0, talk_s=600, **ABROAD)
    assert report_findings(DETECTOR, [FRESH], morning, lure_events(1, 4 * HOUR_S, talk_s=1_200, channel="sms")) == []


def test_the_bank_and_the_parcel_service_have_hosts_of_years() -> None:
    assert report_findings(DETECTOR, [OLD], story(8), lure_events(20, 9 * HOUR_S, talk_s=1_200, channel="sms")) == []


def test_the_person_warned_is_spoken_to_kindly_and_the_trunk_is_accused() -> None:
    people = (lure_events(n, 60 + n * 20 * MINUTE_S, talk_s=400, channel="sms") for n in range(4))
    words = {
        (finding.subject_kind, finding.fraud_type): finding.public_zh
        for finding in run_detector(DETECTOR, [FRESH], *people)
    }
    assert "没有做错" in words["phone_number", "victim_at_risk"]
    assert "没有做错" not in words["trunk", "phishing"]
