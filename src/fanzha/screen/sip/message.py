"""Received SIP messages: the memory that scans write to, and the call attempt that they contain."""

import hashlib
from struct import Struct

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import entry_point
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip.listener import FixedTrunk, Listener, TrunkGroup, TrunkHeader
from fanzha.screen.sip.scan import scan

#: A Call-ID or From tag of more bytes is replaced by its digest; usual equipment sends none.
LONGEST_NAME = 255

_RESULT = Struct(f"{layout.RESULT_MARKS}q").unpack_from
_ROW = layout.MARKS * 8
_SEPARATOR = chr(layout.SEPARATOR)


class MessageSlots:
    """Marks and buffers for `count` messages of one listener, and for one that is scanned singly.

    The content of a slot is valid until the next scan into it.
    """

    def __init__(self, listener: Listener, count: int = 0) -> None:
        self._config, self._buffer_array = (
            encode_listener(listener),
            np.zeros((count + 1, layout.BUFFER_STRIDE), np.uint8),
        )
        self.rows = np.zeros((count + 1, layout.MARKS), np.int64)
        self.rows[:, layout.CONFIG_ADDRESS] = self._config.ctypes.data
        self.rows[:, layout.BUFFER_ADDRESS] = [buffer.ctypes.data for buffer in self._buffer_array]
        self.buffers = [memoryview(buffer.data) for buffer in self._buffer_array]
        self.marks = memoryview(self.rows.data).cast("B").cast("q")
        self.single, self._scan = count, entry_point(scan)
        self._single_address = self.rows[count].ctypes.data
        self.scan(b"\r\n", 0, "", 0)  # compiled now, not while a call waits

    def scan(self, data: bytes, start: int, host: str, port: int) -> None:
        """Scan the message at data[start] from this address and port into the slot `single`."""
        source = host.partition("%")[0].encode()[: layout.LONGEST_SOURCE]
        self.buffers[self.single][: len(source)] = source
        row = self.single * layout.MARKS
        self.marks[row + layout.SOURCE_LENGTH], self.marks[row + layout.SOURCE_PORT] = len(source), port
        self._scan(data, start, self._single_address)

    def read_marks(self, slot: int) -> tuple[int, ...]:
        """Return the first marks of a slot in the order of the layout: fault, method, tagged …"""
        return _RESULT(self.marks, slot * _ROW)

    def source(self, slot: int) -> tuple[str, int]:
        """Return source address and port of a message; ("", 0) on a local socket."""
        row = self.rows[slot]
        return self.buffers[slot][: row[layout.SOURCE_LENGTH]].tobytes().decode(), int(row[layout.SOURCE_PORT])


def shorten_facts(facts: bytes) -> bytes:
    """Replace a long Call-ID or From tag by a digest, so that callers cannot fill memory and log."""
    call_id, *middle_facts, tag = facts.split(b"\0")
    return b"\0".join((_shorten(call_id), *middle_facts, _shorten(tag)))


def _shorten(value: bytes) -> bytes:
    if len(value) <= LONGEST_NAME:
        return value
    return b"blake2b:" + hashlib.blake2b(value, digest_size=20).hexdigest().encode()


def parse_attempt(facts: bytes, at_ms: int, signatures: bytes = b"") -> CallAttempt:
    """Return the attempt in the scan's facts; the trunk's settings add ingress and proof.

    `signatures` are values of Identity header fields, separated by NUL.
    """
    (
        call_id, caller, callee, trunk, from_number, original, attestation, private, claimed, diverting, _,
    ) = facts.decode("utf-8", "replace").split("\0")  # fmt: skip
    values = (
        at_ms, call_id, caller, callee, trunk, "", False, from_number, original, private[:1] == "1", attestation,
        tuple(claimed.split(_SEPARATOR)[:-1]) if claimed else (),
        private[1:] == "",
        tuple(diverting.split(_SEPARATOR)[:-1]) if diverting else (),
        False, None, tuple(signatures.decode("utf-8", "replace").split("\0")) if signatures else (),
    )  # fmt: skip
    return tuple.__new__(CallAttempt, values)  # a third of the cost of CallAttempt(…)


def encode_listener(listener: Listener) -> NDArray[np.uint8]:
    """Encode the listener's settings that the scan needs."""
    config = np.zeros(layout.CONFIG, np.uint8)
    config[layout.STREAM], config[layout.TRUSTED] = listener.protocol == "tcp", listener.trusted
    config[layout.READS_SIGNATURES] = listener.reads_signatures
    match listener.trunk:
        case FixedTrunk(name):
            config[layout.TRUNK_FROM] = layout.FIXED_TRUNK
            _write_name(config, layout.TRUNK_NAME, name.encode())
        case TrunkHeader(name):
            config[layout.TRUNK_FROM] = layout.HEADER_TRUNK
            _write_name(config, layout.TRUNK_NAME, name.lower().encode())
        case TrunkGroup():
            config[layout.TRUNK_FROM] = layout.GROUP_TRUNK
    _write_name(config, layout.ATTESTATION_NAME, listener.attestation.lower().encode())
    return config


def _write_name(config: NDArray[np.uint8], offset: int, name: bytes) -> None:
    config[offset] = len(name)
    config[offset + 1 : offset + 1 + len(name)] = np.frombuffer(name, np.uint8)
