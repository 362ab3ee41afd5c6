"""SIP over UDP: one datagram in, at most one out, to where its Via says (RFC 3261 §18.2.2, RFC 3581)."""

import asyncio
import socket

from fanzha.screen.overload import Overload, Queue
from fanzha.screen.sip._scan import layout as at
from fanzha.screen.sip.batch import Batch
from fanzha.screen.sip.redirect import Came, RedirectServer

_ROW, _ANSWER, _ANSWER_END = at.MARKS, at.ANSWER, at.ANSWER_END


class Datagrams:
    """Answers what comes to an opened socket, on the running loop, until it is closed; the socket stays open."""

    def __init__(self, opened: socket.socket, server: RedirectServer, overload: Overload) -> None:
        self.lost = 0  # answers that the network did not take
        self._opened, self._answer, self._server = opened, server.answer_slot, server
        self._batch, self._queue = Batch(opened, server.listener), Queue(opened, overload)
        server.late = self.send_late
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(opened.fileno(), self._read)

    def close(self) -> None:
        """Answer no more."""
        self._loop.remove_reader(self._opened.fileno())
        self._queue.close()

    def send_late(self, host: str, text: bytes, port: int) -> None:
        """Send an answer that was waited for."""
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
            self._queue.look()
        self._server.waited_ms = self._queue.waited_ms  # of the last one that was read; the others waited longer
        answer, slots, came, marks = self._answer, batch.slots, self._came, batch.slots.marks
        for place in range(count):
            row = place * _ROW
            marks[row + _ANSWER], marks[row + _ANSWER_END] = answer(slots, place, came)
        self.lost += batch.send(count)

    def _came(self, place: int) -> Came:
        """Tell a datagram again, for an answer that is waited for."""
        host, port = self._batch.slots.source(place)
        return self._batch.message(place), 0, host, port, host
