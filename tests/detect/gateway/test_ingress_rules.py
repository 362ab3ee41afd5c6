"""The rules that say who cannot call from where are the same for one call and compiled for many."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fanzha.detect.gateway.assessment import reason_codes
from fanzha.detect.gateway.ingress_rules import INGRESS, ROAMING, reason_code
from fanzha.detect.gateway.reasons import GROUNDS, GatewayReason
from fanzha.kinds.numbering.terms import CLASSES, REASONS, NumberClass

CALLS = st.tuples(
    st.integers(-1, len(INGRESS) - 1),
    st.integers(-1, len(CLASSES) - 1),
    st.integers(-1, len(REASONS) - 1),
    st.integers(0, 16),
    st.booleans(),
    st.integers(-1, len(ROAMING) - 1),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(CALLS, min_size=1, max_size=50))
def test_compiled_for_many_they_rule_as_for_one(calls: list[tuple[int, int, int, int, bool, int, bool, bool]]) -> None:
    columns = [np.array(column) for column in zip(*calls, strict=True)]
    assert reason_codes(*columns).tolist() == [reason_code(*call) for call in calls]


@given(CALLS)
def test_what_is_ruled_is_a_reason_with_its_ground(call: tuple[int, int, int, int, bool, int, bool, bool]) -> None:
    found = GatewayReason(reason_code(*call))
    assert found is GatewayReason.NONE or found in GROUNDS


def test_an_emergency_centre_calls_back_over_a_mobile_network() -> None:
    emergency = CLASSES.index(NumberClass.EMERGENCY)
    assert reason_code(INGRESS.index("mobile"), emergency, 0, 3, True, -1, False, False) == GatewayReason.NONE
