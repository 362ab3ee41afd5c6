"""Of two rulings the one that weighs more counts, whichever comes first."""

import pytest

from fanzha.detect.gateway.reasons import GROUNDS, GatewayReason, stronger_reason

NONE, SERVICE, UNPROVEN = GatewayReason.NONE, GatewayReason.SERVICE_FROM_ABROAD, GatewayReason.MOBILE_UNPROVEN


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(NONE, NONE, NONE), (NONE, SERVICE, SERVICE), (SERVICE, NONE, SERVICE), (SERVICE, UNPROVEN, SERVICE)],
)
def test_the_harder_ruling_counts(first: GatewayReason, second: GatewayReason, expected: GatewayReason) -> None:
    assert stronger_reason(int(first), int(second)) == stronger_reason(int(second), int(first)) == int(expected)


def test_every_ruling_but_none_has_its_ground() -> None:
    assert set(GROUNDS) == set(GatewayReason) - {GatewayReason.NONE}
