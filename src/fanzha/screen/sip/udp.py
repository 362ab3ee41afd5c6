"""SIP over UDP: at most one answer per datagram, sent to its Via (RFC 3261 §18.2.2, RFC 3581)."""

import asyncio
import socket

from fanzha.screen.overload import OverloadControl, SocketQueue
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip.batch import DatagramBatch
from fanzha.screen.sip.redirect import ReceivedRequest, RedirectServer

_ROW, _ANSWER, _ANSWER_END = layout.MARKS, layout.ANSWER, layout.ANSWER_END


class UdpServer:
    """Answers datagrams of a socket on the running loop until closed; does not close the socket."""

    def __init__(self, opened: socket.socket, server: RedirectServer, overload: OverloadControl) -> None:
        self.lost = 0  # answers that the network refused
        self._opened, self._answer, self._server = opened, server.answer_slot, server
        self._batch, self._queue = DatagramBatch(opened, server.listener), SocketQueue(opened, overload)
        server.send_late = self.send_late
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(opened.fileno(), self._read)

    def close(self) -> None:
        """Stop answering."""
        self._loop.remove_reader(self._opened.fileno())
        self._queue.close()

    def send_late(self, host: str, text: bytes, port: int) -> None:
        """Send a late answer."""
        try:
            self._opened.sendto(text, (host, port))
        except OSError:
            self.lost += 1

    def _read(self) -> None:
        batch = self._batch
        count = batch.receive()
        if count <= 0:
            return
        if self._queue.due:
            self._queue.measure()
        self._server.waited_ms = self._queue.waited_ms  # wait of the last datagram read; the others waited longer
        answer, slots, read_back, marks = self._answer, batch.slots, self._read_back, batch.slots.marks
        for slot in range(count):
            row = slot * _ROW
            marks[row + _ANSWER], marks[row + _ANSWER_END] = answer(slots, slot, read_back)
        self.lost += batch.send(count)

    def _read_back(self, slot: int) -> ReceivedRequest:
        """Return a datagram for a late answer."""
        host, port = self._batch.slots.source(slot)
        return self._batch.message(slot), 0, host, port, host
