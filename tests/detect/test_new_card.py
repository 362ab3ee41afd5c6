"""New cards are found in a pile, in a burst after silence, at the banks and in another device; honest ones are not."""

from typing import Any

import pytest

from fanzha.detect.call_centre_burst import courier_round
from fanzha.detect.new_card import BANK, CAMPUS_REGISTRATIONS, DETECTOR, HOUR_S, NIGHT_S, attachment, registration
from fanzha.detect.rules.sample_facts import AT_HOME, Row, call, earlier_records, incoming_calls, outgoing_calls
from fanzha.detect.testing import fired_rules, report_findings

NUMBER = "+8617000000079"


def burst(count: int, **how: Any) -> tuple[Row, ...]:
    """Strangers called, a third of whom answer."""
    return outgoing_calls(NUMBER, count, **{**AT_HOME, "every_s": 600, "talk_s": 30, "answered_every": 3, **how})


def pile(count: int, cards_each: int, start_s: float = 0, every_s: float = 240, **how: Any) -> list[Row]:
    """Cards opened at one outlet."""
    return [
        registration(f"+86170000009{n:02d}", start_s + n * every_s, person=f"p{n // cards_each}", **how)
        for n in range(count)
    ]


@pytest.mark.parametrize(("callees", "found"), [(14, set()), (15, {"new_card"})])
def test_a_card_that_wakes_up_and_calls_fifteen_strangers_is_found(callees: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, earlier_records(2, **AT_HOME), burst(callees)) == found


@pytest.mark.parametrize(("callees", "found"), [(39, set()), (40, {"new_card"})])
def test_where_half_answer_it_takes_forty_strangers(callees: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, earlier_records(2, **AT_HOME), burst(callees, answered_every=2, talk_s=200)) == found


def test_an_agent_after_a_day_off_is_called_back_by_one_in_twenty() -> None:
    called_back = incoming_calls(NUMBER, 1, every_s=HOUR_S, start_s=100)
    assert report_findings(DETECTOR, earlier_records(2, **AT_HOME), burst(20), called_back) == []


@pytest.mark.parametrize(("days", "found"), [(0, set()), (0.5, set()), (1, {"new_card"})])
def test_silence_is_known_where_the_records_reach_a_day_further_back(days: float, found: set[str]) -> None:
    assert fired_rules(DETECTOR, earlier_records(days, **AT_HOME), burst(20)) == found
    assert fired_rules(DETECTOR, earlier_records(days, ingress="leased_line"), burst(20)) == set()


def test_records_that_pause_for_a_day_begin_anew() -> None:
    early = outgoing_calls("+8617000000001", 6, every_s=12 * HOUR_S, start_s=-100 * HOUR_S, **AT_HOME)
    assert fired_rules(DETECTOR, early, burst(20)) == set()


def test_a_phone_that_has_been_talking_for_days_does_not_wake_up() -> None:
    before = [outgoing_calls(NUMBER, 1, every_s=1, talk_s=60, start_s=n * 20 * HOUR_S, **AT_HOME) for n in range(3)]
    records = [earlier_records(2, **AT_HOME), outgoing_calls("+8617000000001", 9, every_s=6 * HOUR_S, **AT_HOME)]
    assert report_findings(DETECTOR, *records, *before, burst(20, start_s=50 * HOUR_S)) == []
    assert fired_rules(DETECTOR, *records, before[0], burst(20, start_s=50 * HOUR_S)) == {"new_card"}


def test_a_courier_after_a_day_off_is_answered_and_called_back() -> None:
    records = earlier_records(2, **AT_HOME)
    called = incoming_calls(NUMBER, 6, every_s=HOUR_S)
    assert report_findings(DETECTOR, records, burst(60, answered_every=1), called) == []
    in_vain = burst(15, every_s=400, start_s=50, talk_s=None, first_callee=17_000_700_000)
    assert report_findings(DETECTOR, records, burst(60, every_s=100, answered_every=1), in_vain) == []


