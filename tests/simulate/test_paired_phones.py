"""One of two phones in a cell has a data session while the other calls strangers."""

from tests.simulate.scenario_run import HOUR_MS, max_per_hour, run_scenario


def test_while_one_is_online_the_other_calls_from_the_same_cell() -> None:
    run = run_scenario("paired_phones", gangs=1)
    online = {(row["occurred_at"] // HOUR_MS, row["cell"]) for row in run["sim_use"] if row["service"] == "data"}
    calls = run["call_offered"]
    assert calls and {(row["occurred_at"] // HOUR_MS, row["cell"]) in online for row in calls} == {True}
    assert len({row["cell"] for row in calls}) > 2  # they drive about
    assert not {row["number"] for row in run["sim_use"]} & {row["caller"] for row in calls}


def test_a_wise_pair_calls_one_less_than_the_limit() -> None:
    assert max_per_hour(run_scenario("paired_phones")["call_offered"], "caller") == 25
    assert max_per_hour(run_scenario("paired_phones", 1)["call_offered"], "caller") == 9


def test_either_phone_stands_for_the_pair() -> None:
    run = run_scenario("paired_phones", gangs=1)
    assert len(run.subjects("phone_number")) == 4
    assert {row["actor"] for row in run.truth} == {row["caller"] for row in run["call_offered"]}
