"""Calls are followed as long as a call can last, told once, and their number is bounded."""

from tests.screen.feeds.recording_sink import RecordingSink

from fanzha.screen.feeds.call_tracker import MAX_STATE_MS, CallEnding, CallState, CallTracker, TrackedCall

HUNG_UP = CallEnding("caller", 16)


def test_ring_and_talk_times_are_of_the_sources_clock_and_facts_of_ours() -> None:
    sink = RecordingSink()
    calls: CallTracker[TrackedCall] = CallTracker(sink, "test")
    call = calls.begin(TrackedCall("a", 100), 5)
    calls.answer(call, 6, 3_100)
    calls.end(call, 7, 63_100, HUNG_UP, answered=True)
    ended = {"call_id": "a", "answered": True, "talk_ms": 60_000, "released_by": "caller", "release_cause": 16}
    assert sink.facts == [(6, "call_answered", {"call_id": "a", "ring_ms": 3_000}), (7, "call_ended", ended)]
    assert len(set(sink.ids)) == 2


def test_what_is_not_known_is_left_out() -> None:
    sink = RecordingSink()
    calls: CallTracker[TrackedCall] = CallTracker(sink, "test")
    call = calls.begin(TrackedCall("a", None), 5)
    calls.answer(call, 6, 6)
    calls.end(call, 7, 5, CallEnding(None, None), answered=None)
    assert [fields for _, _, fields in sink.facts] == [{"call_id": "a"}, {"call_id": "a"}]


def test_a_call_that_nobody_speaks_of_is_forgotten_and_counted() -> None:
    sink = RecordingSink()
    calls: CallTracker[TrackedCall] = CallTracker(sink, "test")
    calls.answer(calls.begin(TrackedCall("talks", 0), 0), 0, 0)
    calls.begin(TrackedCall("rings", 0), 0)
    calls.set_state(calls.begin(TrackedCall("pends", 0), 0), CallState.PENDING, 0)
    over = calls.begin(TrackedCall("over", 0), 0)
    calls.end(over, 0, 0, HUNG_UP, answered=False)
    calls.pass_time(MAX_STATE_MS[CallState.PENDING])
    assert sink.names == ["call_answered", "call_ended", "call_ended"]
    calls.pass_time(MAX_STATE_MS[CallState.RINGING])
    assert (calls.find("rings"), calls.find("over"), calls.unfinished) == (None, None, 1)
    calls.pass_time(MAX_STATE_MS[CallState.TALKING])
    assert (len(calls), calls.unfinished) == (0, 2)


def test_beyond_the_calls_allowed_those_nearest_to_their_end_are_forgotten() -> None:
    calls: CallTracker[TrackedCall] = CallTracker(RecordingSink(), "test", max_calls=3)
    calls.answer(calls.begin(TrackedCall("talks", 0), 0), 0, 0)
    calls.end(calls.begin(TrackedCall("over", 0), 0), 0, 0, HUNG_UP, answered=False)
    for name in "rst":
        calls.begin(TrackedCall(name, 0), 0)
    assert [name for name in ("talks", "over", *"rst") if calls.find(name)] == ["talks", "s", "t"]
    assert calls.unfinished == 1


def test_a_call_that_begins_again_is_the_new_one() -> None:
    calls: CallTracker[TrackedCall] = CallTracker(RecordingSink(), "test")
    calls.begin(TrackedCall("a", 0), 0)
    again = calls.begin(TrackedCall("a", 9), 9)
    assert calls.find("a") is again
    assert len(calls) == 1
