"""Paired phones are told by a phone on data that is wherever somebody calls strangers from, and that never calls."""

from typing import Any

import pytest

from fanzha.detect.paired_phones import CARD, CELLS, DETECTOR, DEVICE, bridged_calls, data_usage
from fanzha.detect.rules.sample_facts import AT_HOME, incoming_calls, outgoing_calls
from fanzha.detect.testing import ReportedFinding, report_findings

NUMBER = "+8617000000079"


def scores(findings: list[ReportedFinding]) -> list[float]:
    return [finding.score for finding in findings]


@pytest.mark.parametrize(("count", "found"), [(7, []), (8, [("phone_number", NUMBER)])])
def test_eight_strangers_are_enough_where_the_pair_has_moved(count: int, found: list[tuple[str, str]]) -> None:
    pair = (bridged_calls(NUMBER, count), data_usage(45, moves_after=15))
    assert [(finding.kind, finding.subject) for finding in report_findings(DETECTOR, *pair)] == found


def test_a_pair_in_one_place_needs_every_other_sign() -> None:
    still = (outgoing_calls(NUMBER, 9, every_s=300, talk_s=60, answered_every=3, **AT_HOME | {"cell": CELLS[0]}),)
    beside = data_usage(60, moves_after=99)
    assert scores(report_findings(DETECTOR, *still, beside)) == [0.7]
    assert report_findings(DETECTOR, *still, beside, incoming_calls(NUMBER, 1, every_s=1)) == []


def test_without_a_phone_on_data_beside_it_a_number_is_not_half_of_a_pair() -> None:
    assert report_findings(DETECTOR, bridged_calls(NUMBER, 20)) == []


@pytest.mark.parametrize(("kilobytes", "found"), [(3_300, 0), (3_400, 1)])
def test_less_than_ten_megabytes_in_half_an_hour_carry_no_voice(kilobytes: float, found: int) -> None:
    session = data_usage(45, moves_after=20, kilobytes=kilobytes)  # three reports in half an hour
    assert len(report_findings(DETECTOR, bridged_calls(NUMBER, 8), session)) == found


def test_one_report_a_day_is_not_a_long_session() -> None:
    assert (
        report_findings(DETECTOR, bridged_calls(NUMBER, 8), data_usage(45, moves_after=20, kilobytes=90_000)[:1]) == []
    )


def test_a_phone_on_data_that_also_calls_is_no_bridge() -> None:
    own = outgoing_calls("+8617000000078", 1, every_s=0, start_s=-800, **AT_HOME, sim_card=CARD)
    assert report_findings(DETECTOR, bridged_calls(NUMBER, 8), data_usage(45, moves_after=20), own) == []


@pytest.mark.parametrize("own", [{"number": "+8617000000070"}, {"device": DEVICE}, {"sim_card": CARD}])
def test_number_device_or_card_shows_that_the_phone_on_data_calls(own: dict[str, Any]) -> None:
    fields = {**AT_HOME, **own}
    number = fields.pop("number", "+8617000000078")
    colleague = outgoing_calls(number, 1, every_s=0, start_s=-800, **fields)
    assert report_findings(DETECTOR, bridged_calls(NUMBER, 8), data_usage(45, moves_after=20), colleague) == []


@pytest.mark.parametrize(("fields", "found"), [({}, 0), ({"device": "860020000000079"}, 1)])
def test_where_calls_name_neither_card_nor_device_nobody_knows_whether_a_phone_without_number_calls(
    fields: dict[str, Any], found: int
) -> None:
    pair = (bridged_calls(NUMBER, 8, **fields), data_usage(45, moves_after=20, number=None))
    assert len(report_findings(DETECTOR, *pair)) == found


def test_who_is_answered_is_expected() -> None:
    assert report_findings(DETECTOR, bridged_calls(NUMBER, 16, answered_every=1), data_usage(90, moves_after=40)) == []


def test_a_number_that_is_only_claimed_is_not_accused() -> None:
    claimed = bridged_calls(NUMBER, 16, proven=False, ingress="interconnect")
    assert report_findings(DETECTOR, claimed, data_usage(90, moves_after=40)) == []
