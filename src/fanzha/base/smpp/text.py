"""Texts as SMPP carries them: alphabets of 3GPP TS 23.038, and long texts in parts (3GPP TS 23.040 §9.2.3.24.1)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from fanzha.base.smpp.pdu import ParameterTag

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = {"^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65}
_ESCAPE = 0x1B
_CODES: dict[str, bytes] = {
    **{letter: bytes([code]) for code, letter in enumerate(_BASIC) if code != _ESCAPE},
    **{letter: bytes([_ESCAPE, code]) for letter, code in _ESCAPED.items()},
}
#: data_coding without a class, and with class 0, which the handset shows at once (3GPP TS 23.038 §4).
_GSM7, _UCS2, _GSM7_CLASS_0, _UCS2_CLASS_0 = 0x00, 0x08, 0x10, 0x18
_UDH_INDICATOR = 0x40  # esm_class (§5.2.12)
_DISPLAY = 0x01  # dest_addr_subunit: the display of the handset


class Alphabet(StrEnum):
    """Alphabet of a text: the smaller one that has all its characters, or always UCS-2."""

    AUTO = "auto"
    UCS2 = "ucs2"


class Concatenation(StrEnum):
    """How a long text is sent: in parts with a user data header or SAR parameters, or whole in message_payload."""

    UDH = "udh"
    SAR = "sar"
    PAYLOAD = "payload"


@dataclass(frozen=True, slots=True)
class SmsEncoding:
    """One part of a text: its bytes with data_coding, esm_class and optional parameters of submit_sm."""

    text: bytes
    data_coding: int
    esm_class: int = 0
    tlvs: Mapping[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Coding:
    """Bytes of one message, and of one part with a header of six bytes; coding of data."""

    encode: Callable[[str], bytes]
    whole: int
    part: int
    coding: int
    flash_coding: int


def encode_sms(
    text: str,
    *,
    reference: int,
    flash: bool = False,
    alphabet: Alphabet = Alphabet.AUTO,
    concatenation: Concatenation = Concatenation.UDH,
    flash_by_subunit: bool = False,
) -> list[SmsEncoding]:
    """Return the parts of a text; `reference` (0 to 255) joins them on the handset.

    A flash SMS is marked by its data_coding, with `flash_by_subunit` by the parameter dest_addr_subunit instead.
    """
    letters = _ucs2() if alphabet is Alphabet.UCS2 or not all(letter in _CODES for letter in text) else _gsm7()
    by_coding = flash and not flash_by_subunit
    coding = letters.flash_coding if by_coding else letters.coding
    common: dict[int, bytes] = {ParameterTag.DEST_ADDR_SUBUNIT: bytes([_DISPLAY])} if flash and flash_by_subunit else {}
    encoded = letters.encode(text)
    if len(encoded) <= letters.whole:
        return [SmsEncoding(encoded, coding, 0, common)]
    if concatenation is Concatenation.PAYLOAD:
        return [SmsEncoding(b"", coding, 0, {**common, ParameterTag.MESSAGE_PAYLOAD: encoded})]
    parts = _split(text, letters)
    return [
        _part(part, coding, reference & 0xFF, len(parts), number, common, concatenation)
        for number, part in enumerate(parts, 1)
    ]


def _part(
    text: bytes,
    coding: int,
    reference: int,
    total: int,
    number: int,
    common: Mapping[int, bytes],
    concatenation: Concatenation,
) -> SmsEncoding:
    if concatenation is Concatenation.UDH:
        header = bytes((5, 0, 3, reference, total, number))
        return SmsEncoding(header + text, coding, _UDH_INDICATOR, common)
    sar: dict[int, bytes] = {
        ParameterTag.SAR_MSG_REF_NUM: reference.to_bytes(2),
        ParameterTag.SAR_TOTAL_SEGMENTS: bytes([total]),
        ParameterTag.SAR_SEGMENT_SEQNUM: bytes([number]),
    }
    return SmsEncoding(text, coding, 0, {**common, **sar})


def _split(text: str, letters: _Coding) -> Sequence[bytes]:
    """Return the text in parts; a character of several bytes stays whole."""
    parts = [bytearray()]
    for letter in text:
        encoded = letters.encode(letter)
        if len(parts[-1]) + len(encoded) > letters.part:
            parts.append(bytearray())
        parts[-1] += encoded
    return [bytes(part) for part in parts]


def _gsm7() -> _Coding:
    return _Coding(lambda text: b"".join(_CODES[letter] for letter in text), 160, 153, _GSM7, _GSM7_CLASS_0)


def _ucs2() -> _Coding:
    return _Coding(lambda text: text.encode("utf-16-be", "replace"), 140, 134, _UCS2, _UCS2_CLASS_0)
