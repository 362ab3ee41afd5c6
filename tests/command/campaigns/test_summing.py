"""The database adds figures up as the importer does, in one statement, however much is in however many campaigns."""

from datetime import timedelta
from random import Random

import pytest
from pytest_django import DjangoAssertNumQueries
from tests.command.campaigns.made import campaign
from tests.command.people import World
from tests.command.subjects.made import AT

from fanzha.base.marking import Marking
from fanzha.command.campaigns.adding import Figures, of_placement, of_several
from fanzha.command.campaigns.models import Campaign, Placement
from fanzha.command.campaigns.summing import figures_in

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


def one_by_one(row: Campaign) -> Figures:
    return of_several(map(of_placement, Placement._base_manager.filter(campaign=row).order_by("pk")))


@pytest.mark.parametrize("seed", range(6))
def test_it_comes_to_what_adding_one_by_one_does(world: World, seed: int) -> None:
    row = filled(world, seed)
    found, wanted = figures_in([row.pk])[row.pk], one_by_one(row)
    assert found._replace(heat=0) == wanted._replace(heat=0)
    assert found.heat == pytest.approx(wanted.heat)


def test_many_campaigns_take_one_statement_and_an_empty_one_has_no_figures(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [filled(world, seed, size=3) for seed in range(3)]
    Placement._base_manager.filter(campaign=rows[1]).delete()
    with django_assert_num_queries(1):
        found = figures_in([row.pk for row in rows])
    assert found.keys() == {rows[0].pk, rows[2].pk}
    assert all(found[row.pk].findings == one_by_one(row).findings for row in (rows[0], rows[2]))


def test_of_nothing_nothing_is_asked(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert figures_in([]) == {}
