"""Received SIP messages: the memory that scans write to, and the call attempt that a decision is taken on."""

import hashlib
from struct import Struct

import numpy as np
from numpy.typing import NDArray

from fanzha.screen.attempt import Attempt
from fanzha.screen.sip._scan import layout as at
from fanzha.screen.sip.listener import FixedTrunk, Listener, TrunkGroup, TrunkHeader
from fanzha.screen.sip.scan import scan

#: A longer Call-ID or From tag, in bytes, is told by its digest; no usual equipment writes one.
LONGEST_NAME = 255

_TOLD = Struct(f"{at.TOLD}q").unpack_from
_ROW = at.MARKS * 8


class Slots:
    """Memory for `count` messages of one listener, marks and a room for each, and for one more that is scanned alone.

    What stands in a slot is good until the next scan into it.
    """

    def __init__(self, listener: Listener, count: int = 0) -> None:
        self._asks, self._rooms = laid_out(listener), np.zeros((count + 1, at.ROOM_APART), np.uint8)
        self.rows = np.zeros((count + 1, at.MARKS), np.int64)
        self.rows[:, at.ASKS_ADDRESS] = self._asks.ctypes.data
        self.rows[:, at.ROOM_ADDRESS] = [room.ctypes.data for room in self._rooms]
        self.rooms = [memoryview(room.data) for room in self._rooms]
        self.marks = memoryview(self.rows.data).cast("B").cast("q")
        self.alone = count
        self._alone_at = self.rows[count].ctypes.data
        self.scan(b"\r\n", 0, "", 0)  # compiled now, not while a call waits

    def scan(self, data: bytes, start: int, host: str, port: int) -> None:
        """Scan into the slot `alone` the message at data[start], which came from this address and port."""
        source = host.partition("%")[0].encode()[: at.LONGEST_SOURCE]
        self.rooms[self.alone][: len(source)] = source
        row = self.alone * at.MARKS
        self.marks[row + at.SOURCE_LENGTH], self.marks[row + at.SOURCE_PORT] = len(source), port
        scan(data, start, self._alone_at)

    def told(self, place: int) -> tuple[int, ...]:
        """Return the first marks of a slot, in the order of the layout: fault, method, tagged …"""
        return _TOLD(self.marks, place * _ROW)

    def source(self, place: int) -> tuple[str, int]:
        """Return address and port that a message came from; ("", 0) on a local socket."""
        row = self.rows[place]
        return self.rooms[place][: row[at.SOURCE_LENGTH]].tobytes().decode(), int(row[at.SOURCE_PORT])


def shortened(facts: bytes) -> bytes:
    """Put a digest for a long Call-ID or From tag: what a caller may choose at any length is not kept and logged so."""
    call_id, *others, tag = facts.split(b"\0")
    return b"\0".join((_short(call_id), *others, _short(tag)))


def _short(value: bytes) -> bytes:
    if len(value) <= LONGEST_NAME:
        return value
    return b"blake2b:" + hashlib.blake2b(value, digest_size=20).hexdigest().encode()


def attempt_of(facts: bytes, at_ms: int) -> Attempt:
    """Return the attempt that the scan's facts tell; the settings add the ingress and what the trunk proves."""
    call_id, caller, callee, trunk, shown, original, attestation, private, _ = facts.decode("utf-8", "replace").split(
        "\0"
    )
    values = (at_ms, call_id, caller, callee, trunk, "", False, shown, original, private != "", attestation)
    return tuple.__new__(Attempt, values)  # a third of what the call of a named tuple costs


def laid_out(listener: Listener) -> NDArray[np.uint8]:
    """Lay out what the scan must know of a listener."""
    asks = np.zeros(at.ASKS, np.uint8)
    asks[at.STREAM], asks[at.TRUSTED] = listener.protocol == "tcp", listener.trusted
    match listener.trunk:
        case FixedTrunk(name):
            asks[at.TRUNK_FROM] = at.FIXED_TRUNK
            _put(asks, at.TRUNK_NAME, name.encode())
        case TrunkHeader(name):
            asks[at.TRUNK_FROM] = at.HEADER_TRUNK
            _put(asks, at.TRUNK_NAME, name.lower().encode())
        case TrunkGroup():
            asks[at.TRUNK_FROM] = at.GROUP_TRUNK
    _put(asks, at.ATTESTATION_NAME, listener.attestation.lower().encode())
    return asks


def _put(asks: NDArray[np.uint8], place: int, name: bytes) -> None:
    asks[place] = len(name)
    asks[place + 1 : place + 1 + len(name)] = np.frombuffer(name, np.uint8)
