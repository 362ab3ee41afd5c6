"""A received SIP message: what the scan found in it, and the call attempt that a decision is taken on."""

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


class Reader:
    """Scans the messages of one listener. What it returns and `room` are good until it reads again."""

    def __init__(self, listener: Listener) -> None:
        self._asks, self._room = layed_out(listener), np.zeros(at.ROOM, np.uint8)
        self._marks = np.zeros(at.MARKS, np.int64)
        self._marks[at.ASKS_ADDRESS], self._marks[at.ROOM_ADDRESS] = self._asks.ctypes.data, self._room.ctypes.data
        self._address = self._marks.ctypes.data
        self._told = memoryview(self._marks.data)
        self.room = memoryview(self._room.data)
        self.read(b"\r\n")  # compiled now, not while a call waits

    def read(self, data: bytes, start: int = 0) -> tuple[int, ...]:
        """Scan the message at data[start]; return the marks, in the order of the layout: fault, method, tagged …"""
        scan(data, start, self._address)
        return _TOLD(self._told)


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


def layed_out(listener: Listener) -> NDArray[np.uint8]:
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
