"""A victim is named while he still talks, ranked by what is seen, and accused of nothing; families are left alone."""

from typing import Any

import pytest

from fanzha.detect._detector import START_MS
from fanzha.detect.leased_line_misuse import LINE, rotating_calls
from fanzha.detect.rules.sample_facts import ABROAD, AT_HOME, Row, call, incoming_calls, text_messages
from fanzha.detect.testing import fired_rules, report_findings, run_detector
from fanzha.detect.victim_at_risk import (
    BANK,
    BOX,
    CHILD,
    CODE,
    DAY_S,
    DETECTOR,
    HOUR_S,
    MINUTE_S,
    STRANGER,
    strangers_called,
)

VICTIM = "+8617000000089"


def talks(count: int, caller: str = STRANGER, *, minutes: float = 20, start_s: float = 0, **way: Any) -> list[Row]:
    """Calls to the victim, half an hour apart and a pause."""
    groups = (
        call(caller, VICTIM, start_s + n * (minutes + 10) * MINUTE_S, talk_s=minutes * MINUTE_S, **(way or ABROAD))
        for n in range(count)
    )
    return [row for finding in groups for row in finding]


def bank_called(at_s: float) -> list[Row]:
    return list(call(VICTIM, BANK, at_s, talk_s=200, **AT_HOME))


def codes(count: int, start_s: float) -> tuple[Row, ...]:
    return text_messages("1069000095588", count, text=CODE, start_s=start_s, first_recipient=17_000_000_089, step=0)


@pytest.mark.parametrize(("calls", "findings"), [(2, set()), (3, {"victim_of_stranger"})])
def test_the_third_long_call_of_a_stranger_is_found(calls: int, findings: set[str]) -> None:
    assert fired_rules(DETECTOR, talks(calls)) == findings


@pytest.mark.parametrize(("minutes", "findings"), [(14.9, set()), (15.1, {"victim_of_stranger"})])
def test_a_talk_counts_when_it_still_goes_on_after_fifteen_minutes(minutes: float, findings: set[str]) -> None:
    assert fired_rules(DETECTOR, talks(3, minutes=minutes)) == findings


def test_strangers_who_take_another_number_each_time_are_one_story() -> None:
    groups = [talks(1, f"+1202555017{n}", start_s=n * HOUR_S) for n in range(3)]
    assert fired_rules(DETECTOR, *groups) == {"victim_of_stranger"}


def test_offers_and_answers_alone_are_enough_and_he_is_named_while_he_still_talks() -> None:
    known_by_then = [row for row in talks(3, minutes=40) if row["table"] != "call_ended"]
    later = call("+8617000000001", "+8617000000002", 4 * HOUR_S, **AT_HOME)
    (finding,) = run_detector(DETECTOR, known_by_then, later)
    answered_at = max(int(str(row["occurred_at"])) for row in known_by_then if row["table"] == "call_answered")
    assert finding.subject == VICTIM
    assert finding.found_at == answered_at + 15 * MINUTE_S * 1000


def test_who_has_called_the_bank_and_gets_its_codes_ranks_before_who_only_talks() -> None:
    (talking,) = report_findings(DETECTOR, talks(3))
    reading_out = report_findings(DETECTOR, bank_called(0), codes(2, MINUTE_S), talks(1, start_s=5 * MINUTE_S))
    assert talking.score < max(finding.score for finding in reading_out) < 1


def test_somebody_known_for_days_is_only_found_when_he_calls_many_or_the_bank_comes_in() -> None:
    earlier, today = talks(1, CHILD), talks(3, CHILD, minutes=40, start_s=2 * DAY_S)
    assert report_findings(DETECTOR, earlier, today) == []
    others = [call(CHILD, f"+861700000009{n}", 2 * DAY_S + n, **ABROAD) for n in range(3)]
    assert fired_rules(DETECTOR, earlier, today, *others) == {"victim_at_risk"}
    assert fired_rules(DETECTOR, earlier, today, bank_called(2 * DAY_S)) == {"victim_at_risk"}


