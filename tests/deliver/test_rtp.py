"""Audio leaves in packets of 20 ms; a key counts once, when it is let go."""

import asyncio
from struct import pack

import pytest

from fanzha.base.errors import Malformed
from fanzha.deliver.rtp import MediaTarget, RtpStream, build_offer, parse_answer

ANSWER = (
    b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
    b"m=audio 4000 RTP/AVP 0 8 96\r\nc=IN IP4 192.0.2.8\r\na=rtpmap:96 telephone-event/8000\r\n"
)
FROM = ("127.0.0.1", 4000)
TARGET = MediaTarget("127.0.0.1", 4000, 8, 101)


def event(number: int, timestamp: int, *, is_end: bool, kind: int = 101) -> bytes:
    return pack(">BBHII", 0x80, kind, 1, timestamp, 7) + pack(">BBH", number, 0x80 if is_end else 0, 800)


def test_an_offer_is_read_as_an_answer() -> None:
    assert parse_answer(build_offer("127.0.0.1", 4000, 1)) == MediaTarget("127.0.0.1", 4000, 8, 101)


def test_an_answer_names_address_kind_of_audio_and_kind_of_events() -> None:
    assert parse_answer(ANSWER) == MediaTarget("192.0.2.8", 4000, 0, 96)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        ANSWER.replace(b"4000", b"0"),
        ANSWER.replace(b"0 8 96", b"18 96"),
        ANSWER.replace(b"4000", b"99999"),
        ANSWER.replace(b"4000", b"4" * 5_000),
        ANSWER.replace(b"0 8 96", b"8" * 5_000),
        ANSWER.replace(b"192.0.2.8", b"host.example"),
        ANSWER.replace(b"192.0.2.8", b"0.0.0.0"),
        ANSWER.replace(b"192.0.2.8", b"224.0.0.1"),
        ANSWER.replace(b"IP4 192.0.2.8", b"IP6 2001:db8::8"),
    ],
)
def test_an_answer_without_our_audio_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_answer(body)


def test_a_key_counts_once_when_it_is_let_go() -> None:
    stream = RtpStream()
    stream.listen(TARGET)
    for data in (
        event(1, 160, is_end=False),
        event(1, 160, is_end=True),
        event(1, 160, is_end=True),
        event(11, 320, is_end=True),
        event(1, 480, is_end=True, kind=8),
        b"short",
        event(99, 9, is_end=True),
    ):
        stream.datagram_received(data, FROM)  # fmt: skip
    assert stream.keys == ["1", "#"] and stream.key_pressed.is_set()


def test_another_key_does_not_end_the_prompt_and_only_some_are_kept() -> None:
    stream = RtpStream()
    stream.listen(TARGET)
    for timestamp in range(50):
        stream.datagram_received(event(5, timestamp, is_end=True), FROM)
    assert stream.keys == ["5"] * 32 and not stream.key_pressed.is_set()


def test_a_key_before_the_answer_does_not_count() -> None:
    stream = RtpStream()
    stream.datagram_received(event(1, 160, is_end=True), FROM)
    stream.listen(TARGET)
    assert stream.taken_keys() == ""


def test_keys_from_another_address_count_at_the_end_if_nothing_comes_from_that_of_the_answer() -> None:
    stream = RtpStream()
    stream.listen(TARGET)
    for timestamp, key in ((160, 1), (160, 1), (320, 5)):
        stream.datagram_received(event(key, timestamp, is_end=True), ("192.0.2.1", 4000))
    assert stream.taken_keys() == "15" and not stream.key_pressed.is_set(), "a stranger could end the audio"
    stream.datagram_received(event(2, 640, is_end=False), FROM)
    assert stream.taken_keys() == ""


def test_of_keys_from_several_other_addresses_none_count() -> None:
    stream = RtpStream()
    stream.listen(TARGET)
    for place in range(200):
        stream.datagram_received(event(1, place, is_end=True), (f"192.0.2.{place}", 4000))
        stream.datagram_received(event(1, 1_000 + place, is_end=True), ("192.0.2.0", 4000))
    assert stream.taken_keys() == "" and len(stream._keys_elsewhere) == 2
    assert [len(keys) for keys in stream._keys_elsewhere.values()] == [32, 1]


def test_a_key_comes_with_the_number_that_was_offered_or_with_that_of_the_answer() -> None:
    stream = RtpStream()
    stream.listen(MediaTarget("127.0.0.1", 4000, 8, 96))
    stream.datagram_received(event(1, 160, is_end=True, kind=101), FROM)
    stream.datagram_received(event(2, 320, is_end=True, kind=96), FROM)
    assert stream.keys == ["1", "2"]


def test_audio_that_cannot_leave_is_not_played(socket_enabled: None) -> None:
    async def scenario() -> RtpStream:
        loop = asyncio.get_running_loop()
        transport, stream = await loop.create_datagram_endpoint(RtpStream, local_addr=("127.0.0.1", 0))
        await stream.play(bytes(320), MediaTarget("192.0.2.9", 4000, 8, 101))  # not reachable from 127.0.0.1
        transport.close()
        return stream

    stream = asyncio.run(scenario())
    assert stream.problem and not stream.played_seconds


def test_audio_is_played_in_real_time(socket_enabled: None) -> None:
    received: list[bytes] = []

    class Phone(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            received.append(data)

    async def scenario() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        phone, _ = await loop.create_datagram_endpoint(Phone, local_addr=("127.0.0.1", 0))
        transport, stream = await loop.create_datagram_endpoint(RtpStream, local_addr=("127.0.0.1", 0))
        begun = loop.time()
        await stream.play(bytes(810), MediaTarget("127.0.0.1", phone.get_extra_info("sockname")[1], 8, 101))
        took = loop.time() - begun
        await asyncio.sleep(0.01)
        transport.close()
        phone.close()
        return took, stream.played_seconds

    took, played = asyncio.run(scenario())
    assert took >= 0.1 and played == pytest.approx(0.12)
    assert [len(data) for data in received] == [172] * 6
    assert received[0][1] == 0x88 and received[1][1] == 8, "the first packet is marked"
    assert received[-1][-1] == 0xD5, "the rest of the last packet is silence"
