"""Calls of victims are sent on to the fraudster before the bank calls; abroad after a SIM swap."""

from collections import Counter

from tests.simulate.told import tell


def set_by(level: int, gangs: int) -> Counter[str]:
    return Counter(
        row["target"] for row in tell("forwarding_abuse", level, gangs=gangs)["forwarding"] if row["action"] == "set"
    )


def test_many_numbers_are_forwarded_to_one_target() -> None:
    assert set(set_by(0, 1).values()) == {10}
    assert max(set_by(1, 1).values()) == 2


def test_the_bank_calls_minutes_later_and_reaches_the_target() -> None:
    told = tell("forwarding_abuse", gangs=2)
    set_at = {row["number"]: row["occurred_at"] for row in told["forwarding"] if row["action"] == "set"}
    calls = told["call_offered"]
    assert {row["original_callee"] for row in calls} == told.subjects("phone_number", "victim")
    assert {(row["occurred_at"] - set_at[row["original_callee"]]) // 60_000 for row in calls} == {6}
    assert {row["callee"] for row in calls} <= told.subjects("phone_number", "fraud")


def test_the_third_gang_swaps_the_card_and_forwards_abroad() -> None:
    told = tell("forwarding_abuse", gangs=3)
    swapped = {row["number"] for row in told["sim_use"]}
    assert swapped
    targets = {row["target"] for row in told["forwarding"] if row["number"] in swapped}
    assert not [target for target in targets if target.startswith("+86")]
