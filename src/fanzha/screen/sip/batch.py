"""Datagrams in batches: one system call reads, one sends (recvmmsg(2), sendmmsg(2)).

The CPU caches stay warm between two system calls: in batches a message costs a third less. The kernel adds to each
datagram when it arrived (SO_TIMESTAMPNS, socket(7)).
"""

import contextlib
import ctypes
import socket
from typing import Any

import numba as untyped_numba
import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled, entry_point
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip._scan.memory import bytes_at, words_at
from fanzha.screen.sip._scan.source import mark_source
from fanzha.screen.sip.listener import Listener
from fanzha.screen.sip.message import MessageSlots
from fanzha.screen.sip.scan import scan_at

#: Datagrams read at once before the loop's other work gets a turn.
BATCH_SIZE = 32
_LONGEST_NAME = 128  # bytes of a socket address
_DATA_STRIDE = layout.LONGEST + 1 + 65 * 64  # like the stride of the buffers
_NO_WAIT = int(socket.MSG_DONTWAIT)
_SO_TIMESTAMPNS = 35  # asm-generic/socket.h; the control message has the same number
#: Bytes of control messages that one datagram may bring, and the start of the expected one: struct cmsghdr, timespec.
_CONTROL = 64
_CONTROL_WORDS = _CONTROL // 8
_STAMP_TYPE = _SO_TIMESTAMPNS << 32 | socket.SOL_SOCKET
_SECOND_NS = 1_000_000_000

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


# Offsets in 64-bit words; a length is the lower half of its word.
_HEADER, _VECTOR = ctypes.sizeof(_Header) // 8, ctypes.sizeof(_Vector) // 8
_NAME, _NAME_LENGTH, _LENGTH = _Message.name.offset // 8, _Message.name_length.offset // 8, _Header.length.offset // 8
_CONTROL_LENGTH = _Message.control_length.offset // 8
_LOW = 0xFFFFFFFF

# Indexes of the address table that the kernels get.
_RECEIVED, _SENT, _SENT_VECTORS, _NAMES, _DATA, _ROWS, _CONTROLS, _STAMPS = range(8)


@compiled
def _receive(descriptor: int, address: int) -> int:
    """Read and scan the waiting datagrams; return their number, 0 or less for none."""
    table = words_at(address)
    received, controls, stamps = words_at(table[_RECEIVED]), words_at(table[_CONTROLS]), words_at(table[_STAMPS])
    for slot in range(BATCH_SIZE):
        received[slot * _HEADER + _NAME_LENGTH] = _LONGEST_NAME
        received[slot * _HEADER + _CONTROL_LENGTH] = _CONTROL
    count = int(_recvmmsg(descriptor, table[_RECEIVED], BATCH_SIZE, _NO_WAIT, 0))
    for slot in range(count):
        marks = words_at(table[_ROWS] + slot * layout.MARKS * 8)
        mark_source(bytes_at(table[_NAMES] + slot * _LONGEST_NAME), bytes_at(marks[layout.BUFFER_ADDRESS]), marks)
        length = received[slot * _HEADER + _LENGTH] & _LOW
        scan_at(bytes_at(table[_DATA] + slot * _DATA_STRIDE), 0, length, marks)
        control, stamps[slot] = slot * _CONTROL_WORDS, 0
        if received[slot * _HEADER + _CONTROL_LENGTH] > 0 and controls[control + 1] == _STAMP_TYPE:
            stamps[slot] = controls[control + 2] * _SECOND_NS + controls[control + 3]
    return count


