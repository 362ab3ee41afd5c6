"""Packets of SMPP 3.4: header, bind, submit_sm and deliver_sm with their optional parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from struct import Struct
from typing import NamedTuple, Self

from fanzha.base.errors import Malformed

#: Command ids (§5.1.2.1). A response has the id of its request with the highest bit set.
GENERIC_NACK = 0x80000000
BIND_RECEIVER = 0x00000001
BIND_TRANSMITTER = 0x00000002
SUBMIT_SM = 0x00000004
DELIVER_SM = 0x00000005
UNBIND = 0x00000006
BIND_TRANSCEIVER = 0x00000009
ENQUIRE_LINK = 0x00000015
RESPONSE = 0x80000000
DELIVER_SM_RESP = DELIVER_SM | RESPONSE
UNBIND_RESP = UNBIND | RESPONSE
ENQUIRE_LINK_RESP = ENQUIRE_LINK | RESPONSE

#: Statuses (§5.1.3).
ESME_ROK = 0x00000000
ESME_RINVCMDID = 0x00000003
ESME_RSYSERR = 0x00000008
_STATUS_NAMES = {
    0x00000000: "ESME_ROK",
    0x00000001: "ESME_RINVMSGLEN",
    0x00000003: "ESME_RINVCMDID",
    0x00000004: "ESME_RINVBNDSTS",
    0x00000005: "ESME_RALYBND",
    0x00000008: "ESME_RSYSERR",
    0x0000000A: "ESME_RINVSRCADR",
    0x0000000B: "ESME_RINVDSTADR",
    0x0000000D: "ESME_RBINDFAIL",
    0x0000000E: "ESME_RINVPASWD",
    0x0000000F: "ESME_RINVSYSID",
    0x00000014: "ESME_RMSGQFUL",
    0x00000015: "ESME_RINVSERTYP",
    0x00000043: "ESME_RINVESMCLASS",
    0x00000045: "ESME_RSUBMITFAIL",
    0x00000058: "ESME_RTHROTTLED",
    0x00000061: "ESME_RINVSCHED",
    0x00000062: "ESME_RINVEXPIRY",
    0x000000C3: "ESME_RINVPARLEN",
    0x000000FE: "ESME_RDELIVERYFAILURE",
    0x000000FF: "ESME_RUNKNOWNERR",
}
#: Statuses after which the same message may be submitted again later: throttled, and queue full.
RETRIED_STATUSES = frozenset({0x00000014, 0x00000058})

#: Limit of a packet in bytes: a message_payload has up to 64 KiB.
MAX_PDU_BYTES = 70_000
_HEADER = Struct(">IIII")
_TLV = Struct(">HH")
_FLAGS = Struct(">BBB")
_MAX_SHORT_MESSAGE = 254


class ParameterTag(IntEnum):
    """Tags of optional parameters (§5.3.2)."""

    DEST_ADDR_SUBUNIT = 0x0005
    RECEIPTED_MESSAGE_ID = 0x001E
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


@dataclass(frozen=True, slots=True)
class Pdu:
    """One packet: command id, status, sequence number and body. The repr omits the body, which holds secrets."""

    command: int
    sequence: int
    body: bytes = field(default=b"", repr=False)
    status: int = ESME_ROK

    def encode(self) -> bytes:
        """Return the packet as bytes."""
        return _HEADER.pack(_HEADER.size + len(self.body), self.command, self.status, self.sequence) + self.body


def split_pdus(received: bytes) -> tuple[list[Pdu], bytes]:
    """Return the whole packets in received bytes, and the rest.

    Raise Malformed if the first packet has an impossible length; one after whole packets is left in the rest.
    """
    pdus, start = list[Pdu](), 0
    while len(received) - start >= _HEADER.size:
        length, command, status, sequence = _HEADER.unpack_from(received, start)
        if not _HEADER.size <= length <= MAX_PDU_BYTES:
            if pdus:
                break
            raise Malformed(f"a packet of {length} bytes")
        if len(received) - start < length:
            break
        pdus.append(Pdu(command, sequence, received[start + _HEADER.size : start + length], status))
        start += length
    return pdus, received[start:]


def status_name(status: int) -> str:
    """Return the name of a status, as in `ESME_RTHROTTLED`, or its number in hexadecimal digits."""
    return _STATUS_NAMES.get(status, f"0x{status:08X}")


class Address(NamedTuple):
    """An address with type of number and numbering plan (§5.2.5, §5.2.6)."""

    digits: str
    ton: int = 0
    npi: int = 0

    @classmethod
    def of_number(cls, number: str) -> Self:
        """Return the address of a telephone number in E.164: international, plan E.164."""
        return cls(number.removeprefix("+"), 1, 1)

    @classmethod
    def of_sender(cls, sender: str) -> Self:
        """Return the address of a sender: a number in E.164, a short code, or an alphanumeric name."""
        if sender.startswith("+"):
            return cls.of_number(sender)
        return cls(sender, 0, 1) if sender.isdigit() else cls(sender, 5, 0)


def encode_bind(system_id: str, password: str, system_type: str = "", address_range: str = "") -> bytes:
    """Return the body of bind_transceiver, bind_transmitter or bind_receiver for interface version 3.4."""
    texts = b"".join(_c_string(text, limit) for text, limit in ((system_id, 15), (password, 8), (system_type, 12)))
    return texts + bytes((0x34, 0, 0)) + _c_string(address_range, 40)


@dataclass(frozen=True, slots=True)
class ShortMessage:
    """The body of submit_sm or deliver_sm (§4.4.1, §4.6.1). The repr omits text and optional parameters."""

    source: Address
    destination: Address
    text: bytes = field(repr=False)
    data_coding: int = 0
    esm_class: int = 0
    protocol_id: int = 0
    registered_delivery: int = 0
    validity_period: str = ""
    service_type: str = ""
    tlvs: Mapping[int, bytes] = field(default_factory=dict, repr=False)

    def encode(self) -> bytes:
        """Return the body. Raise ValueError for a text of more than 254 bytes: it belongs into message_payload."""
        if len(self.text) > _MAX_SHORT_MESSAGE:
            raise ValueError("short_message holds 254 bytes at most")
        parts = [
            _c_string(self.service_type, 5),
            *(
                bytes((address.ton, address.npi)) + _c_string(address.digits, 20)
                for address in (self.source, self.destination)
            ),
            bytes((self.esm_class, self.protocol_id, 0)),
            _c_string("", 16),  # schedule_delivery_time: at once
            _c_string(self.validity_period, 16),
            bytes((self.registered_delivery, 0, self.data_coding, 0, len(self.text))),
            self.text,
            *(_TLV.pack(tag, len(value)) + value for tag, value in self.tlvs.items()),
        ]
        return b"".join(parts)

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Parse a body. Raise Malformed if it ends early."""
        reader = _BodyReader(body)
        service_type = reader.c_string()
        ton, npi = reader.octets(2)
        source = Address(reader.c_string(), ton, npi)
        ton, npi = reader.octets(2)
        destination = Address(reader.c_string(), ton, npi)
        esm_class, protocol_id, _priority = _FLAGS.unpack(reader.octets(3))
        reader.c_string()
        validity = reader.c_string()
        registered, _replace, data_coding, _default, length = reader.octets(5)
        text = reader.octets(length)
        return cls(
            source, destination, text, data_coding, esm_class, protocol_id, registered, validity, service_type,
            reader.tlvs(),
        )  # fmt: skip


