"""Copies of SIP in HEP version 3, as Homer's agents send them: answers and ends of calls that a screen never sees.

HEP3 (sipcapture/HEP, draft of 2013): "HEP3", the length, then chunks of vendor, type, length and data, all big-endian.
A proxy copies every message as it came and as it left. The caller's side of a call is the transaction with the fewest
Via header fields; only a failure there ends the call, since behind the proxy it may be tried elsewhere.
"""

import hmac
import zlib
from dataclasses import dataclass, field
from struct import Struct

from fanzha.base.q850 import q850_from_sip
from fanzha.screen.feeds.call_tracker import MOST, Call, Ending, FollowedCalls, Sink, State
from fanzha.screen.feeds.sip_copy import Copied, read_copied

SOURCE = "hep"
SIP = 1  # protocol type
MOST_TAGS = 8  # callee's ends of one forked call that are remembered
MOST_UNPACKED = 65_536
DAY_MS = 86_400_000

PROTOCOL, SECONDS, MICROSECONDS, KEY, PAYLOAD, PACKED = 0x000B, 0x0009, 0x000A, 0x000E, 0x000F, 0x0010
_HEAD, _CHUNK, _LONG = Struct(">4sH"), Struct(">HHH"), Struct(">I")
_CALLEE_SAYS = frozenset({486, 600, 603, 607})
_AGAIN = frozenset({401, 407, *range(300, 400)})  # the caller may try again at once


@dataclass(slots=True)
class SipCall(Call):
    """A call as its caller's side is seen."""

    caller_tag: bytes = b""
    cseq: int = 0
    branch: bytes = b""
    vias: int = 0
    callee_tags: set[bytes] = field(default_factory=set)
    cancelled: bool = False


