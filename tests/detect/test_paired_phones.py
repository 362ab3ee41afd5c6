"""Paired phones are told by a phone on data that is wherever somebody calls strangers from, and that never calls."""

import pytest
from tests.detect.telling import Told, told

from fanzha.detect._rules.made_up import AT_HOME, calls, taken
from fanzha.detect.paired_phones import CARD, CELLS, DETECTOR, driven, online

NUMBER = "+8617000000079"


def scores(findings: list[Told]) -> list[float]:
    return [one.score for one in findings]


@pytest.mark.parametrize(("count", "found"), [(7, []), (8, [("phone_number", NUMBER)])])
def test_eight_strangers_are_enough_where_the_pair_has_moved(count: int, found: list[tuple[str, str]]) -> None:
    pair = (driven(NUMBER, count), online(45, moves_after=15))
    assert [(one.kind, one.subject) for one in told(DETECTOR, *pair)] == found


def test_a_pair_in_one_place_needs_every_other_sign() -> None:
    still = (calls(NUMBER, 9, every_s=300, talk_s=60, answered_every=3, **AT_HOME | {"cell": CELLS[0]}),)
    beside = online(60, moves_after=99)
    assert scores(told(DETECTOR, *still, beside)) == [0.7]
    assert told(DETECTOR, *still, beside, taken(NUMBER, 1, every_s=1)) == []


def test_without_a_phone_on_data_beside_it_a_number_is_not_half_of_a_pair() -> None:
    assert told(DETECTOR, driven(NUMBER, 20)) == []


@pytest.mark.parametrize(("kilobytes", "found"), [(3_300, 0), (3_400, 1)])
def test_less_than_ten_megabytes_in_half_an_hour_carry_no_voice(kilobytes: float, found: int) -> None:
    session = online(45, moves_after=20, kilobytes=kilobytes)  # three reports in half an hour
    assert len(told(DETECTOR, driven(NUMBER, 8), session)) == found


def test_one_report_a_day_is_not_a_long_session() -> None:
    assert told(DETECTOR, driven(NUMBER, 8), online(45, moves_after=20, kilobytes=90_000)[:1]) == []


def test_a_phone_on_data_that_also_calls_is_no_bridge() -> None:
    own = calls("+8617000000078", 1, every_s=0, start_s=-800, **AT_HOME, sim_card=CARD)
    assert told(DETECTOR, driven(NUMBER, 8), online(45, moves_after=20), own) == []


def test_who_is_answered_is_expected() -> None:
    assert told(DETECTOR, driven(NUMBER, 16, answered_every=1), online(90, moves_after=40)) == []


def test_a_number_that_is_only_claimed_is_not_accused() -> None:
    claimed = driven(NUMBER, 16, proven=False, ingress="interconnect")
    assert told(DETECTOR, claimed, online(90, moves_after=40)) == []
