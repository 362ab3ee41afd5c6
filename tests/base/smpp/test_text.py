"""Texts fit into messages of 140 bytes, in parts that a handset joins, and no character is torn apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.smpp import Alphabet, Concatenation, ParameterTag, SmsEncoding, encode_sms


def joined(parts: list[SmsEncoding]) -> str:
    """Return the text of parts in UCS-2 as a handset joins them."""
    return b"".join(part.text[6:] if part.esm_class else part.text for part in parts).decode("utf-16-be")


@pytest.mark.parametrize(
    ("text", "coding", "count"),
    [("a" * 160, 0, 1), ("a" * 161, 0, 2), ("€" * 80, 0, 1), ("€" * 81, 0, 2), ("诈" * 70, 8, 1), ("诈" * 71, 8, 2),
     ("a" * 159 + "诈", 8, 3)],
)  # fmt: skip
def test_a_text_takes_the_smaller_alphabet_and_as_few_parts_as_it_needs(text: str, coding: int, count: int) -> None:
    parts = encode_sms(text, reference=7)
    assert ({part.data_coding for part in parts}, len(parts)) == ({coding}, count)


def test_the_default_alphabet_has_its_own_codes() -> None:
    (part,) = encode_sms("@é€{ a", reference=1)
    assert part.text == bytes((0x00, 0x05, 0x1B, 0x65, 0x1B, 0x28, 0x20, 0x61))


def test_parts_carry_the_header_that_joins_them() -> None:
    parts = encode_sms("诈" * 140, reference=0x1AB)
    assert [part.text[:6] for part in parts] == [bytes((5, 0, 3, 0xAB, 3, number)) for number in (1, 2, 3)]
    assert all(part.esm_class == 0x40 for part in parts)


@given(st.text(max_size=400))
def test_no_text_is_lost_and_no_part_is_too_long(text: str) -> None:
    text = text.encode("utf-16-be", "ignore").decode("utf-16-be")
    parts = encode_sms(text, reference=1, alphabet=Alphabet.UCS2)
    assert joined(parts) == text
    assert all(len(part.text) <= 140 for part in parts)
    for part in parts:
        (part.text[6:] if part.esm_class else part.text).decode("utf-16-be")


def test_long_texts_go_by_other_parameters_where_the_smsc_wants_them() -> None:
    (whole,) = encode_sms("诈" * 100, reference=1, concatenation=Concatenation.PAYLOAD)
    assert whole.text == b"" and whole.tlvs[ParameterTag.MESSAGE_PAYLOAD] == ("诈" * 100).encode("utf-16-be")
    parts = encode_sms("诈" * 100, reference=1, concatenation=Concatenation.SAR)
    assert [part.tlvs[ParameterTag.SAR_SEGMENT_SEQNUM] for part in parts] == [b"\1", b"\2"]
    assert all(part.esm_class == 0 for part in parts)


def test_a_flash_sms_is_marked_by_its_class_or_by_the_display() -> None:
    assert [encode_sms(text, reference=1, flash=True)[0].data_coding for text in ("a", "诈")] == [0x10, 0x18]
    (part,) = encode_sms("诈", reference=1, flash=True, flash_by_subunit=True)
    assert (part.data_coding, part.tlvs) == (8, {ParameterTag.DEST_ADDR_SUBUNIT: b"\1"})
