"""A box is told by several signs together, each of which an honest phone may show; or by our own test call."""

from typing import Any

import pytest

from fanzha.detect.rules.sample_facts import AT_HOME, Row, call, incoming_calls, outgoing_calls, probe_call
from fanzha.detect.sim_box import DETECTOR, sim_box_calls
from fanzha.detect.testing import ReportedFinding, fired_rules, report_findings

NUMBER, TEST_LINE = "+8617000000069", "+8617000990000"


def numbers(findings: list[ReportedFinding]) -> set[str]:
    return {finding.subject for finding in findings}


@pytest.mark.parametrize(("cards", "found"), [(2, 0), (3, 3)])
def test_three_cards_in_a_device_are_more_than_a_phone_has(cards: int, found: int) -> None:
    assert len(report_findings(DETECTOR, sim_box_calls(cards, devices=1))) == found


@pytest.mark.parametrize(("each", "found"), [(7, 0), (8, 3)])
def test_a_card_is_judged_once_it_has_made_eight_calls(each: int, found: int) -> None:
    assert len(report_findings(DETECTOR, sim_box_calls(3, devices=1, calls_per_card=each))) == found


def test_cards_that_each_have_a_device_are_colleagues_in_one_office() -> None:
    assert report_findings(DETECTOR, sim_box_calls(8, devices=8)) == []


def test_cards_that_take_calls_as_people_do_are_not_a_box() -> None:
    taking = [incoming_calls(f"+8617000000{n:03d}", 4, every_s=1_000, ingress="interconnect") for n in range(3)]
    assert report_findings(DETECTOR, sim_box_calls(3, devices=1), *taking) == []


def test_cards_that_call_the_same_people_lack_a_sign() -> None:
    assert report_findings(DETECTOR, sim_box_calls(3, devices=1, step=0)) == []


def test_a_box_that_hides_by_taking_calls_and_changing_devices_is_still_one() -> None:
    hiding = [incoming_calls(f"+8617000000{n:03d}", 1, every_s=1_000, ingress="interconnect") for n in range(6)]
    moved = sim_box_calls(6, devices=2, start_s=80_000, device="86002009000001")
    assert len(numbers(report_findings(DETECTOR, sim_box_calls(6, devices=2, each=10), *hiding, moved))) == 6


def test_a_card_that_moves_to_a_new_phone_is_not_a_box() -> None:
    how: dict[str, Any] = {**AT_HOME, "every_s": 600, "talk_s": 60, "sim_card": "460990000009999"}
    before = outgoing_calls(NUMBER, 9, **how, device="86002001000001")
    assert (
        report_findings(DETECTOR, before, outgoing_calls(NUMBER, 9, **how, device="86002001000002", start_s=6_000))
        == []
    )


@pytest.mark.parametrize("fields", [{"arrived": False}, {"received_ingress": "interconnect"}])
def test_a_test_call_counts_when_it_arrived_from_a_phone_of_our_own(fields: dict[str, Any]) -> None:
    own = call(NUMBER, TEST_LINE, 1, **AT_HOME)
    assert fired_rules(DETECTOR, [probe_call(NUMBER)], own) == {"sim_box_probed"}
    assert report_findings(DETECTOR, [probe_call(NUMBER, **fields)], own) == []


def test_a_test_call_from_our_own_test_phone_abroad_is_as_it_was_sent() -> None:
    assert (
        report_findings(DETECTOR, [probe_call(NUMBER, sent_caller=NUMBER)], call(NUMBER, TEST_LINE, 1, **AT_HOME)) == []
    )


def test_who_only_claims_the_number_of_a_card_does_not_bring_it_under_suspicion() -> None:
    claimed = call(NUMBER, TEST_LINE, 1, ingress="interconnect", trunk="TG-FIC-01")
    assert report_findings(DETECTOR, [probe_call(NUMBER)], claimed) == []


