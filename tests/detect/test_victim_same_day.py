"""Who is held on the line by one box, line or trunk within hours is warned; families and travellers are not."""

import pytest

from fanzha.detect.leased_line_misuse import LINE, rotating_calls
from fanzha.detect.rules.sample_facts import ABROAD, AT_HOME, Row, call, earlier_records, incoming_calls
from fanzha.detect.testing import fired_rules, report_findings, run_detector
from fanzha.detect.victim_same_day import BANK, BOX, DETECTOR, HOUR_S, PERSON, box_calls, talks

SECOND_CARD = "+8617000000292"


def bank_called(at_s: float) -> tuple[Row, ...]:
    return tuple(call(PERSON, BANK, at_s, talk_s=100, **AT_HOME))


@pytest.mark.parametrize(("strangers", "found"), [(7, {"victim_same_day"}), (6, set())])
def test_a_number_that_nobody_calls_and_eight_callees_are_enough_at_the_second_long_talk(
    strangers: int, found: set[str]
) -> None:
    assert fired_rules(DETECTOR, box_calls(1, calls=strangers), talks((BOX, BOX))) == found


@pytest.mark.parametrize(("minutes", "found"), [(4.1, {"victim_same_day"}), (3.9, set())])
def test_a_talk_counts_from_four_minutes_on(minutes: float, found: set[str]) -> None:
    assert fired_rules(DETECTOR, box_calls(1, calls=9), talks((BOX, BOX), minutes=minutes)) == found


def test_a_number_that_others_call_is_no_box() -> None:
    called = incoming_calls(BOX, 2, every_s=600, start_s=100)
    assert report_findings(DETECTOR, box_calls(1, calls=9), called, talks((BOX, BOX))) == []


def test_cheap_phones_of_one_imei_in_cells_of_their_own_are_no_box() -> None:
    phones = {"device": "86002000000052"}
    elsewhere = [box_calls(1, calls=4, **phones, cell=f"460-00-2100-0000{n}") for n in range(2, 5)]
    assert report_findings(DETECTOR, *elsewhere, talks((BOX, SECOND_CARD), **AT_HOME | phones)) == []


def test_it_is_live_on_the_first_morning_of_the_records() -> None:
    night = earlier_records(0.5, **AT_HOME)
    (finding,) = run_detector(DETECTOR, night, box_calls(1, calls=9), talks((BOX, BOX)))
    assert (finding.mode, finding.windows_full) == ("live", True)


@pytest.mark.parametrize(("beside", "found"), [(4, {"victim_same_cell"}), (3, set())])
def test_without_devices_it_takes_a_third_talk_and_four_such_numbers_in_the_cell(beside: int, found: set[str]) -> None:
    callers = ("+8617000000297", "+8617000000298", "+8617000000299")
    assert fired_rules(DETECTOR, box_calls(beside, calls=6), talks(callers)) == found
    assert fired_rules(DETECTOR, box_calls(beside, calls=6), talks(callers[:2])) == set()


@pytest.mark.parametrize(
    ("callers", "found"),
    [
        (("+8617000000296", "+8617000000297"), 1),  # another face each time
        (("+862117000042",) * 2, 1),  # a fixed line does not travel
        (("+8617000000296",) * 2, 0),  # a traveller calls home
        (("+442079460012", "+442079460013"), 0),  # no home number
    ],
)
def test_home_numbers_of_one_trunk_from_abroad(callers: tuple[str, ...], found: int) -> None:
    assert len(report_findings(DETECTOR, talks(callers, **ABROAD))) == found


def test_a_number_that_is_proven_to_roam_is_a_travellers() -> None:
    callers = ("+8617000000296", "+8617000000297")
    assert report_findings(DETECTOR, talks(callers, **ABROAD, roaming="proven")) == []


@pytest.mark.parametrize(("answered_every", "found"), [(3, {"victim_of_line_same_day"}), (1, set())])
def test_a_line_whose_numbers_take_turns_and_few_answer(answered_every: int, found: set[str]) -> None:
    calls = rotating_calls(8, 24, answered_every=answered_every)
    assert fired_rules(DETECTOR, calls, talks(("+862117000900", "+862117000901"), **LINE)) == found


@pytest.mark.parametrize(("bank_at_s", "found"), [(2 * HOUR_S, {"victim_same_day_calls_bank"}), (2.9 * HOUR_S, set())])
def test_the_bank_within_an_hour_of_two_long_talks(bank_at_s: float, found: set[str]) -> None:
    assert fired_rules(DETECTOR, talks((BOX, SECOND_CARD)), bank_called(bank_at_s)) == found


def test_one_long_talk_and_the_bank_is_daily_life() -> None:
    assert report_findings(DETECTOR, talks((BOX,)), bank_called(2 * HOUR_S)) == []