@pytest.mark.parametrize(("minutes", "findings"), [(19, set()), (21, {"victim_calls_bank"})])
def test_two_long_calls_from_abroad_and_then_the_bank_are_found(minutes: float, findings: set[str]) -> None:
    assert fired_rules(DETECTOR, talks(2, minutes=minutes), bank_called(2 * HOUR_S)) == findings


@pytest.mark.parametrize(("count", "findings"), [(2, set()), (3, {"victim_gets_codes"})])
def test_hours_after_one_long_call_and_the_bank_the_third_code_is_found(count: int, findings: set[str]) -> None:
    later = 3 * HOUR_S
    assert fired_rules(DETECTOR, talks(1, minutes=12), bank_called(later), codes(count, later + 60)) == findings


@pytest.mark.parametrize(("count", "findings"), [(1, set()), (2, {"stranger_bank_codes"})])
def test_right_after_a_stranger_s_call_and_the_bank_the_second_code_is_found(count: int, findings: set[str]) -> None:
    assert fired_rules(DETECTOR, talks(1, minutes=6), bank_called(HOUR_S), codes(count, HOUR_S + 60)) == findings


def test_codes_of_a_bank_that_was_called_before_the_stranger_are_no_sign() -> None:
    assert fired_rules(DETECTOR, bank_called(0), talks(1, minutes=6, start_s=1_200), codes(2, 1_900)) == set()


def test_who_calls_abroad_himself_has_somebody_there() -> None:
    called = call(VICTIM, "+12025550999", 0, talk_s=60, **AT_HOME)
    found = fired_rules(DETECTOR, called, talks(1, minutes=6, start_s=600), bank_called(HOUR_S), codes(2, HOUR_S + 60))
    assert found == set()


def test_codes_without_a_call_from_abroad_are_everyday_life() -> None:
    assert report_findings(DETECTOR, bank_called(0), codes(6, 60), talks(3, "+8617000000001", **AT_HOME)) == []


def test_a_child_abroad_who_calls_often_and_is_called_is_no_stranger() -> None:
    earlier = [talks(1, CHILD, minutes=28, start_s=n * DAY_S) for n in range(3)]
    called = call(VICTIM, CHILD, 2 * DAY_S + 2 * HOUR_S, talk_s=300, **AT_HOME)
    assert report_findings(DETECTOR, *earlier, called, talks(3, CHILD, minutes=28, start_s=3 * DAY_S)) == []


def test_a_friend_in_the_same_network_may_talk_all_day() -> None:
    assert report_findings(DETECTOR, talks(8, "+8617000000001", minutes=50, **AT_HOME)) == []


def test_a_traveller_calls_home_with_his_own_proven_number() -> None:
    assert report_findings(DETECTOR, talks(5, "+8617000000003", minutes=30, **ABROAD, proven=True)) == []


def test_nobody_is_accused_and_the_words_are_kind() -> None:
    findings = run_detector(DETECTOR, talks(4, minutes=40), bank_called(4 * HOUR_S), codes(4, 4 * HOUR_S + 60))
    assert {finding.subject for finding in findings} == {VICTIM}
    assert {finding.fraud_type for finding in findings} == {"victim_at_risk"}
    assert all("没有做错" in finding.public_zh and "nothing wrong" in finding.public_en for finding in findings)
    assert all(finding.basis.startswith("ATF Art. 34") for finding in findings)


WARNED = {"victim_of_box"}


@pytest.mark.parametrize(("talks_", "findings"), [(1, set()), (2, WARNED), (3, WARNED)])
def test_the_second_long_talk_with_a_number_that_calls_strangers_is_found_while_it_goes_on(
    talks_: int, findings: set[str]
) -> None:
    box = strangers_called(BOX, 24, every_s=200)
    assert fired_rules(DETECTOR, box, talks(talks_, BOX, start_s=5_000, **AT_HOME)) == findings