@pytest.mark.parametrize(("callees", "found"), [(9, set()), (10, {"new_card_month"})])
def test_a_card_of_this_month_may_not_call_ten(callees: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, [registration(NUMBER, 0)], burst(callees, start_s=200 * HOUR_S)) == found


def test_a_card_opened_longer_ago_is_not_new() -> None:
    assert fired_rules(DETECTOR, [registration(NUMBER, 0)], burst(10, start_s=31 * 24 * HOUR_S)) == set()


def test_a_students_card_calls_many_friends_who_answer() -> None:
    friends = outgoing_calls(NUMBER, 25, every_s=1_200, talk_s=120, start_s=HOUR_S, **AT_HOME)
    assert (
        report_findings(DETECTOR, [registration(NUMBER, 0)], friends, incoming_calls(NUMBER, 12, every_s=2_400)) == []
    )


@pytest.mark.parametrize(("cards", "found"), [(3, set()), (4, {"cards_opened_together"})])
def test_four_cards_for_one_person_within_an_hour_are_a_pile(cards: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, pile(cards, cards)) == found


def test_a_family_that_takes_a_card_each_and_one_for_a_watch_is_none() -> None:
    assert report_findings(DETECTOR, pile(4, 1), [registration("+8617000000999", HOUR_S, person="p0")]) == []


@pytest.mark.parametrize(("cards", "found"), [(5, set()), (6, {"outlet_of_pile"})])
def test_an_outlet_that_types_papers_by_hand_for_few_people_is_found(cards: int, found: set[str]) -> None:
    typed = pile(cards, 2, every_s=2 * HOUR_S, id_read="hand")
    assert fired_rules(DETECTOR, typed) == found


def test_a_busy_shop_that_reads_every_chip_is_none_even_late() -> None:
    assert report_findings(DETECTOR, CAMPUS_REGISTRATIONS) == []
    assert report_findings(DETECTOR, pile(40, 1, every_s=900)) == []
    assert report_findings(DETECTOR, pile(4, 1, start_s=NIGHT_S)) == []


def test_cards_opened_online_have_no_chip_to_read() -> None:
    assert report_findings(DETECTOR, pile(20, 1, every_s=600, id_read="ocr", channel="online")) == []


@pytest.mark.parametrize(("cards", "found"), [(3, 0), (4, 1)])
def test_new_cards_side_by_side_that_call_only_banks_are_found_from_the_fourth(cards: int, found: int) -> None:
    each = [tuple(call(f"+86170000010{n:02d}", BANK, n * 60, talk_s=70, **AT_HOME)) for n in range(cards)]
    opened_well = [registration(f"+86170000010{cards - 1:02d}", 0, outlet="OUTLET-FIC-3")]
    assert len(report_findings(DETECTOR, opened_well, *each)) == found
    assert report_findings(DETECTOR, *each) == []


@pytest.mark.parametrize(("id_read", "found"), [("chip", set()), ("hand", {"new_cards_try_banks"})])
def test_a_new_card_may_call_the_bank_first_when_its_chip_was_read(id_read: str, found: set[str]) -> None:
    assert (
        fired_rules(DETECTOR, [registration(NUMBER, 0, id_read=id_read)], call(NUMBER, BANK, HOUR_S, **AT_HOME))
        == found
    )


def test_who_calls_others_beside_the_bank_is_no_trier() -> None:
    friend = call(NUMBER, "+8617000000001", HOUR_S, talk_s=60, **AT_HOME)
    assert (
        report_findings(
            DETECTOR, [registration(NUMBER, 0, id_read="hand")], friend, call(NUMBER, BANK, 2 * HOUR_S, **AT_HOME)
        )
        == []
    )