def test_two_test_calls_are_stronger_than_one() -> None:
    probes = [probe_call(NUMBER), probe_call(NUMBER, 5)]
    (finding,) = report_findings(DETECTOR, probes[:1], call(NUMBER, TEST_LINE, 9, **AT_HOME))
    (two,) = report_findings(DETECTOR, probes, call(NUMBER, TEST_LINE, 9, **AT_HOME))
    assert (finding.score, two.score) == (0.9, 1.0)


def shared_imei(phones: int, **fields: Any) -> list[Row]:
    """Phones with one IMEI between them that call strangers."""
    return [
        row
        for n in range(phones)
        for row in outgoing_calls(
            f"+8617000000{n:03d}",
            10,
            every_s=600,
            talk_s=20,
            first_callee=17_000_100_000 + 49_000 * n,
            **AT_HOME | {"device": "86002009900001", "cell": f"460-00-2100-{n:05d}"} | fields,
        )
    ]


@pytest.mark.parametrize(("count", "found"), [(4, 0), (5, 5)])
def test_records_without_the_card_are_enough_from_five_numbers_in_a_device(count: int, found: int) -> None:
    alone: dict[str, Any] = {"sim_card": None, "cell": None}
    assert len(report_findings(DETECTOR, sim_box_calls(count, devices=1, **alone, step=0))) == 0
    assert len(report_findings(DETECTOR, sim_box_calls(count, devices=1, **alone))) >= found


def test_phones_of_one_imei_in_cells_of_their_own_are_no_box() -> None:
    assert report_findings(DETECTOR, shared_imei(9)) == []
    assert len(numbers(report_findings(DETECTOR, shared_imei(9, cell="460-00-2100-00077")))) == 9


def test_an_imei_of_zeros_names_no_device() -> None:
    zeros = shared_imei(9, device="00000000000000", cell="460-00-2100-00077")
    assert {finding.rule for finding in report_findings(DETECTOR, zeros)} <= {"sim_box"}
    assert report_findings(DETECTOR, shared_imei(9, device="00000000000000")) == []


def test_couriers_of_one_depot_whose_records_name_neither_card_nor_device_are_no_box() -> None:
    depot: dict[str, Any] = {"sim_card": None, "device": None}
    assert report_findings(DETECTOR, sim_box_calls(12, devices=1, calls_per_card=20, **depot)) == []


def test_numbers_in_one_cell_that_few_answer_are_a_box_where_records_name_numbers_only() -> None:
    bare: dict[str, Any] = {"sim_card": None, "device": None, "answered_every": 3}
    found = report_findings(DETECTOR, sim_box_calls(12, devices=1, calls_per_card=12, **bare))
    assert len(numbers(found)) == 12


@pytest.mark.parametrize(("count", "found"), [(3, []), (4, [("device", "860020000000011")])])
def test_the_device_is_named_where_no_number_is_proven(count: int, found: list[tuple[str, str]]) -> None:
    unproven = sim_box_calls(count, devices=1, sim_card=None, proven=False)
    assert [(finding.kind, finding.subject) for finding in report_findings(DETECTOR, unproven)] == found


def test_a_phone_whose_four_cards_call_the_family_is_no_device_of_a_box() -> None:
    family = sim_box_calls(4, devices=1, sim_card=None, proven=False, step=0)
    assert report_findings(DETECTOR, family) == []


@pytest.mark.parametrize("proven", [True, False])
def test_alarm_modems_of_one_building_that_share_an_imei_report_to_few_numbers(proven: bool) -> None:
    alarms = sim_box_calls(8, devices=1, calls_per_card=12, sim_card=None, proven=proven, step=0)
    assert report_findings(DETECTOR, alarms) == []


def test_a_card_of_a_box_has_called_five_people() -> None:
    box: dict[str, Any] = {"devices": 1, "sim_card": None, "start_s": 0}
    few = [sim_box_calls(8, calls_per_card=4, **box), sim_box_calls(8, calls_per_card=4, **{**box, "start_s": 40_000})]
    assert report_findings(DETECTOR, *few) == []