def test_numbers_of_a_box_that_take_turns_are_one_story() -> None:
    boxes = [f"+86170000000{n}" for n in range(60, 63)]
    called = [strangers_called(box, 12, every_s=300, first_callee=17_000_500_000 + n) for n, box in enumerate(boxes)]
    turns = [talks(1, box, start_s=5_000 + n * HOUR_S, **AT_HOME) for n, box in enumerate(boxes)]
    assert fired_rules(DETECTOR, *called, *turns) == WARNED


def test_three_talks_with_a_box_are_warned_of_before_the_bank_is_called() -> None:
    findings = run_detector(
        DETECTOR, strangers_called(BOX, 24, every_s=200), talks(3, BOX, start_s=5_000, **AT_HOME), bank_called(12_000)
    )
    assert {finding.subject for finding in findings} == {VICTIM}
    assert min(finding.found_at for finding in findings) < START_MS + 12_000 * 1000


def test_a_salesman_whom_many_answer_or_call_and_a_customer_who_called_are_no_fraud() -> None:
    twice = talks(2, BOX, start_s=5_000, **AT_HOME)
    answered = strangers_called(BOX, 24, every_s=200, answered_every=1)
    assert report_findings(DETECTOR, answered, twice) == []
    called = incoming_calls(BOX, 6, every_s=600)
    assert report_findings(DETECTOR, strangers_called(BOX, 24, every_s=200), called, twice) == []
    customer = call(VICTIM, BOX, 100, talk_s=60, **AT_HOME)
    assert report_findings(DETECTOR, strangers_called(BOX, 24, every_s=200), customer, twice) == []


def test_relatives_who_talk_at_length_do_not_call_strangers() -> None:
    family = strangers_called(BOX, 10, every_s=700)
    assert report_findings(DETECTOR, family, talks(6, BOX, start_s=8_000, **AT_HOME), bank_called(20_000)) == []


@pytest.mark.parametrize(("numbers", "findings"), [(2, set()), (3, WARNED)])
def test_numbers_of_one_device_are_a_box_however_few_people_each_has_called(numbers: int, findings: set[str]) -> None:
    way = AT_HOME | {"device": "860020000000061"}
    boxes = [f"+86170000000{n}" for n in range(60, 60 + numbers)]
    called = [
        strangers_called(box, 5, every_s=300, answered_every=1, first_callee=17_000_500_000 + n, **way)
        for n, box in enumerate(boxes)
    ]
    assert fired_rules(DETECTOR, *called, talks(1, boxes[0], start_s=5_000, **way)) == set()
    assert fired_rules(DETECTOR, *called, talks(2, boxes[0], start_s=5_000, **way)) == findings


@pytest.mark.parametrize(("answered_every", "findings"), [(1, set()), (3, {"victim_of_line"})])
def test_the_second_long_talk_with_a_line_whose_numbers_take_turns_is_found(
    answered_every: int, findings: set[str]
) -> None:
    line = rotating_calls(12, 60, answered_every=answered_every)
    turns = [talks(1, f"+8621170009{n:02d}", minutes=7, start_s=8_000 + n * 1_200, **LINE) for n in range(2)]
    assert fired_rules(DETECTOR, line, turns[0]) == set()
    assert fired_rules(DETECTOR, line, *turns) == findings


def test_an_unproven_home_number_that_calls_strangers_counts_more_than_one_that_does_not() -> None:
    way: dict[str, Any] = {"ingress": "interconnect", "trunk": "TG-FIC-01", "proven": False, "cell": None}
    seeking = strangers_called(STRANGER_AT_HOME, 12, every_s=300, **way)
    long_talks = talks(3, STRANGER_AT_HOME, start_s=5_000, ingress="interconnect", trunk="TG-FIC-01", proven=False)
    assert fired_rules(DETECTOR, seeking, long_talks) == {"victim_of_stranger"}
    assert fired_rules(DETECTOR, long_talks) == set()


STRANGER_AT_HOME = "+8617000000066"
