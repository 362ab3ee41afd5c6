"""Heat ages by itself and adds up in any order."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.command.campaigns.heat import HALF_LIFE_MS, heat_of, together, worth

NOW = 1_772_323_200_000
scores = st.floats(0.01, 1.0)


@given(scores)
def test_a_finding_is_worth_its_score_now_and_half_of_it_after_a_half_life(score: float) -> None:
    heat = heat_of(score, NOW)
    assert worth(heat, NOW) == pytest.approx(score)
    assert worth(heat, NOW + HALF_LIFE_MS) == pytest.approx(score / 2)


@given(st.lists(st.tuples(scores, st.integers(0, 30)), min_size=3, max_size=3))
def test_the_order_of_adding_does_not_matter(findings: list[tuple[float, int]]) -> None:
    found = set()
    for order in permutations(findings):
        one, two, three = (heat_of(score, NOW - hours * 3_600_000) for score, hours in order)
        found.add(round(together(together(one, two), three), 6))
    assert len(found) == 1


def test_the_order_of_campaigns_does_not_change_as_time_passes() -> None:
    old, new = heat_of(1.0, NOW - 2 * HALF_LIFE_MS), heat_of(0.3, NOW)
    assert all((old < new) == (worth(old, later) < worth(new, later)) for later in (NOW, NOW + 10 * HALF_LIFE_MS))


def test_what_is_ancient_neither_overflows_nor_matters() -> None:
    assert together(heat_of(1.0, 0), heat_of(1.0, NOW)) == pytest.approx(heat_of(1.0, NOW))
    assert worth(heat_of(1.0, 0), NOW) < 1e-20
