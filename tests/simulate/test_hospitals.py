"""Hospitals call patients from a proven fixed line, on working days."""

from tests.simulate.told import DAY_MS, MONDAY, most_in_an_hour, tell


def test_a_desk_calls_patient_after_patient_over_its_own_trunk() -> None:
    told = tell("hospitals")
    calls = told["call_offered"]
    assert most_in_an_hour(calls, "caller") == 40
    assert {row["proven_caller"] for row in calls} == told.subjects("phone_number")
    assert {row["trunk"] for row in calls} == told.subjects("trunk")


def test_nobody_calls_on_a_sunday() -> None:
    days = {(row["occurred_at"] - MONDAY) // DAY_MS for row in tell("hospitals", days=7)["call_offered"]}
    assert days == {0, 1, 2, 3, 4}
