"""Of a copied message is read what its call needs, however it is written, and nothing of what needs no reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.screen.feeds.copies import INNER, request, response

from fanzha.screen.feeds.sip_copy import LONGEST_HEAD, read_copied

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
    found = read_copied(request("INVITE", INNER))
    assert found is not None
    assert (found.method, found.status, found.call_id, found.cseq) == (b"INVITE", 0, "a84b", 1)
    assert (found.from_tag, found.to_tag, found.branch, found.vias) == (b"caller", b"", b"z9hG4bKproxy", 2)


def test_a_response_tells_what_it_answers_and_a_reason_its_cause() -> None:
    found = read_copied(response(487, reason='SIP ;cause=200 ;text="x", Q.850 ;text="y" ;cause=26'))
    assert found is not None
    assert (found.method, found.status, found.to_tag, found.cause) == (b"INVITE", 487, b"callee", 26)


def test_compact_folded_and_spaced_fields_are_the_same_fields() -> None:
    found = read_copied(COMPACT)
    assert found is not None
    assert (found.call_id, found.cseq, found.from_tag, found.to_tag) == ("c@x", 3, b"7", b"in-no-brackets")
    assert (found.branch, found.vias) == (b"z9hG4bK1", 2)


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
    assert read_copied(message) is None


def test_a_long_call_id_is_named_by_its_digest_and_a_long_head_is_cut() -> None:
    found = read_copied(request("BYE", call="x" * 300))
    assert found is not None
    assert found.call_id.startswith("blake2b:") and len(found.call_id) < 64
    late = request("INVITE").replace(b"From", b"X: " + b"y" * LONGEST_HEAD + b"\r\nFrom")
    assert read_copied(late) is None


@given(st.binary(max_size=200), st.integers(0, 300))
def test_no_garbage_is_too_much(garbage: bytes, place: int) -> None:
    whole = request("INVITE", INNER)
    read_copied(garbage)
    read_copied(whole[:place] + garbage + whole[place:])
    read_copied(b"SIP/2.0 200 OK\r\n" + garbage)
