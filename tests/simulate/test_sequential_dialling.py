"""A machine dials runs of consecutive numbers, and from level 1 keeps each run below the limit."""

from itertools import pairwise

import pytest
from tests.simulate.scenario_run import Row, max_per_hour, run_scenario


def measure_longest_run(calls: list[Row]) -> int:
    longest = 0
    for caller in {call["caller"] for call in calls}:
        dialled = [int(call["callee"][1:]) for call in calls if call["caller"] == caller]
        run = 1
        for before, after in pairwise(dialled):
            run = run + 1 if after == before + 1 else 1
            longest = max(longest, run)
    return longest


def test_a_blunt_machine_dials_number_after_number_and_many_do_not_exist() -> None:
    run = run_scenario("sequential_dialling")
    calls = run.select_calls(run.subjects("phone_number"))
    assert measure_longest_run(calls) == 40
    assert sum(call["release_cause"] == 1 for call in calls) > 0.3 * len(calls)


@pytest.mark.parametrize("level", [1, 2])
def test_a_wise_machine_breaks_off_one_before_the_limit(level: int) -> None:
    run = run_scenario("sequential_dialling", level)
    calls = run.select_calls(run.subjects("phone_number"))
    assert measure_longest_run(calls) == 9
    assert max_per_hour(calls, "caller") <= 24
