"""Thresholds stand in order, and no setting lets a machine refuse."""

from typing import Any

import pytest

from fanzha.claims.evidence import FINDING, OPINION
from fanzha.claims.policy import Policy
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level


@pytest.mark.parametrize(
    "wrong",
    [{"watch": 0.9}, {"watch": 0.0}, {"suspected": 1.1}, {"trust": {"a": 2.0}}, {"organizations": -1.0}]
    + [{"treat_suspected": Treatment.REFUSE}, {"treat_watch": Treatment.REFUSE}],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must hold|between 0 and 1|takes a decision"):
        Policy(**wrong)


def test_levels_begin_at_their_thresholds() -> None:
    policy = Policy()
    found = [policy.level(score) for score in (0.0, 0.499, 0.5, 0.799, 0.8, 1.0)]
    assert found == [Level.CLEAR] * 2 + [Level.WATCH] * 2 + [Level.SUSPECTED] * 2
    assert [policy.treatment(level) for level in Level] == [Treatment.ALLOW, Treatment.ALLOW, Treatment.LABEL]


def test_a_named_source_has_its_own_trust() -> None:
    policy = Policy(trust={"a": 0.1})
    assert [policy.trust_in(FINDING, "a"), policy.trust_in(FINDING, "b"), policy.trust_in(OPINION, "b")] == [
        0.1,
        1,
        0.6,
    ]
