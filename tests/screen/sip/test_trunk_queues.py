"""Trunks take turns, the newest call of a trunk goes first, and what is too old or too much is dropped."""

from hypothesis import given
from hypothesis import strategies as st

from fanzha.screen.sip import trunk_queues
from fanzha.screen.sip.trunk_queues import MAX_BYTES, MAX_CALLS, TrunkQueues, WaitingCall


def waiting(number: int, size: int = 1) -> WaitingCall:
    return WaitingCall(b"x" * size, "192.0.2.1", 5060, number)


def taken(queues: TrunkQueues) -> list[int]:
    """Take every call; return when each arrived."""
    arrivals = []
    while (call := queues.take()) is not None:
        arrivals.append(call[0].arrived_ns)
    return arrivals


def test_trunks_take_turns_and_the_newest_call_of_each_goes_first() -> None:
    queues = TrunkQueues()
    for number in range(4):
        queues.append("flooded", waiting(number))
    queues.append("other", waiting(9))
    assert queues.take() == (waiting(3), 0)
    assert queues.take() == (waiting(9), 9)
    assert (taken(queues), queues.length) == ([2, 1, 0], 0)


def test_the_oldest_calls_of_a_full_queue_are_dropped() -> None:
    queues = TrunkQueues()
    dropped = [call for number in range(MAX_CALLS + 5) for call in queues.append("flooded", waiting(number))]
    assert dropped == [("flooded", number) for number in range(5)]
    assert (queues.length, min(taken(queues))) == (MAX_CALLS, 5)
    assert [len(queues.append("large", waiting(number, MAX_BYTES // 2 + 1))) for number in range(3)] == [0, 1, 1]
    assert queues.append("large", waiting(3, 2 * MAX_BYTES)) == [("large", 2)]
    assert taken(queues) == [3]


def test_calls_older_than_the_limit_are_dropped_from_every_trunk() -> None:
    queues = TrunkQueues()
    for number in range(6):
        queues.append(f"trunk {number % 2}", waiting(number))
    assert sorted(queues.drop_before(3)) == [("trunk 0", 0), ("trunk 0", 2), ("trunk 1", 1)]
    assert (queues.length, sorted(taken(queues))) == (3, [3, 4, 5])


def test_trunks_beyond_the_limit_share_a_queue(monkeypatch: object) -> None:
    queues = TrunkQueues()
    for number in range(trunk_queues.MAX_TRUNKS + 2):
        queues.append(f"trunk {number}", waiting(number))
    assert [call.arrived_ns - oldest for call, oldest in iter(queues.take, None)].count(1) == 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 100)), max_size=50), st.integers(0, 100))
def test_no_call_is_lost_or_taken_twice(calls: list[tuple[str, int]], limit: int) -> None:
    queues = TrunkQueues()
    for trunk, arrived in sorted(calls, key=lambda call: call[1]):
        queues.append(trunk, waiting(arrived))
    assert sorted(queues.drop_before(limit)) == sorted((trunk, at) for trunk, at in calls if at < limit)
    assert sorted(taken(queues)) == sorted(arrived for _, arrived in calls if arrived >= limit)
