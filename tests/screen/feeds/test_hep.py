"""Copies of calls through a proxy become answers and ends, whatever is lost, doubled, forked or tried again."""

import gzip
import zlib
from ipaddress import ip_network
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.screen.feeds.recording_sink import RecordingSink
from tests.screen.feeds.sip_packets import AT, INNER, chunk, hep, request, response

from fanzha.screen.feeds import hep as hep_module
from fanzha.screen.feeds.call_tracker import MAX_STATE_MS, CallState
from fanzha.screen.feeds.hep import HepFeed, HepProtocol

SECOND_INNER = INNER.replace("z9hG4bKproxy", "z9hG4bKproxy2")
OFFERED = (request("INVITE"), request("INVITE", INNER))
ANSWERED = (response(200, INNER), response(200))

#: The example of the HEP3 draft: IPv4, UDP, 212.202.0.1:12010 to 82.116.0.211:5060, SIP, agent 228; its payload
#: was cut ("INVITE sip:bob ..."), so that no call follows.
DRAFT = bytes.fromhex(
    "48455033" "0071" "0000000100070200000002000711000000030" "00ad4ca000100000004000a527400d3"
    "0000000700082eea" "00000008000813c4" "00000009000a4e49824a" "0000000a000a0001d4c0" "0000000b000701"
    "0000000c000a000000e4" "0000000f0014494e56495445207369703a626f62"
)  # fmt: skip


def fed(*messages: bytes, at: int = AT, every: int = 1_000) -> RecordingSink:
    """Feed messages a second apart, each twice."""
    sink = RecordingSink()
    feed = HepFeed(sink)
    for nth, message in enumerate(messages):
        for _ in range(2):
            feed.receive(hep(message, at + nth * every), at + nth * every + 5)
    feed.pass_time(at + len(messages) * every + MAX_STATE_MS[CallState.PENDING])
    return sink


def ended(**tracked: object) -> dict[str, object]:
    return {"call_id": "a84b", **tracked}


def test_an_answered_call_is_told_with_its_times_and_who_hung_up() -> None:
    sink = fed(*OFFERED, *ANSWERED, request("BYE", to_tag="callee", cseq=2), response(200, method="BYE", cseq=2))
    answer, end = sink.facts
    assert answer == (AT + 2_005, "call_answered", {"call_id": "a84b", "ring_ms": 2_000})
    assert end[2] == ended(answered=True, talk_ms=2_000, released_by="caller", release_cause=16)


def test_the_callee_hangs_up_under_his_own_tag() -> None:
    bye = request("BYE", from_tag="callee", to_tag="caller", cseq=7, reason="Q.850;cause=31")
    (_, end) = fed(*OFFERED, *ANSWERED, bye).facts
    assert (end[2]["released_by"], end[2]["release_cause"]) == ("callee", 31)


def received(source: str, *peers: str, key: bytes = b"") -> tuple[list[str], int]:
    """Return the facts of an answered call that a source copies, and the number of rejected packets."""
    sink = RecordingSink()
    feed = HepFeed(sink, key=key)
    protocol = HepProtocol(feed, lambda: AT, map(ip_network, peers))
    for message in (*OFFERED, *ANSWERED):
        protocol.datagram_received(hep(message), (source, 40_000))
    return sink.names, feed.rejected


def test_packets_from_other_addresses_than_peers_are_rejected_and_counted() -> None:
    assert received("192.0.2.200", "192.0.2.0/25") == ([], 4)
    assert received("2001:db8::1", "192.0.2.0/25") == ([], 4)
    assert received("192.0.2.100", "192.0.2.0/25") == (["call_answered"], 0)
    assert received("192.0.2.200") == (["call_answered"], 0)


def test_a_peer_without_the_key_is_rejected_too() -> None:
    assert received("192.0.2.1", "192.0.2.1", key=b"secret") == ([], 4)


def test_many_sources_grow_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hep_module, "MAX_SOURCES", 2)
    feed = HepFeed(RecordingSink())
    protocol = HepProtocol(feed, lambda: AT, [ip_network("192.0.2.1")])
    for host in range(10):
        protocol.datagram_received(b"", (f"192.0.2.{host}", 40_000))
    assert len(protocol._accepted_sources) <= 2


