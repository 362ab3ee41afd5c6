"""The calling numbers in the ISUP body of a SIP-I call are told, whatever the body holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.screen.sip.calls import CALLER, answer_lines, read_attempt, request


def isup(nature: int, digits: str, *, generic: str = "") -> bytes:
    """Return an IAM with a calling party number and, if given, an additional calling party number."""
    optional = [bytes([0x0A, 2 + (len(digits) + 1) // 2]) + _number(nature, digits)]
    if generic:
        optional.append(bytes([0xC0, 3 + (len(generic) + 1) // 2, 6]) + _number(nature, generic))
    return bytes([1, 0, 0x60, 0, 10, 3, 2, 6, 4, 0x84, 0x90, 0x21, 0x43]) + b"".join(optional) + b"\0"


def _number(nature: int, digits: str) -> bytes:
    padded = digits + "0" * (len(digits) % 2)
    pairs = bytes(int(padded[at]) | int(padded[at + 1]) << 4 for at in range(0, len(padded), 2))
    return bytes([nature | 0x80 * (len(digits) % 2), 0x13]) + pairs


def with_body(content_type: str, body: bytes) -> bytes:
    """Return a call with a binary body."""
    head = request(f"Content-Type: {content_type}", f"Content-Length: {len(body)}")
    return head + body


@pytest.mark.parametrize(
    ("nature", "digits", "claimed"),
    [
        (4, "8617000000001", "+8617000000001"),
        (3, "1088888888", "+861088888888"),
        (3, "95588", "95588"),
        (1, "110", "110"),
    ],
)
def test_the_calling_number_of_an_isup_body_is_told(nature: int, digits: str, claimed: str) -> None:
    iam = isup(nature, digits)
    assert read_attempt(with_body("application/ISUP;version=itu-t92+", iam)).claimed == (claimed,)
    part = b"--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b\r\nContent-Type: application/isup\r\n\r\n" + iam
    assert read_attempt(with_body("multipart/mixed;boundary=b", part + b"\r\n--b--")).claimed == (claimed,)


def test_an_additional_calling_number_of_an_isup_body_is_told() -> None:
    iam = isup(4, "442079460958", generic="95588")
    assert read_attempt(with_body("application/ISUP", iam)).claimed == ("+442079460958", "+95588")


DECOYS = [
    b"--b\r\nContent-Type: application/isup\r\n\r\nnothing\r\n",
    b"--b\r\nContent-Type: text/plain\r\n\r\napplication/isup application/isup\r\n",
    b"--b\r\nContent-Type: application/isup\r\n\r\n" + isup(4, "442079460958") + b"\r\n",
]


@pytest.mark.parametrize("decoy", DECOYS)
def test_a_part_before_it_hides_no_isup_part(decoy: bytes) -> None:
    part = b"--b\r\nContent-Type: application/isup\r\n\r\n" + isup(3, "95588") + b"\r\n--b--"
    assert "95588" in read_attempt(with_body("multipart/mixed;boundary=b", decoy + part)).claimed


def test_more_calling_numbers_than_are_read_are_refused() -> None:
    part = b"--b\r\nContent-Type: application/isup\r\n\r\n" + isup(4, "442079460958") + b"\r\n"
    call = with_body("multipart/mixed;boundary=b", 40 * part + b"--b--")
    assert answer_lines(call)[0] == "SIP/2.0 400 Too Many Identities"


@given(st.binary(max_size=300))
def test_any_isup_body_is_read(body: bytes) -> None:
    assert read_attempt(with_body("application/ISUP", body)).caller == CALLER
    assert len(read_attempt(with_body("application/ISUP", isup(4, "1") + body)).claimed) == 1
