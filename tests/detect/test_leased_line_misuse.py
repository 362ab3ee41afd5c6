"""A leased line is found for numbers that cannot all be its own, not for showing many."""

import pytest

from fanzha.detect.leased_line_misuse import DETECTOR, LINE, calls_claiming, rotating_calls
from fanzha.detect.testing import ReportedFinding, fired_rules, incoming_calls, report_findings

FOUND = ReportedFinding("leased_line_misuse", "trunk", "LINE-FIC-01", 0.8, "caller_id_spoofing")


def mobiles(count: int) -> list[str]:
    """Numbers of as many ranges, up to ten."""
    return [f"+86170000{n % 10}{n:04d}" for n in range(count)]


def fixed(count: int, ranges: int) -> list[str]:
    return [f"+86211700{n % ranges}{n:04d}" for n in range(count)]


@pytest.mark.parametrize(("numbers", "found"), [(4, []), (5, [FOUND])])
def test_five_mobile_numbers_of_three_ranges_are_enough(numbers: int, found: list[ReportedFinding]) -> None:
    assert report_findings(DETECTOR, calls_claiming(mobiles(numbers))) == found


@pytest.mark.parametrize(("numbers", "ranges", "found"), [(14, 7, 0), (15, 5, 0), (15, 6, 1)])
def test_of_fixed_numbers_alone_it_takes_fifteen_of_six_ranges(numbers: int, ranges: int, found: int) -> None:
    assert len(report_findings(DETECTOR, calls_claiming(fixed(numbers, ranges)))) == found


@pytest.mark.parametrize(("often", "found"), [(2, 1), (3, 0)])
def test_numbers_that_come_again_and_again_are_those_of_customers_of_the_line(often: int, found: int) -> None:
    assert (
        len(report_findings(DETECTOR, calls_claiming([number for number in fixed(15, 6) for _ in range(often)])))
        == found
    )


def test_two_ranges_may_be_those_of_one_firm() -> None:
    assert report_findings(DETECTOR, calls_claiming([f"+86170000{n % 2}{n:04d}" for n in range(20)])) == []


def test_numbers_that_the_line_has_proven_are_its_own() -> None:
    assert report_findings(DETECTOR, calls_claiming(mobiles(8), proven=True)) == []


def test_proven_calls_in_between_hide_nothing() -> None:
    own = calls_claiming(["+862117000051"] * 30, proven=True)
    assert report_findings(DETECTOR, own, calls_claiming(mobiles(5))) == [FOUND]


def test_a_call_that_was_diverted_is_not_looked_at() -> None:
    assert report_findings(DETECTOR, calls_claiming(mobiles(8), diversion="+862117000052")) == []


@pytest.mark.parametrize("ingress", ["international_gateway", "interconnect", "mobile"])
def test_other_ways_in_carry_the_numbers_of_many(ingress: str) -> None:
    assert report_findings(DETECTOR, calls_claiming(mobiles(20), ingress=ingress)) == []


def test_lines_do_not_answer_for_each_other() -> None:
    assert report_findings(DETECTOR, calls_claiming(mobiles(4)), calls_claiming(mobiles(4), trunk="LINE-FIC-02")) == []
    assert LINE["trunk"] == FOUND.subject


@pytest.mark.parametrize(
    ("numbers", "count", "found"), [(5, 60, set()), (6, 39, set()), (6, 48, {"leased_line_rotation"})]
)
def test_six_numbers_that_take_turns_and_forty_calls_are_looked_at(numbers: int, count: int, found: set[str]) -> None:
    assert fired_rules(DETECTOR, rotating_calls(numbers, count)) == found


@pytest.mark.parametrize("proven", [False, True])
def test_the_trunk_is_named_whether_or_not_its_numbers_are_proven(proven: bool) -> None:
    (finding,) = report_findings(DETECTOR, rotating_calls(12, 96, proven=proven))
    assert (finding.kind, finding.subject, finding.rule) == ("trunk", "LINE-FIC-01", "leased_line_rotation")
    assert finding.fraud_type == "other"  # the numbers may be the line's own


@pytest.mark.parametrize(("answered_every", "found"), [(1, 0), (2, 0), (3, 1)])
def test_an_office_and_a_school_are_answered(answered_every: int, found: int) -> None:
    assert len(report_findings(DETECTOR, rotating_calls(20, 120, answered_every=answered_every))) == found


def test_an_office_that_calls_the_same_customers_again_is_none() -> None:
    customers = [rotating_calls(12, 20, start_s=n * 2_400) for n in range(6)]
    assert report_findings(DETECTOR, *customers) == []


def test_numbers_that_people_call_are_those_of_a_firm() -> None:
    called = [incoming_calls(f"+8621170009{n:02d}", 3, every_s=300, start_s=-1_000) for n in range(8)]
    assert report_findings(DETECTOR, rotating_calls(8, 48), *called) == []


def test_a_licensed_call_centre_shows_its_one_number() -> None:
    assert report_findings(DETECTOR, rotating_calls(1, 200, talk_s=90)) == []


def test_one_extension_that_sells_does_not_make_its_line_rotate() -> None:
    selling = rotating_calls(1, 60)
    others = rotating_calls(7, 30, answered_every=1, start_s=60)
    assert report_findings(DETECTOR, selling, others) == []
