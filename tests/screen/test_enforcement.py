"""A trunk's step says how far its calls are treated; a share of them is drawn by a key, call by call."""

import pytest

from fanzha.claims.treatment import TREATMENTS, Treatment
from fanzha.screen.enforcement import TrunkEnforcement, cap_treatment, shadow_settings
from fanzha.screen.settings import EnforcementStep, TrunkSettings

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (EnforcementStep.OFF, Treatment.ALLOW),
        (EnforcementStep.SHADOW, Treatment.ALLOW),
        (EnforcementStep.LABEL, Treatment.LABEL),
        (EnforcementStep.REFUSE, Treatment.REFUSE),
    ],
)
def test_each_step_has_its_hardest_treatment(step: EnforcementStep, expected: Treatment) -> None:
    assert TrunkEnforcement("T", TrunkSettings(acts=step), KEY).hardest_treatment(step, "call") is expected


def test_in_a_share_some_calls_are_treated_as_meant_and_the_same_ones_again() -> None:
    acts = TrunkEnforcement("T", TrunkSettings(acts=EnforcementStep.SHARE, share=0.25), KEY)
    drawn = [acts.hardest_treatment(EnforcementStep.SHARE, f"call-{n}") for n in range(4_000)]
    assert drawn == [acts.hardest_treatment(EnforcementStep.SHARE, f"call-{n}") for n in range(4_000)]
    assert set(drawn) == {Treatment.LABEL, Treatment.REFUSE}
    assert 0.22 < drawn.count(Treatment.REFUSE) / 4_000 < 0.28


def test_another_key_draws_other_calls() -> None:
    trunk = TrunkSettings(acts=EnforcementStep.SHARE, share=0.5)
    treatment, limit = TrunkEnforcement("T", trunk, KEY), TrunkEnforcement("T", trunk, b"o" * 32)
    calls = [f"call-{n}" for n in range(100)]
    assert [treatment.hardest_treatment(EnforcementStep.SHARE, c) for c in calls] != [
        limit.hardest_treatment(EnforcementStep.SHARE, c) for c in calls
    ]


def test_lists_guard_and_rules_may_differ_from_the_trunk() -> None:
    acts = TrunkEnforcement(
        "T", TrunkSettings(acts=EnforcementStep.LABEL, rules=EnforcementStep.OFF, guard=EnforcementStep.REFUSE), KEY
    )
    assert (acts.lists, acts.guard, acts.rules) == (EnforcementStep.LABEL, EnforcementStep.REFUSE, EnforcementStep.OFF)
    assert not acts.off
    assert TrunkEnforcement("T", TrunkSettings(acts=EnforcementStep.OFF), KEY).off


def test_the_milder_of_two_is_taken() -> None:
    for treatment in TREATMENTS:
        for expected in TREATMENTS:
            assert (
                cap_treatment(treatment, expected)
                is TREATMENTS[min(TREATMENTS.index(treatment), TREATMENTS.index(expected))]
            )


def test_where_nothing_acts_on_a_share_no_call_is_drawn() -> None:
    assert not any(
        TrunkEnforcement("T", TrunkSettings(acts=EnforcementStep.REFUSE), KEY).is_in_share(f"call-{n}")
        for n in range(100)
    )
    lists_alone = TrunkEnforcement(
        "T", TrunkSettings(acts=EnforcementStep.LABEL, lists=EnforcementStep.SHARE, share=0.5), KEY
    )
    assert {lists_alone.is_in_share(f"call-{n}") for n in range(100)} == {True, False}


def test_a_trunk_in_shadow_has_no_step_of_its_own_and_one_that_is_off_stays_off() -> None:
    acting = TrunkSettings(acts=EnforcementStep.SHARE, share=0.5, lists=EnforcementStep.REFUSE)
    shadow = TrunkEnforcement("T", shadow_settings(acting), b"k" * 32)
    steps = {shadow.label, shadow.lists, shadow.guard, shadow.rules}
    assert steps == {EnforcementStep.SHADOW} and not shadow.has_share and not shadow.off
    off = TrunkSettings(acts=EnforcementStep.OFF)
    assert shadow_settings(off) is off
