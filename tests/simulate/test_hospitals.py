"""Hospitals call patients from a proven fixed line, on working days."""

from tests.simulate.scenario_run import DAY_MS, MONDAY, max_per_hour, run_scenario


def test_a_desk_calls_patient_after_patient_over_its_own_trunk() -> None:
    run = run_scenario("hospitals")
    calls = run["call_offered"]
    assert max_per_hour(calls, "caller") == 40
    assert {row["proven_caller"] for row in calls} == run.subjects("phone_number")
    assert {row["trunk"] for row in calls} == run.subjects("trunk")


def test_nobody_calls_on_a_sunday() -> None:
    days = {(row["occurred_at"] - MONDAY) // DAY_MS for row in run_scenario("hospitals", days=7)["call_offered"]}
    assert days == {0, 1, 2, 3, 4}
