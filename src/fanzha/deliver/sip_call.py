"""One outgoing call (RFC 3261, user agent client over UDP): INVITE, digest authentication, audio, BYE or CANCEL."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, cast

from fanzha.base.errors import Malformed
from fanzha.deliver.rtp import MediaTarget, RtpStream, build_offer, parse_answer
from fanzha.deliver.sip_message import SipMessage, address_of, authorize, format_message, parse_message

T1_SECONDS, T2_SECONDS = 0.5, 4.0
_TIMEOUT_SECONDS = 64 * T1_SECONDS  # timers B and F
_ALLOW = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO"
_KEY = re.compile(rb"^Signal\s*=\s*([0-9*#A-D])", re.MULTILINE | re.IGNORECASE)
_AGENT = "Fanzha"


class CallResult(StrEnum):
    """How a call ended; UNREACHABLE: the network knows no such number, or could not connect it."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"


class CallOutcome(NamedTuple):
    """The result of a call, the status of the answer, seconds of ringing and listening, and the keys pressed."""

    result: CallResult
    status: int
    ring_seconds: float = 0.0
    listened_seconds: float = 0.0
    keys: str = ""


class ProxyUnreachable(Exception):
    """The proxy did not answer the INVITE, or refused it for its own reasons: no call was placed."""


@dataclass(frozen=True, slots=True)
class CallPlan:
    """The addresses of From and To, the credentials and the longest time of ringing of a call."""

    proxy: tuple[str, int]
    caller: str
    callee: str
    username: str
    password: str
    ring_seconds: float

    @property
    def target(self) -> str:
        """Return the Request-URI."""
        return address_of(self.callee)


#: Returns the audio for a payload type, and seconds to wait for a key afterwards.
AudioSource = Callable[[int], bytes]

_BUSY, _NO_ANSWER, _DECLINED = {486, 600}, {408, 480, 487}, {603, 607, 608, 433}


def result_of(status: int) -> CallResult:
    """Return the result of a final response (RFC 3261 §21, RFC 8197, RFC 8688)."""
    if 200 <= status < 300:
        return CallResult.ANSWERED
    if status in _BUSY:
        return CallResult.BUSY
    if status in _NO_ANSWER:
        return CallResult.NO_ANSWER
    return CallResult.DECLINED if status in _DECLINED else CallResult.UNREACHABLE


