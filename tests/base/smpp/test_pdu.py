"""Packets of SMPP are written and read as the specification lays them out, and nothing received breaks the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.base.smpp import (
    BIND_TRANSCEIVER,
    SUBMIT_SM,
    Address,
    ParameterTag,
    Pdu,
    ShortMessage,
    encode_bind,
    split_pdus,
    status_name,
)

DIGITS = st.text("0123456789", min_size=1, max_size=20)
ADDRESSES = st.builds(Address, DIGITS, st.integers(0, 6), st.integers(0, 18))
MESSAGES = st.builds(
    ShortMessage,
    ADDRESSES,
    ADDRESSES,
    st.binary(max_size=254),
    data_coding=st.integers(0, 255),
    esm_class=st.integers(0, 255),
    registered_delivery=st.integers(0, 1),
    tlvs=st.dictionaries(st.integers(1, 0x1FFF), st.binary(max_size=40), max_size=3),
)


def test_a_bind_is_laid_out_as_the_specification_says() -> None:
    body = encode_bind("fanzha", "secret", "VMA")
    assert Pdu(BIND_TRANSCEIVER, 7, body).encode() == (
        b"\0\0\0\x26\0\0\0\x09\0\0\0\0\0\0\0\x07fanzha\0secret\0VMA\0\x34\0\0\0"
    )


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(Pdu(BIND_TRANSCEIVER, 1, encode_bind("fanzha", "secret")))


def test_a_submission_is_laid_out_as_the_specification_says() -> None:
    message = ShortMessage(
        Address.of_sender("96110"), Address.of_number("+8617000000900"), b"ab", registered_delivery=1
    )
    assert message.encode() == b"\0\x00\x0196110\0\x01\x018617000000900\0\0\0\0\0\0\x01\0\0\0\x02ab"


@given(MESSAGES)
def test_a_message_is_read_as_it_was_written(message: ShortMessage) -> None:
    assert ShortMessage.decode(message.encode()) == message


@given(st.lists(st.binary(max_size=30), max_size=4), st.integers(0, 200))
def test_packets_come_out_whole_wherever_the_stream_is_cut(bodies: list[bytes], cut: int) -> None:
    pdus = [Pdu(SUBMIT_SM, number, body) for number, body in enumerate(bodies, 1)]
    stream = b"".join(pdu.encode() for pdu in pdus)
    first, rest = split_pdus(stream[:cut])
    second, left = split_pdus(rest + stream[cut:])
    assert first + second == pdus and left == b""


@given(st.binary(max_size=200))
def test_whatever_is_received_is_read_or_called_malformed(data: bytes) -> None:
    for read in (split_pdus, ShortMessage.decode):
        try:
            read(data)
        except Malformed:
            continue


@pytest.mark.parametrize("length", [0, 15, 70_001])
def test_an_impossible_length_ends_the_connection(length: int) -> None:
    with pytest.raises(Malformed, match="a packet of"):
        split_pdus(length.to_bytes(4) + bytes(12))


def test_whole_packets_before_an_impossible_length_come_out() -> None:
    whole, broken = Pdu(SUBMIT_SM, 7, b"x"), bytes(16)
    pdus, rest = split_pdus(whole.encode() + broken)
    assert pdus == [whole] and rest == broken


def test_more_than_254_bytes_belong_into_the_payload() -> None:
    with pytest.raises(ValueError, match="254"):
        ShortMessage(Address("1"), Address("2"), bytes(255)).encode()
    long = ShortMessage(Address("1"), Address("2"), b"", tlvs={ParameterTag.MESSAGE_PAYLOAD: bytes(255)})
    assert ShortMessage.decode(long.encode()) == long


@pytest.mark.parametrize(("sender", "kind"), [("+8696110", (1, 1)), ("96110", (0, 1)), ("Fanzha", (5, 0))])
def test_a_sender_is_a_number_a_short_code_or_a_name(sender: str, kind: tuple[int, int]) -> None:
    assert Address.of_sender(sender)[1:] == kind


def test_a_field_that_is_too_long_is_refused_and_a_status_has_its_name() -> None:
    with pytest.raises(ValueError, match="8 ASCII"):
        encode_bind("fanzha", "nine-char")
    assert (status_name(0x58), status_name(0x400)) == ("ESME_RTHROTTLED", "0x00000400")
