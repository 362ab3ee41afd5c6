"""Figures add up the same in any order; who is suspected is no victim; the strictest marking stands."""

from datetime import timedelta
from functools import reduce
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from tests.command.campaigns.factories import campaign
from tests.command.campaigns.findings import found
from tests.command.people import World
from tests.command.subjects.factories import AT

from fanzha.base.marking import Marking
from fanzha.command.campaigns.models import Campaign, Placement
from fanzha.command.campaigns.stats import (
    HALF_LIFE_MS,
    CampaignStats,
    combine_heat,
    combine_same_subject,
    combine_stats,
    current_heat,
    finding_heat,
    finding_stats,
    placement_stats,
    sum_stats,
)

CALLS = {"windows": [{"window": "count(call_ended by caller, 1h)", "value": 31}], "amount_yuan": 12.5}


@pytest.fixture
def figures(world: World) -> list[CampaignStats]:
    owner = world["carrier"]
    return [
        finding_stats(found(owner, 1, CALLS, score=0.5, fraud_type="loan", marking=Marking.GREEN)),
        finding_stats(found(owner, 1, score=0.9, fraud_type="wangiri")),
        finding_stats(found(owner, 1, fraud_type="victim_at_risk", score=1.0, simulated=True)),
    ]


def same(figures: CampaignStats) -> CampaignStats:
    return figures._replace(heat=round(figures.heat, 6))


def test_a_finding_counts_calls_and_money(figures: list[CampaignStats]) -> None:
    first = figures[0]
    assert (first.findings, first.subjects, first.victims, first.calls, first.money) == (1, 1, 0, 31, 1_250)


def test_the_same_calls_of_one_subject_count_once_in_any_order(figures: list[CampaignStats]) -> None:
    results = {same(reduce(combine_same_subject, order)) for order in permutations([*figures, figures[0]])}
    (both,) = results
    assert (both.findings, both.subjects, both.victims, both.calls) == (4, 1, 0, 31)
    assert (both.fraud_type, both.top_score, both.marking, both.simulated) == ("wangiri", 0.9, "TLP:AMBER", False)


def test_figures_of_several_are_sums_in_any_order(figures: list[CampaignStats]) -> None:
    (all_,) = {same(combine_stats(order)) for order in permutations(figures)}
    assert (all_.findings, all_.subjects, all_.victims, all_.calls, all_.money) == (3, 2, 1, 31, 1_250)


def test_a_person_to_be_warned_is_a_victim_and_no_suspect(figures: list[CampaignStats]) -> None:
    assert (figures[2].subjects, figures[2].victims) == (0, 1)


def test_stories_of_more_calls_than_there_can_be_do_not_overflow(world: World) -> None:
    one = finding_stats(found(world["carrier"], 1, {"calls": 999_999_999, "amount_yuan": 9e11}))
    many = combine_stats([one] * 200_000)
    assert many.calls == 2**31 - 1 and many.money == 2**63 - 1


NOW = 1_772_323_200_000
scores = st.floats(0.01, 1.0)


@given(scores)
def test_a_finding_is_worth_its_score_now_and_half_of_it_after_a_half_life(score: float) -> None:
    heat = finding_heat(score, NOW)
    assert current_heat(heat, NOW) == pytest.approx(score)
    assert current_heat(heat, NOW + HALF_LIFE_MS) == pytest.approx(score / 2)


@given(st.lists(st.tuples(scores, st.integers(0, 30)), min_size=3, max_size=3))
def test_the_order_of_adding_does_not_matter(findings: list[tuple[float, int]]) -> None:
    found = set()
    for order in permutations(findings):
        one, two, three = (finding_heat(score, NOW - hours * 3_600_000) for score, hours in order)
        found.add(round(combine_heat(combine_heat(one, two), three), 6))
    assert len(found) == 1


def test_the_order_of_campaigns_does_not_change_as_time_passes() -> None:
    old, new = finding_heat(1.0, NOW - 2 * HALF_LIFE_MS), finding_heat(0.3, NOW)
    assert all(
        (old < new) == (current_heat(old, later) < current_heat(new, later)) for later in (NOW, NOW + 10 * HALF_LIFE_MS)
    )


def test_what_is_ancient_neither_overflows_nor_matters() -> None:
    assert combine_heat(finding_heat(1.0, 0), finding_heat(1.0, NOW)) == pytest.approx(finding_heat(1.0, NOW))
    assert current_heat(finding_heat(1.0, 0), NOW) < 1e-20


pytestmark = pytest.mark.django_db
TYPES = ["", "fake_loan", "wangiri", "victim_at_risk", "Zebra", "ä"]


def filled(world: World, seed: int, size: int = 12) -> Campaign:
    """A campaign whose placements hold anything, also what is too large to add up."""
    drawn = Random(seed)
    row = campaign(world["carrier"], size, first=100 * seed)
    placements = list(Placement._base_manager.filter(campaign=row))
    for one in placements:
        one.findings, one.is_victim = drawn.randrange(1, 9), drawn.random() < 0.3
        one.calls, one.money = drawn.choice([0, 31, 2**31 - 1]), drawn.choice([0, 1_250, 2**32, 2**63 - 1])
        one.top_score, one.heat = drawn.choice([0.4, 0.9]), drawn.choice([0.0, 80_000.5, 80_001.25])
        one.fraud_type, one.detector = drawn.choice(TYPES), drawn.choice(["a", "B", "ß"])
        one.simulated, one.marking = drawn.random() < 0.9, drawn.choice(list(Marking)).value
        one.first_at = AT - timedelta(seconds=drawn.randrange(10**6), microseconds=drawn.randrange(2))
        one.last_at = AT + timedelta(seconds=drawn.randrange(10**6))
        one.save()
    return row


def one_by_one(row: Campaign) -> CampaignStats:
    return combine_stats(map(placement_stats, Placement._base_manager.filter(campaign=row).order_by("pk")))


@pytest.mark.parametrize("seed", range(6))
def test_it_comes_to_what_adding_one_by_one_does(world: World, seed: int) -> None:
    row = filled(world, seed)
    found, wanted = sum_stats([row.pk])[row.pk], one_by_one(row)
    assert found._replace(heat=0) == wanted._replace(heat=0)
    assert found.heat == pytest.approx(wanted.heat)


def test_many_campaigns_take_one_statement_and_an_empty_one_has_no_figures(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [filled(world, seed, size=3) for seed in range(3)]
    Placement._base_manager.filter(campaign=rows[1]).delete()
    with django_assert_num_queries(1):
        found = sum_stats([row.pk for row in rows])
    assert found.keys() == {rows[0].pk, rows[2].pk}
    assert all(found[row.pk].findings == one_by_one(row).findings for row in (rows[0], rows[2]))


def test_of_nothing_nothing_is_asked(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert sum_stats([]) == {}
