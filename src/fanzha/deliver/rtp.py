"""Audio of a call: RTP with G.711 in packets of 20 ms (RFC 3550, RFC 3551), and keys as telephone events (RFC 4733)."""

import asyncio
import re
import secrets
from ipaddress import ip_address
from struct import Struct
from typing import NamedTuple, cast

from fanzha.base.errors import Malformed
from fanzha.deliver.prompts import PCMA, PCMU, RATE
from fanzha.warn.voice import CALL_BACK_KEY

EVENT_TYPE = 101
PACKET_SECONDS = 0.02
_SAMPLES = int(RATE * PACKET_SECONDS)
_HEADER = Struct(">BBHII")
_EVENT = Struct(">BBH")
_END_BIT = 0x80
_KEYS = "0123456789*#ABCD"
_MOST_KEYS = 32
#: Addresses other than that of the answer whose keys are kept; of two none counts.
_MOST_ELSEWHERE = 2


class MediaTarget(NamedTuple):
    """Where audio goes by the answer of the other side: address, payload type, and the type of its events (or -1)."""

    host: str
    port: int
    payload_type: int
    event_type: int


def build_offer(host: str, port: int, session: int) -> bytes:
    """Return an SDP offer of both kinds of G.711 and keys (RFC 4566, RFC 3264)."""
    family = "IP6" if ":" in host else "IP4"
    lines = [
        "v=0",
        f"o=- {session} {session} IN {family} {host}",
        "s=-",
        f"c=IN {family} {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {PCMA} {PCMU} {EVENT_TYPE}",
        f"a=rtpmap:{PCMA} PCMA/8000",
        f"a=rtpmap:{PCMU} PCMU/8000",
        f"a=rtpmap:{EVENT_TYPE} telephone-event/8000",
        f"a=fmtp:{EVENT_TYPE} 0-15",
        "a=ptime:20",
        "a=sendrecv",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def parse_answer(body: bytes, family: int = 4) -> MediaTarget:
    """Return where audio goes by an SDP answer, over IP of a version (4 or 6).

    Raise Malformed if it takes none of what is offered, or names no address to which audio can be sent.
    """
    text = body.decode("utf-8", "replace")
    media = re.search(r"^m=audio ([0-9]{1,5}) RTP/AVP((?: [0-9]{1,3})+)", text, re.MULTILINE)
    if media is None or not 0 < int(media[1]) < 65_536:
        raise Malformed("the answer takes no audio")
    payload_type = next((int(name) for name in media[2].split() if int(name) in (PCMA, PCMU)), None)
    after = text[media.start() :]
    connection = re.search(r"^c=IN IP[46] (\S+)", after, re.MULTILINE) or re.search(
        r"^c=IN IP[46] (\S+)", text, re.MULTILINE
    )
    if payload_type is None or connection is None:
        raise Malformed("the answer takes no G.711")
    event = re.search(r"^a=rtpmap:([0-9]{1,3}) telephone-event/8000", after, re.MULTILINE)
    return MediaTarget(
        _read_address(connection[1], family), int(media[1]), payload_type, int(event[1]) if event else -1
    )


def _read_address(written: str, family: int) -> str:
    """Return an address to which packets can be sent. Raise Malformed: a name would be looked up for each packet."""
    try:
        address = ip_address(written)
    except ValueError:
        raise Malformed("the answer names no address") from None
    if address.version != family or address.is_unspecified or address.is_multicast:
        raise Malformed("the answer names an address that takes no audio")
    return str(address)


class RtpStream(asyncio.DatagramProtocol):
    """Plays audio to the other side, and collects the keys that are pressed.

    Keys count from the address to which audio goes. `key_pressed` is set by the key that asks for a call. Some networks
    send from another address than they receive at: if nothing comes from the first, keys from one other address count
    when the call ends, so that nobody else can end the audio.
    """

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.key_pressed = asyncio.Event()
        self.played_seconds = 0.0
        self.received = 0
        self.problem = ""
        self._transport: asyncio.DatagramTransport | None = None
        self._target: MediaTarget | None = None
        self._last_event: dict[str, int] = {}
        self._keys_elsewhere: dict[str, list[str]] = {}
        self._sequence, self._timestamp = secrets.randbits(16), secrets.randbits(32)
        self._source = secrets.randbits(32)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the socket."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Read a packet: keys count when they end, and once each."""
        target, host = self._target, addr[0]
        if target is None or len(data) < _HEADER.size or data[0] >> 6 != 2:
            return
        if host == target.host:
            self.received += 1
            if key := self._read_key(data, host, target):
                self.press(key)
        elif (host in self._keys_elsewhere or len(self._keys_elsewhere) < _MOST_ELSEWHERE) and (
            key := self._read_key(data, host, target)
        ):
            keys = self._keys_elsewhere.setdefault(host, [])
            keys += [key] if len(keys) < _MOST_KEYS else []

    def _read_key(self, data: bytes, host: str, target: MediaTarget) -> str:
        """Return the key that a packet ends, "" if it is another packet or a repeat.

        What comes has the number that was offered (RFC 3264 §5.1); some phones use that of their answer.
        """
        _, kind, _, timestamp, _ = _HEADER.unpack_from(data)
        start = _HEADER.size + 4 * (data[0] & 0x0F)
        if kind & 0x7F not in (EVENT_TYPE, target.event_type) or len(data) < start + _EVENT.size:
            return ""
        event, flags, _duration = _EVENT.unpack_from(data, start)
        if not flags & _END_BIT or timestamp == self._last_event.get(host) or event >= len(_KEYS):
            return ""
        self._last_event[host] = timestamp
        return _KEYS[event]

    def taken_keys(self) -> str:
        """Return the keys of a call that has ended."""
        if not self.received and not self.keys and len(self._keys_elsewhere) == 1:
            (keys,) = self._keys_elsewhere.values()
            return "".join(keys)
        return "".join(self.keys)

    def press(self, key: str) -> None:
        """Record a key."""
        if len(self.keys) < _MOST_KEYS:
            self.keys.append(key)
        if key == CALL_BACK_KEY:  # a cheek on the keys does not silence the warning
            self.key_pressed.set()

    def error_received(self, exc: Exception) -> None:
        """Remember that a packet did not leave; the signalling ends the call."""
        self.problem = str(exc)

    def listen(self, target: MediaTarget) -> None:
        """Take keys from where audio goes, and from nowhere else."""
        self._target = target

    async def play(self, audio: bytes, target: MediaTarget) -> None:
        """Play audio in real time."""
        self.listen(target)
        silence = bytes([0xD5 if target.payload_type == PCMA else 0xFF])
        loop = asyncio.get_running_loop()
        begun, is_first = loop.time(), True
        for number, start in enumerate(range(0, len(audio), _SAMPLES)):
            await asyncio.sleep(max(0.0, begun + number * PACKET_SECONDS - loop.time()))
            packet = audio[start : start + _SAMPLES].ljust(_SAMPLES, silence)
            marker = 0x80 if is_first else 0
            header = _HEADER.pack(0x80, target.payload_type | marker, self._sequence, self._timestamp, self._source)
            if self._transport is None or self._transport.is_closing():
                self.problem = "the socket is closed"
                return
            self.problem = ""
            self._transport.sendto(header + packet, (target.host, target.port))
            self._sequence, self._timestamp = (self._sequence + 1) & 0xFFFF, (self._timestamp + _SAMPLES) & 0xFFFFFFFF
            is_first = False
            self.played_seconds += 0.0 if self.problem else PACKET_SECONDS
