"""SIP is read in all its spellings, and digests are those of the RFC's examples."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.deliver.sip_message import address_of, authorize, format_message, parse_message

RINGING = (
    b"SIP/2.0 180 Ringing\r\nv: SIP/2.0/UDP 127.0.0.1\r\nf: <sip:a@x>;tag=1\r\nt: <sip:b@x>;tag=2\r\n"
    b"i: abc\r\nCSeq: 7 INVITE\r\nRecord-Route: <sip:p1;lr>,\r\n <sip:p2;lr>\r\nRecord-Route: <sip:p3;lr>\r\n\r\n"
)


def test_compact_and_folded_fields_are_read() -> None:
    message = parse_message(RINGING)
    assert (message.status, message.method, message.sequence, message.to_tag) == (180, "INVITE", 7, "2")
    assert message.header("call-id") == "abc"
    assert message.values("record-route") == ["<sip:p1;lr>, <sip:p2;lr>", "<sip:p3;lr>"]


@pytest.mark.parametrize("number", ["²", "9" * 5_000, "x"])
def test_a_sequence_that_is_no_number_is_0(number: str) -> None:
    assert parse_message(RINGING.replace(b"7 INVITE", f"{number} INVITE".encode())).sequence == 0


def test_a_message_is_read_as_it_was_written() -> None:
    data = format_message("BYE sip:b@x SIP/2.0", [("To", "<sip:b@x>"), ("CSeq", "2 BYE")], b"v=0\r\n")
    message = parse_message(data)
    assert (message.status, message.method, message.body) == (0, "BYE", b"v=0\r\n")


@given(st.binary(max_size=300) | st.builds(lambda cut: RINGING[:cut], st.integers(0, len(RINGING))))
def test_whatever_comes_is_read_or_called_malformed(data: bytes) -> None:
    try:
        parse_message(data)
    except Malformed:
        return


def test_the_digest_of_rfc_2617_comes_out() -> None:
    challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"'
    value = authorize(challenge, "GET", "/dir/index.html", "Mufasa", "Circle Of Life")
    assert 'response="670fd8c2df070c60b045671b8b24ff02"' in value and 'opaque="5ccc"' in value


def test_a_quality_of_protection_and_sha_256_are_answered() -> None:
    challenge = 'Digest realm="sip.example", qop="auth,auth-int", nonce="n1", algorithm=SHA-256, stale=FALSE'
    value = authorize(challenge, "INVITE", "sip:b@x", "fanzha", "secret")
    assert re.search(r'response="[0-9a-f]{64}"', value) and "qop=auth," in value and "nc=00000001" in value


@pytest.mark.parametrize(
    "challenge",
    ["Basic realm=x", "Digest realm=x", 'Digest nonce="n", ' + "a" * 2_000, 'Digest nonce="n", algorithm=SHA-3'],
)
def test_another_challenge_is_not_answered(challenge: str) -> None:
    with pytest.raises(Malformed):
        authorize(challenge, "INVITE", "sip:b@x", "u", "p")


def test_an_address_is_taken_out_of_its_field() -> None:
    assert [address_of(value) for value in ('"A" <sip:b@x;ob>;tag=1', "sip:b@x;tag=1")] == ["sip:b@x;ob", "sip:b@x"]
