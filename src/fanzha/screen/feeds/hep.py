"""SIP copies in HEP version 3, as Homer's agents send them: answers and ends of calls.

HEP3 (sipcapture/HEP, draft of 2013): "HEP3", the length, then chunks of vendor, type, length and data, all big-endian.
A proxy copies every message as received and as sent. The caller's side of a call is the transaction with the fewest Via
header fields. Only a failure there ends the call, since behind the proxy another branch may succeed.
"""

import asyncio
import hmac
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from struct import Struct

from fanzha.base.q850 import q850_from_sip
from fanzha.screen.feeds.call_tracker import MAX_CALLS, CallEnding, CallState, CallTracker, FactSink, TrackedCall
from fanzha.screen.feeds.sip_copy import SipCopy, parse_sip_copy
from fanzha.screen.sip.copied_calls import CopiedCalls

SOURCE = "hep"
SIP = 1  # protocol type
MAX_TAGS = 8  # callee tags kept of one forked call
MAX_UNPACKED = 65_536
DAY_MS = 86_400_000
MAX_SOURCES = 4_096  # source addresses whose admission is cached

PROTOCOL, SECONDS, MICROSECONDS, KEY, PAYLOAD, PACKED = 0x000B, 0x0009, 0x000A, 0x000E, 0x000F, 0x0010
_HEAD, _CHUNK, _LONG = Struct(">4sH"), Struct(">HHH"), Struct(">I")
_CALLEE_REFUSES = frozenset({486, 600, 603, 607})
_RETRIED = frozenset({401, 407, *range(300, 400)})  # the caller may retry at once


@dataclass(slots=True)
class SipCall(TrackedCall):
    """A call as seen on the caller's side."""

    caller_tag: bytes = b""
    cseq: int = 0
    branch: bytes = b""
    vias: int = 0
    callee_tags: set[bytes] = field(default_factory=set)
    cancelled: bool = False
    judged: bool = False


class HepFeed:
    """Tracks calls from HEP3 datagrams; invalid ones are counted and ignored."""

    def __init__(
        self, sink: FactSink, *, key: bytes = b"", max_calls: int = MAX_CALLS, copied_calls: CopiedCalls | None = None
    ) -> None:
        """With a `key` only packets that carry it are accepted. `copied_calls` judges the calls, None judges none."""
        self.calls: CallTracker[SipCall] = CallTracker(sink, SOURCE, max_calls=max_calls)
        self.accepted = self.rejected = 0
        self._key, self._copied_calls = key, copied_calls

    def receive(self, data: bytes, at: int) -> None:
        """Process one packet that arrived at `at` (UTC ms); never raise."""
        packet = self._unwrap(data, at)
        if packet is None:
            self.rejected += 1
            return
        self.accepted += 1
        payload, stamp = packet
        if payload and (message := parse_sip_copy(payload)) is not None:
            self._apply(message, at, stamp)
            if self._copied_calls is not None and message.method == b"INVITE" and not message.status:
                self._judge(message, payload, at)

    def _judge(self, message: SipCopy, payload: bytes, at: int) -> None:
        """Judge a call once, by the first complete copy of its INVITE; ignore retransmissions and later hops."""
        call = self.calls.find(message.call_id)
        if call is not None and self._copied_calls is not None and not message.to_tag:
            call.judged = call.judged or self._copied_calls.receive(payload, at)

    def pass_time(self, at: int) -> None:
        """Time out calls."""
        self.calls.pass_time(at)

    def _unwrap(self, data: bytes, at: int) -> tuple[bytes, int] | None:
        """Return SIP message and capture time; b"" for another protocol, None for an invalid packet."""
        if len(data) < _HEAD.size or _HEAD.unpack_from(data) != (b"HEP3", len(data)):
            return None
        chunks, offset = {}, _HEAD.size
        while offset < len(data):
            if offset + _CHUNK.size > len(data):
                return None
            vendor, kind, length = _CHUNK.unpack_from(data, offset)
            if length < _CHUNK.size or offset + length > len(data):
                return None
            if vendor == 0:
                chunks[kind] = data[offset + _CHUNK.size : offset + length]
            offset += length
        if self._key and not hmac.compare_digest(chunks.get(KEY, b""), self._key):
            return None
        payload = chunks.get(PAYLOAD) or _decompress(chunks.get(PACKED, b""))
        return (payload if chunks.get(PROTOCOL) == bytes([SIP]) else b""), _read_timestamp(chunks, at)

    def _apply(self, message: SipCopy, at: int, stamp: int) -> None:
        call = self.calls.find(message.call_id)
        if message.status:
            if message.method == b"INVITE":
                self._on_response(call, message, at, stamp)
        elif message.method == b"INVITE":
            self._on_invite(call, message, at, stamp)
        elif call is not None and message.method == b"BYE":
            self._on_bye(call, message, at, stamp)
        elif (
            call is not None and message.branch == call.branch and call.state in (CallState.RINGING, CallState.PENDING)
        ):
            call.cancelled, call.ending = True, CallEnding("caller", 16 if message.cause is None else message.cause)
            self.calls.set_state(call, CallState.PENDING, at)

    def _on_invite(self, call: SipCall | None, message: SipCopy, at: int, stamp: int) -> None:
        if message.to_tag:  # re-INVITE within a dialog
            return
        if call is None or (call.state is CallState.OVER and message.cseq > call.cseq):
            self.calls.begin(_new_call(message, stamp), at)
        elif message.from_tag == call.caller_tag and call.state in (CallState.RINGING, CallState.PENDING):
            if message.cseq > call.cseq:
                call.started_at, call.cseq, call.vias = stamp, message.cseq, message.vias + 1
            if message.cseq == call.cseq and message.vias < call.vias:
                call.branch, call.vias = message.branch, message.vias
            if not call.cancelled:
                self.calls.set_state(call, CallState.RINGING, at)

    def _on_response(self, call: SipCall | None, message: SipCopy, at: int, stamp: int) -> None:
        """Process a final response; the first success of any branch answers the call."""
        success = message.status < 300
        if call is None and success and message.to_tag:
            call = self.calls.begin(_new_call(message, None), at)
        if call is None or message.from_tag != call.caller_tag or message.cseq != call.cseq:
            return
        if success:
            if call.state in (CallState.RINGING, CallState.PENDING):
                self.calls.answer(call, at, stamp)
            if call.state is CallState.TALKING and message.to_tag and len(call.callee_tags) < MAX_TAGS:
                call.callee_tags.add(message.to_tag)
        elif call.state in (CallState.RINGING, CallState.PENDING):
            self._on_failure(call, message, at, stamp)

    def _on_failure(self, call: SipCall, message: SipCopy, at: int, stamp: int) -> None:
        released_by = (
            "caller" if message.status == 487 else "callee" if message.status in _CALLEE_REFUSES else "network"
        )
        ending = CallEnding(released_by, q850_from_sip(message.status) if message.cause is None else message.cause)
        ending = call.ending if call.cancelled else ending
        if message.branch == call.branch and message.status not in _RETRIED:
            self.calls.end(call, at, stamp, ending, answered=False)
        else:
            call.ending = ending
            self.calls.set_state(call, CallState.PENDING, at)

    def _on_bye(self, call: SipCall, message: SipCopy, at: int, stamp: int) -> None:
        """Process a BYE; the last callee's BYE ends the call, as does any if the answer was not seen."""
        by_caller = message.from_tag == call.caller_tag
        if not by_caller and message.to_tag != call.caller_tag:
            return
        ending = CallEnding("caller" if by_caller else "callee", 16 if message.cause is None else message.cause)
        if call.state is CallState.TALKING:
            call.callee_tags.discard(message.to_tag if by_caller else message.from_tag)
            if not call.callee_tags:
                self.calls.end(call, at, stamp, ending, answered=True)
        elif call.state in (CallState.RINGING, CallState.PENDING):
            self.calls.end(call, at, stamp, ending, answered=None)


