"""Datagrams in batches: those that wait are read by one system call and answered by one (recvmmsg(2), sendmmsg(2)).

Between two system calls the processor keeps what it has learnt of the loops: in batches a message costs a third less.
"""

import ctypes
import socket
from typing import Any

import numba as untyped_numba
import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.screen.sip._scan import layout as at
from fanzha.screen.sip._scan.memory import bytes_at, words_at
from fanzha.screen.sip._scan.source import mark_source
from fanzha.screen.sip.listener import Listener
from fanzha.screen.sip.message import Slots
from fanzha.screen.sip.scan import scan_at

#: How many datagrams are read at once; then the other work of the loop has its turn.
MOST = 32
_LONGEST_NAME = 128  # bytes of a socket address of any family
_APART = at.LONGEST + 1 + 65 * 64  # as the rooms
_NO_WAIT = int(socket.MSG_DONTWAIT)

_types: Any = untyped_numba.types
_recvmmsg = _types.ExternalFunction(
    "recvmmsg", _types.int32(_types.int32, _types.intp, _types.uint32, _types.int32, _types.intp)
)
_sendmmsg = _types.ExternalFunction("sendmmsg", _types.int32(_types.int32, _types.intp, _types.uint32, _types.int32))


class _Vector(ctypes.Structure):
    """struct iovec."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Message(ctypes.Structure):
    """struct msghdr."""

    _fields_ = (
        ("name", ctypes.c_void_p), ("name_length", ctypes.c_uint), ("vectors", ctypes.c_void_p),
        ("vector_count", ctypes.c_size_t), ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )  # fmt: skip


class _Header(ctypes.Structure):
    """struct mmsghdr."""

    _fields_ = (("message", _Message), ("length", ctypes.c_uint))


# Where the loops find what changes, in words of 64 bits; a length fills the half of its word that comes first.
_HEADER, _VECTOR = ctypes.sizeof(_Header) // 8, ctypes.sizeof(_Vector) // 8
_NAME, _NAME_LENGTH, _LENGTH = _Message.name.offset // 8, _Message.name_length.offset // 8, _Header.length.offset // 8
_LOW = 0xFFFFFFFF

# The table of addresses that the loops are given.
_COME, _GO, _GO_VECTORS, _NAMES, _DATA, _ROWS = range(6)


@compiled
def _receive(descriptor: int, address: int) -> int:
    """Read and scan what waits; return how many datagrams, 0 or less for none."""
    table = words_at(address)
    come = words_at(table[_COME])
    for place in range(MOST):
        come[place * _HEADER + _NAME_LENGTH] = _LONGEST_NAME
    count = int(_recvmmsg(descriptor, table[_COME], MOST, _NO_WAIT, 0))
    for place in range(count):
        marks = words_at(table[_ROWS] + place * at.MARKS * 8)
        mark_source(bytes_at(table[_NAMES] + place * _LONGEST_NAME), bytes_at(marks[at.ROOM_ADDRESS]), marks)
        length = come[place * _HEADER + _LENGTH] & _LOW
        scan_at(bytes_at(table[_DATA] + place * _APART), 0, length, marks)
    return count


@compiled
def _send(descriptor: int, address: int, count: int) -> int:
    """Send the answers to `count` datagrams; return how many the network did not take.

    Those are skipped, for who misses an answer asks again.
    """
    table = words_at(address)
    come, go, vectors = words_at(table[_COME]), words_at(table[_GO]), words_at(table[_GO_VECTORS])
    answers = 0
    for place in range(count):
        marks = words_at(table[_ROWS] + place * at.MARKS * 8)
        if marks[at.ANSWER_END] > 0:
            name = table[_NAMES] + place * _LONGEST_NAME
            if marks[at.REPLY_PORT] != marks[at.SOURCE_PORT] and marks[at.SOURCE_LENGTH] > 0:
                port = bytes_at(name)
                port[2], port[3] = marks[at.REPLY_PORT] >> 8, marks[at.REPLY_PORT] & 255
            go[answers * _HEADER + _NAME] = name
            go[answers * _HEADER + _NAME_LENGTH] = come[place * _HEADER + _NAME_LENGTH] & _LOW
            vectors[answers * _VECTOR] = marks[at.ROOM_ADDRESS] + marks[at.ANSWER]
            vectors[answers * _VECTOR + 1] = marks[at.ANSWER_END] - marks[at.ANSWER]
            answers += 1
    sent, lost = 0, 0
    while sent < answers:
        taken = int(_sendmmsg(descriptor, table[_GO] + sent * _HEADER * 8, answers - sent, _NO_WAIT))
        if taken <= 0:
            taken, lost = 1, lost + 1
        sent += taken
    return lost


class Batch:
    """The datagrams of one socket that were read together, and their answers, which stand in the rooms of the slots."""

    def __init__(self, opened: socket.socket, listener: Listener) -> None:
        self._descriptor, self.slots = opened.fileno(), Slots(listener, MOST)
        self._names = np.zeros((MOST, _LONGEST_NAME), np.uint8)
        self._data = np.zeros((MOST, _APART), np.uint8)
        self._come, self._go = _headers(self._names, self._data), _headers(self._names, self._data)
        addresses = (
            *(ctypes.addressof(part) for part in (self._come[0], self._go[0], self._go[1])),
            *(part.ctypes.data for part in (self._names, self._data, self.slots.rows)),
        )
        self._table = np.array(addresses, np.int64)
        self._address = self._table.ctypes.data
        _receive(-1, self._address)  # compiled now, not while a call waits
        _send(-1, self._address, 0)

    def receive(self) -> int:
        """Read and scan what waits; return how many datagrams that are, 0 or less for none."""
        return _receive(self._descriptor, self._address)

    def message(self, place: int) -> bytes:
        """Return one datagram."""
        return self._data[place, : self._come[0][place].length].tobytes()

    def send(self, count: int) -> int:
        """Send the answers that were marked of `count` datagrams; return how many were lost."""
        return _send(self._descriptor, self._address, count)


def _headers(
    names: NDArray[np.uint8], rooms: NDArray[np.uint8]
) -> "tuple[ctypes.Array[_Header], ctypes.Array[_Vector]]":
    """Return headers that lead to these names and rooms, and their vectors."""
    headers, vectors = (_Header * MOST)(), (_Vector * MOST)()
    for header, vector, name, room in zip(headers, vectors, names, rooms, strict=True):
        vector.base, vector.length = room.ctypes.data, at.LONGEST
        header.message.name, header.message.vectors = name.ctypes.data, ctypes.addressof(vector)
        header.message.vector_count = 1
    return headers, vectors
