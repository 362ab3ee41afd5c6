"""Of two rulings the one that weighs more counts, whichever comes first."""

import pytest

from fanzha.detect._gateway.reasons import GROUNDS, Reason, harder

NONE, SERVICE, UNPROVEN = Reason.NONE, Reason.SERVICE_FROM_ABROAD, Reason.MOBILE_UNPROVEN


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(NONE, NONE, NONE), (NONE, SERVICE, SERVICE), (SERVICE, NONE, SERVICE), (SERVICE, UNPROVEN, SERVICE)],
)
def test_the_harder_ruling_counts(one: Reason, other: Reason, expected: Reason) -> None:
    assert harder(int(one), int(other)) == harder(int(other), int(one)) == int(expected)


def test_every_ruling_but_none_has_its_ground() -> None:
    assert set(GROUNDS) == set(Reason) - {Reason.NONE}
