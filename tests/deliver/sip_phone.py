"""A SIP phone on 127.0.0.1 for the tests of calls: it answers as a test says. A field test has a real one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from struct import pack

from fanzha.deliver.sip_message import SipMessage, format_message, parse_message

_COPIED = ("via", "from", "call-id", "cseq")


class SipPhone(asyncio.DatagramProtocol):
    """Answers an INVITE with `statuses` in turn, with SDP for a 200; presses `key` once audio comes to `host`.

    Its own audio and keys come from `audio_from`.
    """

    def __init__(
        self,
        statuses: Sequence[str],
        *,
        key: str = "",
        challenge: str = "",
        ends: bool = False,
        host: str = "127.0.0.1",
        audio_from: str = "127.0.0.1",
        asks_at_bye: bool = False,
    ) -> None:
        self.statuses, self.key, self.challenge, self.ends = statuses, key, challenge, ends
        self.host, self.audio_from, self.asks_at_bye = host, audio_from, asks_at_bye
        self.requests: list[SipMessage] = []
        self.audio: list[bytes] = []
        self.rtp_port = 0
        self.transport: asyncio.DatagramTransport | None = None
        self.keypad: asyncio.DatagramTransport | None = None

    @property
    def methods(self) -> list[str]:
        """Return the methods of the requests so far."""
        return [request.method for request in self.requests]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = parse_message(data)
        if message.status:
            return
        repeated = any((one.start, one.headers) == (message.start, message.headers) for one in self.requests)
        self.requests.append(message)
        match message.method:
            case "INVITE" if not repeated:
                self._answer_invite(message, addr)
            case "BYE" if self.asks_at_bye and not message.header("proxy-authorization"):
                challenge = [("Proxy-Authenticate", self.challenge)]
                self._respond(message, addr, "407 Proxy Authentication Required", challenge)
            case "BYE" | "CANCEL":
                self._respond(message, addr, "200 OK")
                if message.method == "CANCEL":
                    invite = next(one for one in reversed(self.requests) if one.method == "INVITE")
                    self._respond(invite, addr, "487 Request Terminated")
            case "ACK" if self.ends:
                self._hang_up(message, addr)

    def _answer_invite(self, invite: SipMessage, addr: tuple[str, int]) -> None:
        if self.challenge and not invite.header("proxy-authorization"):
            self._respond(invite, addr, "407 Proxy Authentication Required", [("Proxy-Authenticate", self.challenge)])
            return
        for status in self.statuses:
            self._respond(invite, addr, status)

    def _respond(
        self, request: SipMessage, addr: tuple[str, int], status: str, more: Sequence[tuple[str, str]] = ()
    ) -> None:
        assert self.transport is not None
        port = self.transport.get_extra_info("sockname")[1]
        headers = [(name, value) for name, value in request.headers if name in _COPIED]
        headers += [("To", f"{request.header('to').partition(';tag')[0]};tag=phone"), *more]
        body = b""
        if status.startswith("200") and request.method == "INVITE":
            headers += [("Contact", f"<sip:phone@127.0.0.1:{port}>"), ("Record-Route", "<sip:127.0.0.1;lr>")]
            body = (
                "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
                f"c=IN IP4 {self.host}\r\nt=0 0\r\n"
                f"m=audio {self.rtp_port} RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
            ).encode()
        self.transport.sendto(format_message(f"SIP/2.0 {status}", headers, body), addr)

    def _hang_up(self, ack: SipMessage, addr: tuple[str, int]) -> None:
        assert self.transport is not None
        headers = [("Via", "SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKphone"), ("From", ack.header("to")),
                   ("To", ack.header("from")), ("Call-ID", ack.header("call-id")), ("CSeq", "1 BYE")]  # fmt: skip
        self.transport.sendto(format_message("BYE sip:fanzha@127.0.0.1 SIP/2.0", headers), addr)


class PhoneAudio(asyncio.DatagramProtocol):
    """Hears the audio of a phone, and presses its key after the first packet."""

    def __init__(self, phone: SipPhone) -> None:
        self._phone = phone

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._phone.audio.append(data)
        if self._phone.key and len(self._phone.audio) == 1 and self._phone.keypad is not None:
            event = pack(">BBHII", 0x80, 101, 1, 160, 7) + pack(">BBH", int(self._phone.key), 0x80, 800)
            self._phone.keypad.sendto(event, addr)


@asynccontextmanager
async def running_phone(phone: SipPhone) -> AsyncIterator[int]:
    """Run a phone while a block is entered; yield its port."""
    loop = asyncio.get_running_loop()
    audio, _ = await loop.create_datagram_endpoint(lambda: PhoneAudio(phone), local_addr=("127.0.0.1", 0))
    phone.rtp_port = audio.get_extra_info("sockname")[1]
    phone.keypad, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=(phone.audio_from, 0))
    transport, _ = await loop.create_datagram_endpoint(lambda: phone, local_addr=("127.0.0.1", 0))
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()
        audio.close()
        phone.keypad.close()
        await asyncio.sleep(0)