class HepProtocol(asyncio.DatagramProtocol):
    """Passes the datagrams of peers to a feed; those from other addresses are counted as rejected."""

    def __init__(
        self, feed: HepFeed, now_ms: Callable[[], int], peers: Iterable[IPv4Network | IPv6Network] = ()
    ) -> None:
        """Without `peers` every datagram is passed on. `now_ms` returns UTC ms."""
        self._feed, self._now_ms, self._peers = feed, now_ms, tuple(peers)
        self._accepted_sources: dict[str, bool] = {}

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Handle one datagram."""
        if self._accepts(addr[0]):
            self._feed.receive(data, self._now_ms())
        else:
            self._feed.rejected += 1

    def _accepts(self, source: str) -> bool:
        if not self._peers:
            return True
        if source not in self._accepted_sources:
            if len(self._accepted_sources) >= MAX_SOURCES:
                self._accepted_sources.clear()
            address = ip_address(source)
            self._accepted_sources[source] = any(address in network for network in self._peers)
        return self._accepted_sources[source]


def _new_call(message: SipCopy, started_at: int | None) -> SipCall:
    dialog = (message.from_tag, message.cseq, message.branch, message.vias)
    return SipCall(message.call_id, started_at, None, CallState.RINGING, CallEnding(None, None), *dialog)


def _read_timestamp(chunks: dict[int, bytes], at: int) -> int:
    """Return the capture time; the arrival time if the agent's clock is implausible."""
    seconds, micros = chunks.get(SECONDS, b""), chunks.get(MICROSECONDS, b"\0\0\0\0")
    if len(seconds) != _LONG.size or len(micros) != _LONG.size:
        return at
    stamp: int = _LONG.unpack(seconds)[0] * 1_000 + _LONG.unpack(micros)[0] // 1_000
    return stamp if abs(stamp - at) < DAY_MS else at


def _decompress(data: bytes) -> bytes:
    """Return the decompressed payload, b"" if invalid or too large."""
    if not data:
        return b""
    unpacker = zlib.decompressobj(wbits=47)  # zlib or gzip
    try:
        text = unpacker.decompress(data, MAX_UNPACKED)
    except zlib.error:
        return b""
    return b"" if unpacker.unconsumed_tail else text