class OutgoingCall(asyncio.DatagramProtocol):
    """The signalling of one call, on a socket of its own."""

    def __init__(self, plan: CallPlan, local: str, rtp: RtpStream, rtp_port: int) -> None:
        self._plan, self._local, self._rtp, self._rtp_port = plan, local, rtp, rtp_port
        self._transport: asyncio.DatagramTransport | None = None
        self._received: asyncio.Queue[SipMessage] = asyncio.Queue()
        self._id, self._tag, self._session = secrets.token_hex(12), secrets.token_hex(6), secrets.randbits(31)
        self._sequence, self._branch, self._authorization = 1, "", ""
        self._dialog: SipMessage | None = None
        self._peer_ended = asyncio.Event()
        self._acknowledged = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the socket."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer requests at once, queue responses, and acknowledge each repeat of a 2xx."""
        try:
            message = parse_message(data)
        except Malformed:
            return
        if message.header("call-id") != self._id:
            return
        if not message.status:
            self._answer(message, addr)
        elif self._acknowledged and message.method == "INVITE" and 200 <= message.status < 300:
            self._send(self._acknowledged)
        else:
            self._received.put_nowait(message)

    def error_received(self, exc: Exception) -> None:
        """Ignore it: retransmissions and timers decide."""

    async def call(self, audio: AudioSource, key_seconds: float) -> CallOutcome:
        """Call, play, wait for a key, hang up. Raise ProxyUnreachable if the INVITE had no effect.

        When the task is cancelled the call is hung up before CancelledError is raised again.
        """
        loop = asyncio.get_running_loop()
        begun = loop.time()
        answer, rung_at = await self._invite()
        ring_seconds = loop.time() - (rung_at or begun) if rung_at else 0.0
        if not 200 <= answer.status < 300:
            return CallOutcome(result_of(answer.status), answer.status, ring_seconds)
        self._dialog = answer
        self._acknowledge_answer(answer)
        answered_at = loop.time()
        try:
            target = parse_answer(answer.body, 6 if ":" in self._local else 4)
            self._rtp.listen(target)  # before the audio is encoded, which takes a moment
            await self._until_peer_ends(self._play(audio(target.payload_type), target, key_seconds))
        except Malformed:
            return CallOutcome(CallResult.UNREACHABLE, 488, ring_seconds)
        finally:
            listened = loop.time() - answered_at
            if not self._peer_ended.is_set():
                await asyncio.shield(self._hang_up())
        if self._rtp.problem and not self._rtp.played_seconds:  # nothing of the audio left: the person heard nothing
            return CallOutcome(CallResult.UNREACHABLE, answer.status, ring_seconds)
        return CallOutcome(CallResult.ANSWERED, answer.status, ring_seconds, listened, self._rtp.taken_keys())

    async def _play(self, audio: bytes, target: MediaTarget, key_seconds: float) -> None:
        """Play until the end or a key, then wait for a key."""
        playing = asyncio.create_task(self._rtp.play(audio, target))
        pressing = asyncio.create_task(self._rtp.key_pressed.wait())
        try:
            await asyncio.wait([playing, pressing], return_when=asyncio.FIRST_COMPLETED)
            if not pressing.done():
                await asyncio.wait([pressing], timeout=key_seconds)
        finally:
            for task in (playing, pressing):
                task.cancel()
            await asyncio.gather(playing, pressing, return_exceptions=True)

    async def _until_peer_ends(self, work: Awaitable[None]) -> None:
        tasks = [asyncio.ensure_future(work), asyncio.ensure_future(self._peer_ended.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _invite(self) -> tuple[SipMessage, float | None]:
        """Send INVITE, with credentials if the proxy asks; return the final response and when it began to ring."""
        for _ in range(3):
            answer, rung_at = await self._invite_once()
            if answer.status not in (401, 407) or self._authorization and not _is_stale(answer):
                break
            self._authorize(answer, "INVITE", self._plan.target)
            self._sequence += 1
        if answer.status in (401, 403, 407):
            raise ProxyUnreachable(f"the proxy does not let us call: {answer.start[8:]}")
        if rung_at is None and answer.status in (500, 502, 503, 504):  # a phone that has rung is not rung again
            raise ProxyUnreachable(f"the proxy answers {answer.start[8:]}")
        return answer, rung_at

    def _authorize(self, answer: SipMessage, method: str, uri: str) -> None:
        """Answer the challenge to a request. Raise ProxyUnreachable if that is not possible."""
        name = "Proxy-Authorization" if answer.status == 407 else "Authorization"
        challenges = answer.values("proxy-authenticate" if answer.status == 407 else "www-authenticate")
        for challenge in challenges:
            with suppress(Malformed):
                plan = self._plan
                value = authorize(challenge, method, uri, plan.username, plan.password)
                self._authorization = f"{name}: {value}"
                return
        raise ProxyUnreachable("the proxy asks for a digest that we do not have")

    async def _invite_once(self) -> tuple[SipMessage, float | None]:
        loop = asyncio.get_running_loop()
        self._branch = f"z9hG4bK{secrets.token_hex(8)}"
        request = self._request("INVITE", self._plan.target, self._sequence, body=self._offer())
        began, rung_at, interval, is_provisional, is_cancelled = loop.time(), None, T1_SECONDS, False, False
        self._send(request)
        deadline = began + _TIMEOUT_SECONDS
        try:
            while True:
                wait = deadline - loop.time() if is_provisional else min(interval, deadline - loop.time())
                try:
                    async with asyncio.timeout(max(wait, 0.0)):
                        message = await self._received.get()
                except TimeoutError:
                    if loop.time() < deadline:
                        self._send(request)
                        interval *= 2
                        continue
                    if not is_provisional:
                        raise ProxyUnreachable("the proxy does not answer") from None
                    if is_cancelled:  # and no answer to that
                        return _no_answer(), rung_at
                    self._send(self._request("CANCEL", self._plan.target, self._sequence))
                    is_cancelled, deadline = True, loop.time() + _TIMEOUT_SECONDS / 4
                    continue
                if message.method != "INVITE" or message.sequence != self._sequence:
                    continue
                if message.status < 200:
                    is_first, is_provisional = not is_provisional, True
                    if is_first:
                        deadline = loop.time() + self._plan.ring_seconds
                    rung_at = rung_at or (loop.time() if message.status in (180, 183) else None)
                    continue
                if message.status >= 300:
                    self._send(self._request("ACK", self._plan.target, self._sequence, to=message.header("to")))
                return message, rung_at
        except BaseException:  # after every error, so that the phone stops ringing
            if is_provisional and not is_cancelled:
                self._send(self._request("CANCEL", self._plan.target, self._sequence))
            raise

    def _acknowledge_answer(self, answer: SipMessage) -> None:
        self._branch = f"z9hG4bK{secrets.token_hex(8)}"
        self._acknowledged = self._in_dialog("ACK", answer, self._sequence)
        self._send(self._acknowledged)

    async def _hang_up(self) -> None:
        """Send BYE until it is answered, with credentials if the proxy asks, at most for some seconds."""
        assert self._dialog is not None
        request, interval, is_authorized = self._next_bye(self._dialog), T1_SECONDS, False
        for _ in range(5):
            self._send(request)
            try:
                async with asyncio.timeout(interval):
                    answer = await self._final_answer("BYE")
            except TimeoutError:
                interval = min(2 * interval, T2_SECONDS)
                continue
            if answer.status not in (401, 407) or is_authorized:
                return
            with suppress(ProxyUnreachable):
                self._authorize(answer, "BYE", self._remote_target(self._dialog))
            request, is_authorized = self._next_bye(self._dialog, is_authorized=True), True

    def _next_bye(self, dialog: SipMessage, *, is_authorized: bool = False) -> bytes:
        self._sequence += 1
        self._branch = f"z9hG4bK{secrets.token_hex(8)}"
        return self._in_dialog("BYE", dialog, self._sequence, is_authorized=is_authorized)

    async def _final_answer(self, method: str) -> SipMessage:
        """Return the final response to the latest request of a method."""
        while True:
            answer = await self._received.get()
            if answer.method == method and answer.sequence == self._sequence and answer.status >= 200:
                return answer

    def _answer(self, request: SipMessage, addr: tuple[str, int]) -> None:
        """Answer a request of the other side within the call."""
        if request.method == "ACK":
            return
        status = "200 OK"
        if request.method == "BYE":
            self._peer_ended.set()
        elif request.method == "INFO":
            if key := _KEY.search(request.body):
                self._rtp.press(key[1].decode().upper())
        elif request.method == "INVITE":  # a new description: ours stays as it is
            status = "488 Not Acceptable Here"
        elif request.method != "OPTIONS":
            status = "405 Method Not Allowed"
        copied = [(name.title(), value) for name, value in request.headers
                  if name in ("via", "from", "to", "call-id", "cseq", "record-route")]  # fmt: skip
        data = format_message(f"SIP/2.0 {status}", [*copied, ("Allow", _ALLOW), ("User-Agent", _AGENT)])
        if self._transport is not None:
            self._transport.sendto(data, addr)

    def _offer(self) -> bytes:
        return build_offer(self._local, self._rtp_port, self._session)

    def _request(self, method: str, uri: str, sequence: int, *, to: str = "", body: bytes = b"") -> bytes:
        """Return a request of the INVITE transaction."""
        headers = [
            *self._common_headers(method, sequence, to or self._plan.callee),
            ("Contact", f"<sip:{self._contact()}>"),
        ]
        if self._authorization and method == "INVITE":
            name, _, value = self._authorization.partition(": ")
            headers.append((name, value))
        if method == "INVITE":
            headers += [("Allow", _ALLOW), ("User-Agent", _AGENT), ("Content-Type", "application/sdp")]
        return format_message(f"{method} {uri} SIP/2.0", headers, body)

    def _remote_target(self, answer: SipMessage) -> str:
        return address_of(answer.header("contact")) or self._plan.target

    def _in_dialog(self, method: str, answer: SipMessage, sequence: int, *, is_authorized: bool = True) -> bytes:
        """Return ACK or BYE by the routes of the answer (RFC 3261 §12.2.1.1, loose routing)."""
        routes = [part.strip() for value in answer.values("record-route") for part in value.split(",")]
        headers = self._common_headers(method, sequence, answer.header("to"))
        headers += [("Route", route) for route in reversed(routes)]
        if self._authorization and is_authorized:
            name, _, value = self._authorization.partition(": ")
            headers.append((name, value))
        return format_message(f"{method} {self._remote_target(answer)} SIP/2.0", headers)

    def _common_headers(self, method: str, sequence: int, to: str) -> list[tuple[str, str]]:
        return [
            ("Via", f"SIP/2.0/UDP {self._contact()};branch={self._branch};rport"),
            ("Max-Forwards", "70"),
            ("From", f"{self._plan.caller};tag={self._tag}"),
            ("To", to),
            ("Call-ID", self._id),
            ("CSeq", f"{sequence} {method}"),
        ]

    def _contact(self) -> str:
        assert self._transport is not None
        port = self._transport.get_extra_info("sockname")[1]
        host = f"[{self._local}]" if ":" in self._local else self._local
        return f"{host}:{port}"

    def _send(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, self._plan.proxy)


def _no_answer() -> SipMessage:
    return SipMessage("SIP/2.0 487 Request Terminated", ())


def _is_stale(answer: SipMessage) -> bool:
    values: Sequence[str] = (*answer.values("proxy-authenticate"), *answer.values("www-authenticate"))
    return any(re.search(r"stale\s*=\s*\"?true", value, re.IGNORECASE) for value in values)
