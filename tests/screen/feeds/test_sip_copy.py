"""Of a copied message is read what its call needs, however it is written, and nothing of what needs no reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.screen.feeds.sip_packets import INNER, request, response

from fanzha.screen.feeds.sip_copy import LONGEST_HEAD, parse_sip_copy

COMPACT = b"""INVITE sip:b@x SIP/2.0\r
v : SIP/2.0/UDP 192.0.2.1 ; Branch = z9hG4bK1 , SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK0\r
f:\r
 <sip:a@x;tag=no>\r
\t; TAG = 7\r
t: sip:b@x;tag=in-no-brackets\r
i:\tc@x \r
cseq: 3\r
  INVITE\r
\r
body: Call-ID: other"""


def test_a_request_tells_its_dialog_and_its_topmost_hop() -> None:
    copy = parse_sip_copy(request("INVITE", INNER))
    assert copy is not None
    assert (copy.method, copy.status, copy.call_id, copy.cseq) == (b"INVITE", 0, "a84b", 1)
    assert (copy.from_tag, copy.to_tag, copy.branch, copy.vias) == (b"caller", b"", b"z9hG4bKproxy", 2)


def test_a_response_tells_what_it_answers_and_a_reason_its_cause() -> None:
    copy = parse_sip_copy(response(487, reason='SIP ;cause=200 ;text="x", Q.850 ;text="y" ;cause=26'))
    assert copy is not None
    assert (copy.method, copy.status, copy.to_tag, copy.cause) == (b"INVITE", 487, b"callee", 26)


def test_compact_folded_and_spaced_fields_are_the_same_fields() -> None:
    copy = parse_sip_copy(COMPACT)
    assert copy is not None
    assert (copy.call_id, copy.cseq, copy.from_tag, copy.to_tag) == ("c@x", 3, b"7", b"in-no-brackets")
    assert (copy.branch, copy.vias) == (b"z9hG4bK1", 2)


@pytest.mark.parametrize(
    "message",
    [
        request("OPTIONS"),
        request("ACK"),
        response(180),
        response(100),
        request("INVITE").replace(b"Call-ID", b"X"),
        request("INVITE").replace(b";tag=caller", b""),
        request("INVITE").replace(b"CSeq: 1", b"CSeq: one"),
        b"INVITE sip:b@x HTTP/1.1\r\n\r\n",
        b"",
        b"\r\n\r\n",
        b"SIP/2.0 200",
    ],
)
def test_what_ends_no_call_and_what_is_no_sip_is_left(message: bytes) -> None:
    assert parse_sip_copy(message) is None


def test_a_long_call_id_is_named_by_its_digest_and_a_long_head_is_cut() -> None:
    copy = parse_sip_copy(request("BYE", call="x" * 300))
    assert copy is not None
    assert copy.call_id.startswith("blake2b:") and len(copy.call_id) < 64
    late = request("INVITE").replace(b"From", b"X: " + b"y" * LONGEST_HEAD + b"\r\nFrom")
    assert parse_sip_copy(late) is None


@given(st.binary(max_size=200), st.integers(0, 300))
def test_no_garbage_is_too_much(garbage: bytes, position: int) -> None:
    whole = request("INVITE", INNER)
    parse_sip_copy(garbage)
    parse_sip_copy(whole[:position] + garbage + whole[position:])
    parse_sip_copy(b"SIP/2.0 200 OK\r\n" + garbage)