class HepFeed:
    """Takes datagrams from anybody who may send here; what is no HEP3 is counted and nothing else."""

    def __init__(self, sink: Sink, *, key: bytes = b"", most: int = MOST) -> None:
        """With a `key` only packets are taken that carry it."""
        self.calls: FollowedCalls[SipCall] = FollowedCalls(sink, SOURCE, most=most)
        self.taken = self.refused = 0
        self._key = key

    def datagram(self, data: bytes, at: int) -> None:
        """Take one packet that arrived at a moment (UTC ms); never raises."""
        copied = self._unwrapped(data, at)
        if copied is None:
            self.refused += 1
            return
        self.taken += 1
        payload, stamp = copied
        if payload and (message := read_copied(payload)) is not None:
            self._take(message, at, stamp)

    def pass_time(self, at: int) -> None:
        """Look after calls of which nothing comes any more."""
        self.calls.pass_time(at)

    def _unwrapped(self, data: bytes, at: int) -> tuple[bytes, int] | None:
        """Return the SIP message (b"" of another protocol) and when it was captured, None for a packet that is none."""
        if len(data) < _HEAD.size or _HEAD.unpack_from(data) != (b"HEP3", len(data)):
            return None
        chunks, place = {}, _HEAD.size
        while place < len(data):
            if place + _CHUNK.size > len(data):
                return None
            vendor, kind, length = _CHUNK.unpack_from(data, place)
            if length < _CHUNK.size or place + length > len(data):
                return None
            if vendor == 0:
                chunks[kind] = data[place + _CHUNK.size : place + length]
            place += length
        if self._key and not hmac.compare_digest(chunks.get(KEY, b""), self._key):
            return None
        payload = chunks.get(PAYLOAD) or _unpacked(chunks.get(PACKED, b""))
        return (payload if chunks.get(PROTOCOL) == bytes([SIP]) else b""), _stamp(chunks, at)

    def _take(self, message: Copied, at: int, stamp: int) -> None:
        call = self.calls.find(message.call_id)
        if message.status:
            if message.method == b"INVITE":
                self._answered(call, message, at, stamp)
        elif message.method == b"INVITE":
            self._offered(call, message, at, stamp)
        elif call is not None and message.method == b"BYE":
            self._hung_up(call, message, at, stamp)
        elif call is not None and message.branch == call.branch and call.state in (State.RINGING, State.PENDING):
            call.cancelled, call.ending = True, Ending("caller", 16 if message.cause is None else message.cause)
            self.calls.move(call, State.PENDING, at)

    def _offered(self, call: SipCall | None, message: Copied, at: int, stamp: int) -> None:
        if message.to_tag:  # within a call that is set up already
            return
        if call is None or (call.state is State.OVER and message.cseq > call.cseq):
            self.calls.begin(_call(message, stamp), at)
        elif message.from_tag == call.caller_tag and call.state in (State.RINGING, State.PENDING):
            if message.cseq > call.cseq:
                call.began, call.cseq, call.vias = stamp, message.cseq, message.vias + 1
            if message.cseq == call.cseq and message.vias < call.vias:
                call.branch, call.vias = message.branch, message.vias
            if not call.cancelled:
                self.calls.move(call, State.RINGING, at)

    def _answered(self, call: SipCall | None, message: Copied, at: int, stamp: int) -> None:
        """Take a final response; the first success of any branch answers the call."""
        success = message.status < 300
        if call is None and success and message.to_tag:
            call = self.calls.begin(_call(message, None), at)
        if call is None or message.from_tag != call.caller_tag or message.cseq != call.cseq:
            return
        if success:
            if call.state in (State.RINGING, State.PENDING):
                self.calls.answer(call, at, stamp)
            if call.state is State.TALKING and message.to_tag and len(call.callee_tags) < MOST_TAGS:
                call.callee_tags.add(message.to_tag)
        elif call.state in (State.RINGING, State.PENDING):
            self._failed(call, message, at, stamp)

    def _failed(self, call: SipCall, message: Copied, at: int, stamp: int) -> None:
        by = "caller" if message.status == 487 else "callee" if message.status in _CALLEE_SAYS else "network"
        ending = Ending(by, q850_from_sip(message.status) if message.cause is None else message.cause)
        ending = call.ending if call.cancelled else ending
        if message.branch == call.branch and message.status not in _AGAIN:
            self.calls.end(call, at, stamp, ending, answered=False)
        else:
            call.ending = ending
            self.calls.move(call, State.PENDING, at)

    def _hung_up(self, call: SipCall, message: Copied, at: int, stamp: int) -> None:
        """Take a BYE; it ends a call when no callee's end is left, and one whose answer was lost without doubt."""
        by_caller = message.from_tag == call.caller_tag
        if not by_caller and message.to_tag != call.caller_tag:
            return
        ending = Ending("caller" if by_caller else "callee", 16 if message.cause is None else message.cause)
        if call.state is State.TALKING:
            call.callee_tags.discard(message.to_tag if by_caller else message.from_tag)
            if not call.callee_tags:
                self.calls.end(call, at, stamp, ending, answered=True)
        elif call.state in (State.RINGING, State.PENDING):
            self.calls.end(call, at, stamp, ending, answered=None)


def _call(message: Copied, began: int | None) -> SipCall:
    how = (message.from_tag, message.cseq, message.branch, message.vias)
    return SipCall(message.call_id, began, None, State.RINGING, Ending(None, None), *how)


def _stamp(chunks: dict[int, bytes], at: int) -> int:
    """Return when a message was captured; the moment it arrived where the agent's clock cannot be right."""
    seconds, micros = chunks.get(SECONDS, b""), chunks.get(MICROSECONDS, b"\0\0\0\0")
    if len(seconds) != _LONG.size or len(micros) != _LONG.size:
        return at
    stamp: int = _LONG.unpack(seconds)[0] * 1_000 + _LONG.unpack(micros)[0] // 1_000
    return stamp if abs(stamp - at) < DAY_MS else at


def _unpacked(data: bytes) -> bytes:
    """Return what a compressed payload holds, b"" for what is none or too much."""
    if not data:
        return b""
    unpacker = zlib.decompressobj(wbits=47)  # zlib or gzip
    try:
        found = unpacker.decompress(data, MOST_UNPACKED)
    except zlib.error:
        return b""
    return b"" if unpacker.unconsumed_tail else found
