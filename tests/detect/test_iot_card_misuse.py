"""An IoT card is found by how many people it reaches and by a change of device; meters, lifts and trackers are not."""

from typing import Any

import pytest

from fanzha.detect.iot_card_misuse import DETECTOR, HOUR_S, LOAN, sim_use
from fanzha.detect.rules.sample_facts import AT_HOME, Row, outgoing_calls, text_messages
from fanzha.detect.testing import fired_rules, report_findings

CARD = "+861440000000029"


def called(count: int, number: str = CARD) -> tuple[Row, ...]:
    return outgoing_calls(number, count, every_s=600, talk_s=40, **AT_HOME)


def texted(count: int) -> tuple[Row, ...]:
    return text_messages(CARD, count, text=LOAN, channel="sms")


@pytest.mark.parametrize(("people", "found"), [(3, set()), (4, {"iot_card_misuse"})])
def test_it_takes_calls_to_four_people(people: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, called(people)) == found


@pytest.mark.parametrize(("recipients", "found"), [(1, set()), (2, {"iot_card_misuse"})])
def test_texts_to_others_make_two_calls_enough(recipients: int, found: set[str]) -> None:
    assert (
        fired_rules(DETECTOR, texted(recipients), outgoing_calls(CARD, 2, every_s=60, start_s=HOUR_S, **AT_HOME))
        == found
    )


def test_a_call_from_another_device_is_enough_where_records_name_the_device_only() -> None:
    first = outgoing_calls(CARD, 1, every_s=60, **AT_HOME, device="860030000000001")
    lift = outgoing_calls(CARD, 1, every_s=60, start_s=HOUR_S, **AT_HOME, device="860030000000001")
    phone = outgoing_calls(CARD, 1, every_s=60, start_s=HOUR_S, **AT_HOME, device="860030000000002")
    assert report_findings(DETECTOR, first, lift) == []
    assert fired_rules(DETECTOR, first, phone) == {"iot_card_misuse"}


@pytest.mark.parametrize("fields", [{}, {"sim_card": f"46099{CARD[-10:]}"}])
def test_a_moved_card_that_calls_is_known_by_number_or_card(fields: dict[str, Any]) -> None:
    moved = [sim_use(CARD, 0), sim_use(CARD, 60, device=2)]
    call_ = outgoing_calls(CARD, 1, every_s=60, start_s=HOUR_S, **AT_HOME, **fields)
    assert "iot_card_misuse" in fired_rules(DETECTOR, moved, call_)


def test_a_watch_calls_three_of_the_family_again_and_again() -> None:
    family = [outgoing_calls(CARD, 3, every_s=60, start_s=hour * HOUR_S, talk_s=90, **AT_HOME) for hour in range(6)]
    assert report_findings(DETECTOR, *family, text_messages(CARD, 1, text="我放学了", channel="sms")) == []


def test_a_card_of_a_person_may_call_whom_it_likes() -> None:
    assert (
        report_findings(
            DETECTOR, called(30, "+8617000000001"), [sim_use("+8617000000001", n, device=n) for n in range(4)]
        )
        == []
    )


def test_a_number_that_is_only_claimed_is_not_accused() -> None:
    assert (
        report_findings(DETECTOR, outgoing_calls(CARD, 9, every_s=60, ingress="international_gateway", trunk="IGW-1"))
        == []
    )


@pytest.mark.parametrize(("hours", "found"), [(25, set()), (23, {"iot_card_moved"})])
def test_another_device_within_a_day_is_enough(hours: float, found: set[str]) -> None:
    assert fired_rules(DETECTOR, [sim_use(CARD, 0), sim_use(CARD, hours * HOUR_S, device=2)]) == found


@pytest.mark.parametrize(("data_kb", "found"), [(99_000, set()), (101_000, {"iot_card_moved"})])
def test_travel_and_texts_need_a_persons_traffic_beside(data_kb: float, found: set[str]) -> None:
    travels = [sim_use(CARD, HOUR_S + n * HOUR_S, cell=n, data_kb=data_kb / 6) for n in range(6)]
    assert fired_rules(DETECTOR, texted(2), travels) == found


def test_texts_and_calls_to_strangers_are_found_when_the_card_is_seen_next() -> None:
    (finding,) = [
        finding
        for finding in report_findings(DETECTOR, texted(4), called(2), [sim_use(CARD, HOUR_S)])
        if finding.rule == "iot_card_moved"
    ]
    assert (finding.kind, finding.subject) == ("sim_card", f"46099{CARD[-10:]}")


def test_a_building_full_of_meters_in_one_cell_is_none() -> None:
    meters = [
        sim_use(f"+8614400000001{n:02d}", day_s + n) for n in range(40) for day_s in range(0, 24 * HOUR_S, 6 * HOUR_S)
    ]
    assert report_findings(DETECTOR, meters) == []


def test_a_payment_terminal_carried_about_its_quarter_is_none() -> None:
    assert report_findings(DETECTOR, [sim_use(CARD, n * HOUR_S, cell=n % 3, data_kb=500) for n in range(20)]) == []
