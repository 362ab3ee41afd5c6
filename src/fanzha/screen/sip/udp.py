"""SIP over UDP: at most one answer per datagram, sent to its Via (RFC 3261 §18.2.2, RFC 3581)."""

import asyncio
import socket
from time import perf_counter_ns, time_ns

from fanzha.screen.overload import OverloadControl, SocketQueue
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip.batch import BATCH_SIZE, DatagramBatch
from fanzha.screen.sip.redirect import ReceivedRequest, RedirectServer
from fanzha.screen.sip.trunk_queues import DroppedCall, TrunkQueues, WaitingCall

_ROW, _ANSWER, _ANSWER_END = layout.MARKS, layout.ANSWER, layout.ANSWER_END
#: Batches read in a row, so that the socket is emptied before waiting calls are decided.
MAX_BATCHES = 64
#: How long waiting calls are decided before new datagrams are read.
SLICE_NS = 2_000_000
_LONGEST_MS = 1e6  # no limit


class UdpServer:
    """Answers datagrams of a socket on the running loop until closed; does not close the socket.

    While datagrams arrive faster than they are answered, calls wait in `TrunkQueues`, and everything else is answered
    at once. A call that has waited longer than the limit of `overload` is dropped and counted, because its sender has
    gone on without an answer.
    """

    def __init__(self, opened: socket.socket, server: RedirectServer, overload: OverloadControl) -> None:
        self.lost = 0  # answers that the network refused
        self._opened, self._server, self._overload = opened, server, overload
        self._batch, self._queue = DatagramBatch(opened, server.listener), SocketQueue(overload)
        self._waiting, self._is_scheduled = TrunkQueues(), False
        server.send_late = self.send_late
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(opened.fileno(), self._read)

    def close(self) -> None:
        """Stop answering."""
        self._loop.remove_reader(self._opened.fileno())
        self._waiting = TrunkQueues()
        self._queue.close()

    def send_late(self, host: str, text: bytes, port: int) -> None:
        """Send a late answer."""
        try:
            self._opened.sendto(text, (host, port))
        except OSError:
            self.lost += 1

    def _read(self) -> None:
        """Read the waiting datagrams; answer them, or let calls wait where there are more than one batch."""
        batch = self._batch
        for _ in range(MAX_BATCHES):
            count = batch.receive()
            if count <= 0:
                break
            if self._queue.due or count == BATCH_SIZE:
                self._queue.measure(batch.arrivals[count - 1])
            self._answer_batch(count, is_waiting=count == BATCH_SIZE or self._waiting.length > 0)
            self.lost += batch.send(count)
            if count < BATCH_SIZE:
                break
        if self._waiting.length and not self._is_scheduled:
            self._decide_waiting()

    def _answer_batch(self, count: int, *, is_waiting: bool) -> None:
        """Write the answers of a batch; of calls only if they need not wait."""
        server, slots, marks = self._server, self._batch.slots, self._batch.slots.marks
        arrivals = self._batch.arrivals
        late_ns = time_ns() - int(min(self._overload.late_ms, _LONGEST_MS) * 1e6)  # what arrived before is late
        has_late = server.drops_late and 0 < arrivals[0] < late_ns  # the first datagram waited longest
        answer, read_back = server.answer_slot, self._read_back
        for slot in range(count):
            row, server.arrived_ns = slot * _ROW, arrivals[slot]
            if is_waiting or has_late:
                is_late = has_late and 0 < arrivals[slot] < late_ns
                trunk = server.trunk_of_new_call(slots, slot) if is_waiting or is_late else None
                if trunk is not None:
                    marks[row + _ANSWER_END] = 0
                    if is_late:
                        server.count_late(trunk, time_ns() - arrivals[slot])
                    else:
                        self._defer(trunk, slot)
                    continue
            marks[row + _ANSWER], marks[row + _ANSWER_END] = answer(slots, slot, read_back)

    def _defer(self, trunk: str, slot: int) -> None:
        host, port = self._batch.slots.source(slot)
        now_ns, stamp_ns = perf_counter_ns(), self._batch.arrivals[slot]
        waited_ns = max(0, time_ns() - stamp_ns) if stamp_ns else 0
        call = WaitingCall(self._batch.message(slot), host, port, now_ns - waited_ns)
        self._count_dropped(self._waiting.append(trunk, call), now_ns)

    def _count_dropped(self, dropped: list[DroppedCall], now_ns: int) -> None:
        for trunk, arrived_ns in dropped:
            self._server.count_late(trunk, now_ns - arrived_ns)

    def _decide_waiting(self) -> None:
        """Decide waiting calls for a while, then read again."""
        self._is_scheduled = False
        server, now_ns = self._server, perf_counter_ns()
        if server.drops_late:
            late_ns = now_ns - int(min(self._overload.late_ms, _LONGEST_MS) * 1e6)
            self._count_dropped(self._waiting.drop_before(late_ns), now_ns)
        end_ns = now_ns + SLICE_NS
        while now_ns < end_ns and (taken := self._waiting.take()) is not None:
            call, oldest_ns = taken
            server.arrived_ns = time_ns() - (now_ns - call.arrived_ns)
            server.is_backlogged = now_ns - oldest_ns > self._overload.shed_ms * 1e6
            text, port, _, _ = server.answer(call.data, 0, call.host, call.port, call.host)
            server.is_backlogged = False
            if text:
                self.send_late(call.host, text, port)
            now_ns = perf_counter_ns()
        if self._waiting.length:
            self._is_scheduled = True
            self._loop.call_soon(self._resume)

    def _resume(self) -> None:
        """Read what has come, then decide further calls."""
        self._read()
        if self._is_scheduled:
            self._decide_waiting()

    def _read_back(self, slot: int) -> ReceivedRequest:
        """Return a datagram for a late answer."""
        host, port = self._batch.slots.source(slot)
        return self._batch.message(slot), 0, host, port, host