class _BodyReader:
    """Reads the fields of a body one after the other."""

    def __init__(self, body: bytes) -> None:
        self._body, self._at = body, 0

    def c_string(self) -> str:
        """Return a text that ends with a zero byte."""
        end = self._body.find(b"\0", self._at)
        if end < 0:
            raise Malformed("a text without its end")
        text, self._at = self._body[self._at : end], end + 1
        return text.decode("latin-1")

    def octets(self, count: int) -> bytes:
        """Return so many bytes."""
        octets = self._body[self._at : self._at + count]
        if len(octets) < count:
            raise Malformed("the body ends early")
        self._at += count
        return octets

    def tlvs(self) -> dict[int, bytes]:
        """Return the optional parameters that follow."""
        found = dict[int, bytes]()
        while len(self._body) - self._at >= _TLV.size:
            tag, length = _TLV.unpack(self.octets(_TLV.size))
            found[tag] = self.octets(length)
        return found


def read_c_string(body: bytes) -> str:
    """Return the first text of a body, as the message id in submit_sm_resp; without a zero byte the whole body."""
    return body.partition(b"\0")[0].decode("latin-1")


def _c_string(text: str, limit: int) -> bytes:
    encoded = text.encode("ascii", "strict")
    if len(encoded) > limit or b"\0" in encoded:
        raise ValueError(f"a field of SMPP holds {limit} ASCII characters at most")
    return encoded + b"\0"
