"""An instruction becomes one decision a target, under the same id each time, and acts until its end, however short."""

import pytest

from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import VerdictScope
from fanzha.dispose import Action
from fanzha.dispose._decisions import build_decisions, build_withdrawal
from fanzha.dispose._examples import GIVEN_AT, UNTIL, example_order

ORDER = example_order(Action.REFUSE, ("phone_number", "+8617000000001"), ("short_code", "95500"))
HOUR_MS = 3_600_000


def test_each_target_has_a_decision_that_names_basis_reason_and_end() -> None:
    dispatch = build_decisions(ORDER, Treatment.REFUSE, VerdictScope("outgoing"), GIVEN_AT)
    assert [one.subject for one in dispatch.decisions.values()] == ["+8617000000001", "95500"]
    one = next(iter(dispatch.decisions.values()))
    assert (one.decision, one.until, one.basis, one.direction) == (True, UNTIL, "ATF13, ATF32", "outgoing")
    assert one.reason_zh and one.reason_en
    assert build_withdrawal(ORDER).withdrawn == tuple(dispatch.decisions)


@pytest.mark.parametrize(
    ("lasts", "at", "told"),
    [
        (7 * 24 * HOUR_MS + 1, 0, 7 * 24 * HOUR_MS + 1),
        (7 * 24 * HOUR_MS + 1, 7 * 24 * HOUR_MS, 7 * 24 * HOUR_MS + HOUR_MS),
        (HOUR_MS, 0, HOUR_MS),
        (HOUR_MS // 2, 0, HOUR_MS),
        (2 * HOUR_MS - 1, 1, 2 * HOUR_MS),
    ],
)
def test_what_is_short_or_in_its_last_hour_is_told_the_full_hour_after_its_end(lasts: int, at: int, told: int) -> None:
    one = example_order(Action.REFUSE, ("phone_number", "+8617000000001"), until=GIVEN_AT + lasts)
    found = build_decisions(one, Treatment.REFUSE, VerdictScope(), GIVEN_AT + at).decisions
    assert [each.until for each in found.values()] == [GIVEN_AT + told]


def test_what_has_ended_is_refused() -> None:
    build_decisions(ORDER, Treatment.REFUSE, VerdictScope(), UNTIL - 1)
    with pytest.raises(ValueError, match="has ended"):
        build_decisions(ORDER, Treatment.REFUSE, VerdictScope(), UNTIL)