def test_a_stranger_who_knows_the_call_id_alone_ends_nothing() -> None:
    stranger = request("BYE", from_tag="x", to_tag="y", cseq=2)
    assert fed(*OFFERED, *ANSWERED, stranger).names == ["call_answered"]
    assert fed(request("INVITE"), response(486, from_tag="x")).names == []


@pytest.mark.parametrize(
    ("status", "by", "cause"),
    [(486, "callee", 17), (603, "callee", 21), (404, "network", 1), (503, "network", 41), (608, "network", 31)],
)
def test_a_failure_on_the_callers_side_ends_the_call(status: int, by: str, cause: int) -> None:
    (end,) = fed(*OFFERED, response(status, INNER), response(status)).facts
    assert end[2] == ended(answered=False, released_by=by, release_cause=cause)
    assert end[0] == AT + 3_005


def test_a_failure_behind_the_proxy_is_none_while_it_tries_elsewhere() -> None:
    redirected = (request("INVITE"), request("INVITE", INNER), response(302, INNER))
    sink = fed(*redirected, request("INVITE", SECOND_INNER), response(200, SECOND_INNER), response(200))
    assert sink.names == ["call_answered"]


def test_a_failure_that_only_the_far_side_shows_ends_the_call_when_nothing_follows() -> None:
    sink = fed(*OFFERED, response(486, INNER))
    (end,) = sink.facts
    assert end[2] == ended(answered=False, released_by="callee", release_cause=17)
    assert end[0] == AT + 3_000 + MAX_STATE_MS[CallState.PENDING]


def test_a_caller_who_must_prove_himself_tries_again_and_is_one_call() -> None:
    again = (request("INVITE", cseq=2), request("INVITE", INNER, cseq=2))
    sink = fed(request("INVITE"), response(407), *again, response(200, cseq=2), response(200, INNER, cseq=2))
    assert sink.facts[0][2] == {"call_id": "a84b", "ring_ms": 2_000}
    assert sink.names == ["call_answered"]


def test_a_cancelled_call_was_ended_by_the_caller() -> None:
    cancel = request("CANCEL", reason="Q.850;cause=16")
    (end,) = fed(*OFFERED, cancel, response(487, INNER), response(487)).facts
    assert end[2] == ended(answered=False, released_by="caller", release_cause=16)
    (lost,) = fed(*OFFERED, cancel).facts  # the final response never came by
    assert lost[2] == end[2]


def test_a_proxy_that_cancels_its_own_branch_ends_nothing() -> None:
    sink = fed(*OFFERED, request("CANCEL", INNER), response(487, INNER), request("INVITE", SECOND_INNER), response(200))
    assert sink.names == ["call_answered"]


def test_an_answer_that_crosses_a_cancel_counts() -> None:
    assert fed(*OFFERED, request("CANCEL"), *ANSWERED).names == ["call_answered"]


def test_a_forked_call_ends_with_its_last_branch() -> None:
    forked = (*OFFERED, response(200, to_tag="one"), response(200, to_tag="two"))
    first = request("BYE", to_tag="one", cseq=2)
    assert fed(*forked, first).names == ["call_answered"]
    sink = fed(*forked, first, request("BYE", to_tag="two", cseq=2))
    assert sink.names == ["call_answered", "call_ended"]


def test_a_new_invite_within_a_call_changes_nothing() -> None:
    within = (request("INVITE", to_tag="callee", cseq=2), response(488, cseq=2), response(200, cseq=2))
    assert fed(*OFFERED, *ANSWERED, *within).names == ["call_answered"]


def test_copies_may_be_lost_and_come_out_of_order() -> None:
    assert fed(response(200)).facts[0][2] == {"call_id": "a84b"}  # no INVITE: how long it rang is not known
    sink = fed(*OFFERED, request("BYE", to_tag="callee", cseq=2))
    assert sink.facts[0][2] == ended(released_by="caller", release_cause=16)  # no 200: whether it was answered neither
    assert fed(request("INVITE", INNER), request("INVITE"), response(404, INNER), *ANSWERED).names == ["call_answered"]
    assert fed(*OFFERED, *ANSWERED, request("BYE", to_tag="callee", cseq=2), *ANSWERED).names[1:] == ["call_ended"]


