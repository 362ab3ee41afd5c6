"""Calls of victims are forwarded to the fraudster before the bank calls, or abroad after a SIM swap."""

from collections import Counter

from tests.simulate.scenario_run import run_scenario


def count_set_targets(level: int, gangs: int) -> Counter[str]:
    return Counter(
        row["target"]
        for row in run_scenario("forwarding_abuse", level, gangs=gangs)["forwarding"]
        if row["action"] == "set"
    )


def test_many_numbers_are_forwarded_to_one_target() -> None:
    assert set(count_set_targets(0, 1).values()) == {10}
    assert max(count_set_targets(1, 1).values()) == 2


def test_the_bank_calls_minutes_later_and_reaches_the_target() -> None:
    run = run_scenario("forwarding_abuse", gangs=2)
    set_at = {row["number"]: row["occurred_at"] for row in run["forwarding"] if row["action"] == "set"}
    calls = run["call_offered"]
    assert {row["original_callee"] for row in calls} == run.subjects("phone_number", "victim")
    assert {(row["occurred_at"] - set_at[row["original_callee"]]) // 60_000 for row in calls} == {6}
    assert {row["callee"] for row in calls} <= run.subjects("phone_number", "fraud")


def test_the_third_gang_swaps_the_card_and_forwards_abroad() -> None:
    run = run_scenario("forwarding_abuse", gangs=3)
    swapped = {row["number"] for row in run["sim_use"]}
    assert swapped
    targets = {row["target"] for row in run["forwarding"] if row["number"] in swapped}
    assert not [target for target in targets if target.startswith("+86")]
