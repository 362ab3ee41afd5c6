"""Figures add up the same in any order; who is suspected is no victim; the strictest marking stands."""

from functools import reduce
from itertools import permutations

import pytest
from tests.command.campaigns.findings import found
from tests.command.people import World

from fanzha.base.marking import Marking
from fanzha.command.campaigns.adding import Figures, more_of_one, of_finding, of_several

CALLS = {"windows": [{"window": "count(call_ended by caller, 1h)", "value": 31}], "amount_yuan": 12.5}


@pytest.fixture
def figures(world: World) -> list[Figures]:
    owner = world["carrier"]
    return [
        of_finding(found(owner, 1, CALLS, score=0.5, fraud_type="loan", marking=Marking.GREEN)),
        of_finding(found(owner, 1, score=0.9, fraud_type="wangiri")),
        of_finding(found(owner, 1, fraud_type="victim_at_risk", score=1.0, simulated=True)),
    ]


def same(figures: Figures) -> Figures:
    return figures._replace(heat=round(figures.heat, 6))


def test_a_finding_counts_calls_and_money(figures: list[Figures]) -> None:
    first = figures[0]
    assert (first.findings, first.subjects, first.victims, first.calls, first.money) == (1, 1, 0, 31, 1_250)


def test_the_same_calls_of_one_subject_count_once_in_any_order(figures: list[Figures]) -> None:
    results = {same(reduce(more_of_one, order)) for order in permutations([*figures, figures[0]])}
    (both,) = results
    assert (both.findings, both.subjects, both.victims, both.calls) == (4, 1, 0, 31)
    assert (both.fraud_type, both.top_score, both.marking, both.simulated) == ("wangiri", 0.9, "TLP:AMBER", False)


def test_figures_of_several_are_sums_in_any_order(figures: list[Figures]) -> None:
    (all_,) = {same(of_several(order)) for order in permutations(figures)}
    assert (all_.findings, all_.subjects, all_.victims, all_.calls, all_.money) == (3, 2, 1, 31, 1_250)


def test_a_person_to_be_warned_is_a_victim_and_no_suspect(figures: list[Figures]) -> None:
    assert (figures[2].subjects, figures[2].victims) == (0, 1)


def test_stories_of_more_calls_than_there_can_be_do_not_overflow(world: World) -> None:
    one = of_finding(found(world["carrier"], 1, {"calls": 999_999_999, "amount_yuan": 9e11}))
    many = of_several([one] * 200_000)
    assert many.calls == 2**31 - 1 and many.money == 2**63 - 1
