"""Drivers talk with strangers all over the city."""

from tests.simulate.told import tell


def test_drivers_call_and_are_called_by_strangers_from_many_cells() -> None:
    told = tell("taxi_drivers")
    numbers = told.subjects("phone_number")
    calls = told.calls_of(numbers)
    assert len({call["callee"] for call in calls}) > 0.7 * len(calls) * 0.8
    assert len({call["cell"] for call in calls if call["caller"] == min(numbers)}) > 10
    assert sum(row["callee"] in numbers for row in told["call_offered"]) > 0.3 * len(calls)