@pytest.mark.parametrize(("cards", "id_read", "found"), [(3, "ocr", 0), (4, "ocr", 1), (6, "chip", 0)])
def test_new_cards_that_were_not_read_and_call_banks_side_by_side_cannot_hide_behind_friends(
    cards: int, id_read: str, found: int
) -> None:
    rows: list[Row] = []
    for n in range(cards):
        number = f"+86170000011{n:02d}"
        rows.append(registration(number, 0, person=f"p{n}", outlet=f"OUTLET-FIC-{n}", id_read=id_read))
        rows += call(number, f"+86170000012{n:02d}", HOUR_S + 60 * n, talk_s=60, **AT_HOME)
        rows += call(number, BANK, 2 * HOUR_S + 60 * n, talk_s=60, **AT_HOME)
        rows += incoming_calls(number, 1, every_s=1, start_s=60 * n)
    assert len(report_findings(DETECTOR, rows)) == found


@pytest.mark.parametrize(
    ("id_read", "devices", "found"), [("chip", 2, 0), ("chip", 3, 1), ("ocr", 1, 0), ("ocr", 2, 1)]
)
def test_the_first_change_of_device_counts_when_the_chip_was_not_read_else_the_second(
    id_read: str, devices: int, found: int
) -> None:
    moved = [attachment(NUMBER, n, (n + 1) * HOUR_S) for n in range(devices)]
    assert len(report_findings(DETECTOR, [registration(NUMBER, 0, id_read=id_read)], moved)) == found


def test_a_device_that_takes_card_after_card_makes_the_first_change_enough() -> None:
    others = [attachment(f"+86170000011{n:02d}", 7, n * 60) for n in range(2)]
    moved = [attachment(NUMBER, 1, HOUR_S), attachment(NUMBER, 7, 2 * HOUR_S)]
    assert fired_rules(DETECTOR, [registration(NUMBER, 0)], others, moved) == {"new_card_changes_device"}
    assert report_findings(DETECTOR, [registration(NUMBER, 0)], others[:1], moved) == []


@pytest.mark.parametrize(
    ("id_read", "devices", "found"), [("chip", 2, 0), ("chip", 3, 1), ("ocr", 1, 0), ("ocr", 2, 1)]
)
def test_calls_that_name_the_device_show_the_change_where_nothing_else_does(
    id_read: str, devices: int, found: int
) -> None:
    calls = [
        call(NUMBER, "+8617000000001", n * HOUR_S, device=f"8600300000000{n:02d}", **AT_HOME) for n in range(devices)
    ]
    assert len(report_findings(DETECTOR, [registration(NUMBER, -HOUR_S, id_read=id_read)], *calls)) == found
    assert report_findings(DETECTOR, *calls) == []


def test_a_registration_that_names_the_number_only_is_enough_for_a_card_seen_in_devices() -> None:
    opened = {**registration(NUMBER, 0, id_read="ocr"), "sim_card": None}
    moved = [attachment(NUMBER, n, (n + 1) * HOUR_S) for n in range(2)]
    assert fired_rules(DETECTOR, [opened], moved) == {"new_card_changes_device"}


def test_an_old_card_goes_where_its_owner_likes() -> None:
    moved = [attachment(NUMBER, n, (n + 1) * HOUR_S) for n in range(4)]
    assert report_findings(DETECTOR, moved) == []
    assert (
        report_findings(
            DETECTOR, [registration(NUMBER, 0)], [attachment(NUMBER, n, (200 + n) * HOUR_S) for n in range(4)]
        )
        == []
    )


def test_a_courier_after_a_day_off_whom_nobody_calls_back_is_known_by_his_round() -> None:
    records = earlier_records(2, **AT_HOME)
    for every_s in (150, 300):
        assert report_findings(DETECTOR, records, courier_round(NUMBER, 70, every_s=every_s)) == []
    assert fired_rules(DETECTOR, records, courier_round(NUMBER, 70, every_s=300, talk_s=200)) == {"new_card"}
