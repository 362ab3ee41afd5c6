"""An instruction says who orders what of whom, on which basis and until when, or it is none."""

from typing import Any

import msgspec
import pytest

from fanzha.base.words import Words
from fanzha.dispose import Action, Target
from fanzha.dispose._examples import GIVEN_AT, example_order

ORDER = example_order(Action.REFUSE, ("phone_number", "+8617000000001"))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"issuer": " "}, "issuer"),
        ({"leg": ""}, "leg"),
        ({"basis": ()}, "basis"),
        ({"reason": Words("有", "")}, "both languages"),
        ({"approved_by": ("one",)}, "two persons"),
        ({"approved_by": ("one", "one")}, "two persons"),
        ({"until": GIVEN_AT}, "until"),
        ({"targets": ()}, "targets"),
        ({"targets": (ORDER.targets[0], ORDER.targets[0])}, "different"),
        ({"targets": (Target("website", "a.example"),)}, "does not concern"),
        ({"targets": (Target("phone_number", "170 0000 0001"),)}, "canonical"),
        ({"targets": (Target("phone_number", "not a number"),)}, "number"),
    ],
)
def test_what_nobody_could_be_held_to_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        msgspec.structs.replace(ORDER, **change)


def test_in_an_emergency_one_person_orders() -> None:
    alone = msgspec.structs.replace(ORDER, approved_by=("one",), emergency=True)
    assert alone.emergency
    with pytest.raises(ValueError, match="one"):
        msgspec.structs.replace(alone, approved_by=())
