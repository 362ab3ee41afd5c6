"""One ring from abroad and nobody may answer; some call the premium number back."""

from tests.simulate.told import most_in_an_hour, tell


def test_it_rings_once_over_its_trunk_and_is_called_back() -> None:
    told = tell("wangiri")
    numbers = told.subjects("phone_number")
    calls = told.calls_of(numbers)
    ended = {row["call_id"]: row for row in told["call_ended"]}
    assert most_in_an_hour(calls, "caller") == 200
    assert sum(call["answered"] for call in calls) < 0.06 * len(calls)
    rings = [ended[call["call_id"]]["occurred_at"] - call["occurred_at"] for call in calls]
    assert sorted(rings)[len(rings) // 2] < 2_000
    back = [row for row in told["call_offered"] if row["callee"] in numbers]
    assert back and {row["ingress"] for row in back} == {"mobile", "interconnect"}


def test_a_wise_one_rings_longer_and_rings_fewer() -> None:
    told = tell("wangiri", 1)
    calls = told.calls_of(told.subjects("phone_number"))
    assert len(calls) < len(tell("wangiri").calls_of(tell("wangiri").subjects("phone_number"))) / 3
    ended = {row["call_id"]: row["occurred_at"] for row in told["call_ended"]}
    assert min(ended[call["call_id"]] - call["occurred_at"] for call in calls) > 4_000
