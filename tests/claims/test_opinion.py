"""An opinion says who holds it; what nobody could be held to is refused."""

from typing import Any

import msgspec
import pytest
from tests.claims.snapshots import AT

from fanzha.claims.opinion import Opinion
from fanzha.claims.verdict import Level


def opinion(**changes: Any) -> Opinion:
    said = {"organisation": "a made-up bank", "subject_kind": "phone_number", "subject": "+8617000000001"}
    return msgspec.convert({**said, "level": "watch", "given_at": AT, **changes}, Opinion)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"organisation": " "}, "has an organisation"),
        ({"treatment": "refuse"}, "only a decision"),
        ({"decision": True, "treatment": "refuse"}, "legal basis"),
        ({"score": 1.1}, "between 0 and 1"),
        ({"until": AT}, "not after given_at"),
        ({"level": "guilty"}, "guilty"),
        ({"fraud_tpye": "brushing"}, "fraud_tpye"),
    ],
)
def test_what_nobody_could_be_held_to_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=why):
        opinion(**changes)


def test_without_a_score_the_level_says_how_sure_it_is() -> None:
    assert (
        opinion().confidence == 0.5
        and opinion(level=Level.CLEAR).confidence == 1.0
        and opinion(score=0.3).confidence == 0.3
    )


def test_the_same_opinion_has_the_same_id() -> None:
    assert opinion().opinion_id == opinion().opinion_id != opinion(reason_zh="理由").opinion_id