@compiled
def _send(descriptor: int, address: int, count: int) -> int:
    """Send the answers to `count` datagrams; return how many the network refused.

    Those are skipped, because the client retransmits.
    """
    table = words_at(address)
    received, outgoing, vectors = words_at(table[_RECEIVED]), words_at(table[_SENT]), words_at(table[_SENT_VECTORS])
    answers = 0
    for slot in range(count):
        marks = words_at(table[_ROWS] + slot * layout.MARKS * 8)
        if marks[layout.ANSWER_END] > 0:
            name = table[_NAMES] + slot * _LONGEST_NAME
            if marks[layout.REPLY_PORT] != marks[layout.SOURCE_PORT] and marks[layout.SOURCE_LENGTH] > 0:
                port = bytes_at(name)
                port[2], port[3] = marks[layout.REPLY_PORT] >> 8, marks[layout.REPLY_PORT] & 255
            outgoing[answers * _HEADER + _NAME] = name
            outgoing[answers * _HEADER + _NAME_LENGTH] = received[slot * _HEADER + _NAME_LENGTH] & _LOW
            vectors[answers * _VECTOR] = marks[layout.BUFFER_ADDRESS] + marks[layout.ANSWER]
            vectors[answers * _VECTOR + 1] = marks[layout.ANSWER_END] - marks[layout.ANSWER]
            answers += 1
    sent, lost = 0, 0
    while sent < answers:
        accepted = int(_sendmmsg(descriptor, table[_SENT] + sent * _HEADER * 8, answers - sent, _NO_WAIT))
        if accepted <= 0:
            accepted, lost = 1, lost + 1
        sent += accepted
    return lost


class DatagramBatch:
    """Datagrams of one socket that are read together, and their answers in the buffers of the slots.

    `arrivals` holds the arrival time of each slot's datagram in UTC ns, 0 where the kernel gives none.
    """

    def __init__(self, opened: socket.socket, listener: Listener) -> None:
        with contextlib.suppress(OSError):  # sockets without time stamps
            opened.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._descriptor, self.slots = opened.fileno(), MessageSlots(listener, BATCH_SIZE)
        self._names = np.zeros((BATCH_SIZE, _LONGEST_NAME), np.uint8)
        self._data = np.zeros((BATCH_SIZE, _DATA_STRIDE), np.uint8)
        self._received, self._sent = _headers(self._names, self._data), _headers(self._names, self._data)
        self._controls, self._stamps = np.zeros((BATCH_SIZE, _CONTROL), np.uint8), np.zeros(BATCH_SIZE, np.int64)
        self.arrivals = memoryview(self._stamps.data).cast("B").cast("q")
        for slot, message in enumerate(self._received[0]):
            message.message.control = self._controls[slot].ctypes.data
        addresses = (
            *(ctypes.addressof(part) for part in (self._received[0], self._sent[0], self._sent[1])),
            *(part.ctypes.data for part in (self._names, self._data, self.slots.rows, self._controls, self._stamps)),
        )
        self._table = np.array(addresses, np.int64)
        self._address = self._table.ctypes.data
        self._receive, self._send = entry_point(_receive), entry_point(_send)
        self._receive(-1, self._address)  # compile now, not while a call waits
        self._send(-1, self._address, 0)

    def receive(self) -> int:
        """Read and scan the waiting datagrams; return their number, 0 or less for none."""
        return self._receive(self._descriptor, self._address)

    def message(self, slot: int) -> bytes:
        """Return one datagram."""
        return self._data[slot, : self._received[0][slot].length].tobytes()

    def send(self, count: int) -> int:
        """Send the marked answers to `count` datagrams; return how many were lost."""
        return self._send(self._descriptor, self._address, count)


def _headers(
    names: NDArray[np.uint8], buffers: NDArray[np.uint8]
) -> "tuple[ctypes.Array[_Header], ctypes.Array[_Vector]]":
    """Return message headers that point to these names and buffers, and their vectors."""
    headers, vectors = (_Header * BATCH_SIZE)(), (_Vector * BATCH_SIZE)()
    for header, vector, name, buffer in zip(headers, vectors, names, buffers, strict=True):
        vector.base, vector.length = buffer.ctypes.data, layout.LONGEST
        header.message.name, header.message.vectors = name.ctypes.data, ctypes.addressof(vector)
        header.message.vector_count = 1
    return headers, vectors
