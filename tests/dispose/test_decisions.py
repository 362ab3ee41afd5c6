"""An instruction becomes one decision a target, under an id that is the same each time, and for full hours only."""

import pytest

from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Scope
from fanzha.dispose import Action
from fanzha.dispose._decisions import decided, withdrawn
from fanzha.dispose._examples import GIVEN_AT, UNTIL, order

ORDER = order(Action.REFUSE, ("phone_number", "+8617000000001"), ("short_code", "95500"))
HOUR_MS = 3_600_000


def test_each_target_has_a_decision_that_names_basis_reason_and_end() -> None:
    dispatch = decided(ORDER, Treatment.REFUSE, Scope("outgoing"), GIVEN_AT)
    assert [one.subject for one in dispatch.decisions.values()] == ["+8617000000001", "95500"]
    one = next(iter(dispatch.decisions.values()))
    assert (one.decision, one.until, one.basis, one.direction) == (True, UNTIL, "ATF13, ATF32", "outgoing")
    assert one.reason_zh and one.reason_en
    assert withdrawn(ORDER).withdrawn == tuple(dispatch.decisions)


def test_what_a_snapshot_could_not_say_for_a_moment_is_refused() -> None:
    decided(ORDER, Treatment.REFUSE, Scope(), UNTIL - HOUR_MS - 1)
    decided(ORDER, Treatment.REFUSE, Scope(), UNTIL - 1)
    with pytest.raises(ValueError, match="full hours"):
        decided(ORDER, Treatment.REFUSE, Scope(), UNTIL)
