"""A trunk's step says how far its calls are treated; a share of them is drawn by a key, call by call."""

import pytest

from fanzha.claims.treatment import TREATMENTS, Treatment
from fanzha.screen.enforcement import Acts, milder
from fanzha.screen.settings import Acting, Trunk

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("step", "most"),
    [
        (Acting.OFF, Treatment.ALLOW),
        (Acting.SHADOW, Treatment.ALLOW),
        (Acting.LABEL, Treatment.LABEL),
        (Acting.REFUSE, Treatment.REFUSE),
    ],
)
def test_each_step_has_its_hardest_treatment(step: Acting, most: Treatment) -> None:
    assert Acts("T", Trunk(acts=step), KEY).most(step, "call") is most


def test_in_a_share_some_calls_are_treated_as_meant_and_the_same_ones_again() -> None:
    acts = Acts("T", Trunk(acts=Acting.SHARE, share=0.25), KEY)
    drawn = [acts.most(Acting.SHARE, f"call-{n}") for n in range(4_000)]
    assert drawn == [acts.most(Acting.SHARE, f"call-{n}") for n in range(4_000)]
    assert set(drawn) == {Treatment.LABEL, Treatment.REFUSE}
    assert 0.22 < drawn.count(Treatment.REFUSE) / 4_000 < 0.28


def test_another_key_draws_other_calls() -> None:
    trunk = Trunk(acts=Acting.SHARE, share=0.5)
    one, other = Acts("T", trunk, KEY), Acts("T", trunk, b"o" * 32)
    calls = [f"call-{n}" for n in range(100)]
    assert [one.most(Acting.SHARE, c) for c in calls] != [other.most(Acting.SHARE, c) for c in calls]


def test_lists_guard_and_rules_may_differ_from_the_trunk() -> None:
    acts = Acts("T", Trunk(acts=Acting.LABEL, rules=Acting.OFF, guard=Acting.REFUSE), KEY)
    assert (acts.lists, acts.guard, acts.rules) == (Acting.LABEL, Acting.REFUSE, Acting.OFF)
    assert not acts.off
    assert Acts("T", Trunk(acts=Acting.OFF), KEY).off


def test_the_milder_of_two_is_taken() -> None:
    for one in TREATMENTS:
        for most in TREATMENTS:
            assert milder(one, most) is TREATMENTS[min(TREATMENTS.index(one), TREATMENTS.index(most))]


def test_where_nothing_acts_on_a_share_no_call_is_drawn() -> None:
    assert not any(Acts("T", Trunk(acts=Acting.REFUSE), KEY).draws(f"call-{n}") for n in range(100))
    lists_alone = Acts("T", Trunk(acts=Acting.LABEL, lists=Acting.SHARE, share=0.5), KEY)
    assert {lists_alone.draws(f"call-{n}") for n in range(100)} == {True, False}
