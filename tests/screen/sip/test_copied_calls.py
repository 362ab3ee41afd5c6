"""The call of a copied INVITE is judged once, by a copy that names its trunk; a malformed one is no call."""

from hypothesis import given
from hypothesis import strategies as st
from tests.screen.feeds.sip_packets import AT, hep
from tests.screen.sip.calls import CALLEE, CALLER, request

from fanzha.screen.attempt import CallAttempt
from fanzha.screen.feeds.hep import HepFeed
from fanzha.screen.sip.copied_calls import CopiedCalls
from fanzha.screen.sip.listener import FixedTrunk, Listener, TrunkHeader

BY_HEADER = Listener("hep", "192.0.2.9", trunk=TrunkHeader("X-Trunk"))


def copied(listener: Listener = BY_HEADER) -> tuple[CopiedCalls, list[CallAttempt]]:
    judged = list[CallAttempt]()
    return CopiedCalls(listener, judged.append), judged


def test_an_invite_is_read_as_a_listener_reads_it() -> None:
    calls, judged = copied(Listener("hep", "192.0.2.9", trunk=FixedTrunk("IGW-1")))
    assert calls.receive(request("Remote-Party-ID: <sip:95588@x>"), AT)
    (attempt,) = judged
    assert (attempt.at, attempt.caller, attempt.callee, attempt.trunk) == (AT, CALLER, CALLEE, "IGW-1")
    assert attempt.claimed == ("95588",) and not attempt.own


def test_a_copy_without_the_trunks_header_waits_for_one_that_has_it() -> None:
    calls, judged = copied()
    feed = HepFeed(lambda _at, _table, _fields: None, copied_calls=calls)
    for headers in ((), (), ("X-Trunk: IGW-1",), ("X-Trunk: IGW-1",), ("X-Trunk: IGW-2",)):
        feed.receive(hep(request(*headers)), AT)
    assert [attempt.trunk for attempt in judged] == ["IGW-1"]


def test_requests_within_a_dialog_and_other_methods_are_no_calls() -> None:
    calls, judged = copied()
    assert calls.receive(request(f"To: <sip:{CALLEE}@x>;tag=2", "X-Trunk: T"), AT)
    assert calls.receive(request("CSeq: 1 BYE", "X-Trunk: T", line=f"BYE sip:{CALLEE}@x SIP/2.0"), AT)
    assert calls.receive(b"SIP/2.0 200 OK\r\n\r\n", AT)
    assert not judged and not calls.malformed


def test_a_malformed_invite_is_counted_and_not_judged() -> None:
    calls, judged = copied()
    for message in (request("From: <sip:1@x>, <sip:2@x>;tag=1"), request("Subject: a\nb", "X-Trunk: T")):
        assert calls.receive(message, AT)
    assert (judged, calls.malformed) == ([], 2)


def test_a_call_that_ended_may_be_tried_again_and_is_judged_again() -> None:
    calls, judged = copied()
    feed = HepFeed(lambda _at, _table, _fields: None, copied_calls=calls)
    ended = b"SIP/2.0 404 Not Found" + request("X-Trunk: T").partition(b"SIP/2.0")[2]
    feed.receive(hep(request("X-Trunk: T")), AT)
    feed.receive(hep(ended), AT + 1)
    feed.receive(hep(request("X-Trunk: T", "CSeq: 314160 INVITE")), AT + 2)
    assert len(judged) == 2


@given(st.binary(max_size=300), st.integers(0, 400))
def test_garbage_is_survived(garbage: bytes, position: int) -> None:
    calls, _ = copied()
    message = request("X-Trunk: T")
    calls.receive(message[:position] + garbage + message[position:], AT)
    calls.receive(garbage, AT)
