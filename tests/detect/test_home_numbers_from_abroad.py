"""A trunk is found for home numbers that are made up, not for carrying the calls of travellers."""

import pytest

from fanzha.detect.home_numbers_from_abroad import DETECTOR, calls_from_abroad
from fanzha.detect.testing import report_findings


@pytest.mark.parametrize(("count", "found"), [(19, []), (20, [("trunk", "IGW-FIC-01")])])
def test_twenty_numbers_another_with_every_call_are_enough(count: int, found: list[tuple[str, str]]) -> None:
    assert [
        (finding.kind, finding.subject)
        for finding in report_findings(DETECTOR, calls_from_abroad(count, numbers=count, fixed=3))
    ] == found


@pytest.mark.parametrize("roaming", ["unproven", "disproven", None])
def test_unknown_is_no_proof(roaming: str | None) -> None:
    assert len(report_findings(DETECTOR, calls_from_abroad(20, numbers=20, fixed=3, roaming=roaming))) == 1


@pytest.mark.parametrize(("fixed", "found"), [(2, 0), (3, 1)])
def test_three_fixed_lines_are_no_travellers(fixed: int, found: int) -> None:
    assert len(report_findings(DETECTOR, calls_from_abroad(30, numbers=30, fixed=fixed))) == found


@pytest.mark.parametrize(("count", "answered_every", "found"), [(39, 3, 0), (40, 3, 1), (45, 2, 0)])
def test_of_mobiles_alone_it_takes_forty_calls_that_few_answer(count: int, answered_every: int, found: int) -> None:
    rows = calls_from_abroad(count, numbers=count, answered_every=answered_every)
    assert len(report_findings(DETECTOR, rows)) == found


@pytest.mark.parametrize(("again", "found"), [(1, 1), (3, 0)])
def test_where_people_answer_more_than_one_call_in_thirty_again_is_a_travellers(again: int, found: int) -> None:
    before = calls_from_abroad(again, numbers=5, answered_every=1)
    made_up = calls_from_abroad(60, numbers=60, start_s=6_000, answered_every=1)
    assert len(report_findings(DETECTOR, before, made_up)) == found


@pytest.mark.parametrize(("count", "found"), [(59, 0), (60, 1)])
def test_where_people_answer_it_takes_sixty_calls(count: int, found: int) -> None:
    assert len(report_findings(DETECTOR, calls_from_abroad(count, numbers=count, answered_every=1))) == found


@pytest.mark.parametrize(("proven", "found"), [(6, 1), (7, 0)])
def test_travellers_who_are_proven_to_roam_speak_for_the_trunk(proven: int, found: int) -> None:
    travellers = calls_from_abroad(proven, numbers=proven, first=900, answered_every=1, proven=True, roaming="proven")
    made_up = calls_from_abroad(60, numbers=60, start_s=3_000, answered_every=1)
    assert len(report_findings(DETECTOR, travellers, made_up)) == found


def test_foreign_numbers_and_other_ways_in_are_not_looked_at() -> None:
    rows = calls_from_abroad(30, numbers=30, fixed=3)
    foreign = [{**row, "caller": "+442079460081"} if "caller" in row else row for row in rows]
    assert report_findings(DETECTOR, foreign) == []
    assert report_findings(DETECTOR, calls_from_abroad(30, numbers=30, fixed=3, ingress="interconnect")) == []