def test_a_call_id_may_be_used_again() -> None:
    over = (*OFFERED, response(486))
    again = (request("INVITE", cseq=5), response(200, cseq=5))
    assert fed(*over, *again).names == ["call_ended", "call_answered"]


def test_the_same_copies_are_the_same_events() -> None:
    assert fed(*OFFERED, *ANSWERED).ids == fed(*OFFERED, *ANSWERED).ids


def test_packets_are_of_ipv6_and_compressed_too() -> None:
    six = (chunk(0x0005, bytes(16)), chunk(0x0006, bytes(16)), chunk(1, b"x", vendor=7))
    for pressed in (zlib.compress(request("INVITE")), gzip.compress(request("INVITE"))):
        sink = RecordingSink()
        feed = HepFeed(sink)
        feed.receive(hep(pressed, AT, *six, kind=0x10), AT)
        feed.receive(hep(response(200), AT + 50, *six), AT + 60)
        assert sink.facts == [(AT + 60, "call_answered", {"call_id": "a84b", "ring_ms": 50})]


def test_a_clock_that_cannot_be_right_is_not_believed() -> None:
    sink = RecordingSink()
    feed = HepFeed(sink)
    feed.receive(hep(request("INVITE"), 5_000), AT)
    feed.receive(hep(response(200), 9_000), AT + 70)
    assert sink.facts[0][2]["ring_ms"] == 70


def test_where_a_key_is_set_only_its_packets_are_taken() -> None:
    sink = RecordingSink()
    feed = HepFeed(sink, key=b"secret")
    for key in (b"wrong", b"", b"secret"):
        feed.receive(hep(response(200), AT, chunk(0x0E, key)), AT)
    assert (feed.accepted, feed.rejected, len(sink.facts)) == (1, 2, 1)


def test_the_example_of_the_draft_is_a_packet_and_no_call() -> None:
    sink = RecordingSink()
    feed = HepFeed(sink)
    feed.receive(DRAFT, AT)
    assert (feed.accepted, feed.rejected, sink.facts, len(feed.calls)) == (1, 0, [], 0)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"HEP3",
        hep(b"x")[:-1],
        hep(b"x") + b"y",
        b"HEP3" + pack(">H", 12) + pack(">HHH", 0, 1, 5),
        b"HEP3" + pack(">H", 12) + pack(">HHH", 0, 1, 500),
        b"HEP3" + pack(">H", 9) + b"abc",
        b"\x01\x10\x02\x11" + bytes(40),  # version 1
    ],
)
def test_what_is_no_packet_is_counted_and_no_more(packet: bytes) -> None:
    feed = HepFeed(RecordingSink())
    feed.receive(packet, AT)
    assert (feed.accepted, feed.rejected) == (0, 1)


def test_other_protocols_and_too_much_in_little_are_no_calls() -> None:
    feed = HepFeed(RecordingSink())
    feed.receive(hep(request("INVITE"), protocol=5), AT)
    feed.receive(hep(zlib.compress(request("INVITE") + bytes(1_000_000)), kind=0x10), AT)
    feed.receive(hep(b"\x78\x9cnonsense", kind=0x10), AT)
    assert (feed.accepted, len(feed.calls)) == (3, 0)


@given(st.binary(max_size=120), st.integers(0, 400), st.sampled_from([*OFFERED, *ANSWERED]))
def test_no_garbage_is_too_much(garbage: bytes, position: int, message: bytes) -> None:
    feed = HepFeed(RecordingSink())
    whole = hep(message)
    feed.receive(garbage, AT)
    feed.receive(whole[:position] + garbage + whole[position + len(garbage) :], AT)
    feed.receive(b"HEP3" + pack(">H", 6 + len(garbage)) + garbage, AT)
    feed.receive(hep(garbage), AT)
    feed.pass_time(AT * 2)
    assert feed.accepted + feed.rejected == 4
    assert len(feed.calls) == 0


def test_how_many_calls_are_followed_is_bounded() -> None:
    feed = HepFeed(RecordingSink(), max_calls=100)
    for number in range(1_000):
        feed.receive(hep(request("INVITE", call=f"c{number}")), AT)
    assert (len(feed.calls), feed.calls.unfinished) == (100, 900)
