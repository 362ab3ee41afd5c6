"""Every message of the torture test is told apart, nothing is read beyond its end, and no line end gets in."""

import json
import re
import socket
import subprocess
import sys
from ipaddress import ip_address
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.screen.sip.calls import CALLEE, CALLER, PROXY, answer_lines, request, server
from tests.screen.sip.hostile import mutations
from tests.screen.sip.malformed import malform_line_ends
from tests.screen.sip.torture import TORTURE

from fanzha.screen.sip._scan import layout
from fanzha.screen.sip._scan.source import mark_source
from fanzha.screen.sip.listener import Listener, TrunkHeader
from fanzha.screen.sip.message import MessageSlots

WANTED = Listener(
    "wanted",
    "192.0.2.9",
    trunk=TrunkHeader("X-Trunk"),
    trusted=True,
    attestation="P-Attestation-Indicator",
    reads_signatures=True,
)


def read(slots: MessageSlots, message: bytes, start: int = 0) -> tuple[int, ...]:
    slots.scan(message, start, "192.0.2.1", 40_000)
    return slots.read_marks(slots.single)


def fault_of(message: bytes) -> int:
    return read(MessageSlots(WANTED), message)[layout.FAULT]


@pytest.mark.parametrize("name", TORTURE)
def test_torture_message_is_answered_as_the_rfc_asks(name: str) -> None:
    torture = TORTURE[name]
    text, *_ = server().answer(torture.message, 0, "192.0.2.1", 5060)
    assert int(text[8:11] or b"0") == torture.code, torture.note


def test_all_49_torture_messages_are_here() -> None:
    assert len({torture.section for torture in TORTURE.values()}) == 49


MALFORMED = malform_line_ends(request("Subject: x", body="v=0\r\n"))


@pytest.mark.parametrize("where", MALFORMED)
def test_a_message_with_a_malformed_line_end_is_answered_with_400(where: str) -> None:
    """Parsers differ on such an end: a proxy may forward the message, and it must not wait for an answer in vain."""
    lines = answer_lines(MALFORMED[where])
    assert lines[0] == "SIP/2.0 400 Malformed Line End"
    assert lines[1] == "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds"
    assert lines[2] == f"From: <sip:{CALLER}@192.0.2.77>;tag=1928301774"
    assert re.fullmatch(rf"To: <sip:{re.escape(CALLEE)}@192\.0\.2\.1>;tag=[0-9a-f]{{16}}", lines[3])
    assert lines[4:] == ["Call-ID: a84b4c76e66710@192.0.2.77", "CSeq: 314159 INVITE", "Content-Length: 0", "", ""]


@pytest.mark.parametrize("where", MALFORMED)
def test_no_answer_is_given_to_an_ack_or_a_response_with_a_malformed_line_end(where: str) -> None:
    message = MALFORMED[where]
    assert answer_lines(message.replace(b"INVITE", b"ACK")) == []
    response = re.sub(rb"^INVITE [^\r\n]*", b"SIP/2.0 200 OK", message)
    assert (answer_lines(response), fault_of(response)) == ([], layout.RESPONSE)


def test_without_a_readable_via_a_malformed_line_end_leads_to_no_answer() -> None:
    for via in ("Via", "Via: SIP/2.0/UDP ;branch=z9hG4bK1"):
        message = request(via, "Subject: x\ny")
        assert (fault_of(message), answer_lines(message)) == (layout.UNANSWERABLE, [])


def test_a_body_may_hold_any_line_ends() -> None:
    assert fault_of(request(body="v=0\no=x\ra\n\n\r\r")) == layout.FINE


@pytest.mark.parametrize("name", ["From", "To", "Call-ID", "CSeq"])
def test_what_stands_once_must_stand(name: str) -> None:
    assert answer_lines(request(name))[0].startswith(f"SIP/2.0 400 Missing or Malformed {name}")


@pytest.mark.parametrize("again", ["f: <sip:110@x>", "To: <sip:1@x>", "i: other", "CSeq: 2 INVITE", "l: 0"])
def test_what_stands_once_must_not_stand_twice(again: str) -> None:
    message = request().replace(b"\r\n\r\n", f"\r\n{again}\r\n\r\n".encode())
    assert answer_lines(message)[0] == "SIP/2.0 400 Repeated Header Field"


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ("no colon here: \r\nSubject x", layout.BAD_HEADER),
        ("Bad Name: x", layout.BAD_HEADER),
        ("From: <sip:a@b> junk;tag=1", layout.BAD_FROM),
        ("From: <sip:a@b>;tag=From: <sip:95588@x>;tag=2", layout.BAD_FROM),
        ("From: <sip:a@b>;tag<tel:95588>=1", layout.BAD_FROM),
        ("From: <sip:a@b>;tag=1<tel:95588>", layout.BAD_FROM),
        ("From: <tel:+1-212-@95588>;tag=1", layout.BAD_FROM),
        ("From: <sip:%2B8695588>;tag=1", layout.BAD_FROM),
        ("From: <sip:;%2B8695588@x>;tag=1", layout.BAD_FROM),
        ("From: <sip::+8695588@x>;tag=1", layout.BAD_FROM),
        ("From: <tel:;95588>;tag=1", layout.BAD_FROM),
        ("From: <sip:example.com;x=%2B>;tag=1", layout.FINE),
        ("From: <sip:%61@example.com>;tag=1", layout.FINE),
        ('From: <sip:a@b>;x="<tel:95588>;tag=1', layout.BAD_FROM),
        ("From: sip:a@b;tag=1>", layout.BAD_FROM),
        ('From: <sip:a@b> ; tag = a@b:5060/[c]; x="<,>" ;lone;', layout.FINE),
        ("From: <sip:a@b>\r\n\t;tag=1\r\n ;x", layout.FINE),
        ("From: a@b", layout.BAD_FROM),
        ("From: <sip:a@b", layout.BAD_FROM),
        ("From: sip:a @b;tag=1", layout.BAD_FROM),
        ("From: <sip:a@b>;tag=a\x01b", layout.BAD_FROM),
        ("Call-ID: a b", layout.BAD_CALL_ID),
        ("Call-ID: ä", layout.BAD_CALL_ID),
        ("CSeq: 2147483648 INVITE", layout.BAD_CSEQ),
        ("CSeq: 2147483647 INVITE", layout.FINE),
        ("CSeq: 1", layout.BAD_CSEQ),
        ("CSeq: -1 INVITE", layout.BAD_CSEQ),
        ("CSeq: 1 invite", layout.OTHER_METHOD),
        ("Content-Length: 1", layout.TOO_SHORT),
        ("Content-Length: 0x0", layout.BAD_LENGTH),
        ("Content-Length: ", layout.BAD_LENGTH),
        ("Via: SIP/2.0/UDP 192.0.2.1:0;branch=z9hG4bK1", layout.UNANSWERABLE),
        ("Via: SIP/2.0/UDP 192.0.2.1:65536;branch=z9hG4bK1", layout.UNANSWERABLE),
        ("Via: SIP/2.0/UDP ;branch=z9hG4bK1", layout.UNANSWERABLE),
        ("Via: SIP/2.0/UDP [2001:db8::1;branch=z9hG4bK1", layout.UNANSWERABLE),
        ("Via: SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK1", layout.FINE),
        ("Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1 junk", layout.BAD_VIA),
        ('Via: SIP/2.0/UDP 192.0.2.1;x="', layout.BAD_VIA),
        ("Via", layout.UNANSWERABLE),
    ],
)
def test_each_fault_is_told(changed: str, fault: int) -> None:
    assert fault_of(request(changed)) == fault


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("INVITE sip:a@b@c SIP/2.0", layout.BAD_TARGET),
        ("INVITE sip:a@b?X=1 SIP/2.0", layout.BAD_TARGET),
        ("INVITE sip:b?X=1 SIP/2.0", layout.BAD_TARGET),
        ('INVITE sip:"a"@b SIP/2.0', layout.BAD_TARGET),
        ("INVITE sip:ä@b SIP/2.0", layout.BAD_TARGET),
        ("INVITE sip:a\tb@c SIP/2.0", layout.BAD_TARGET),
        ("INVITE nothing SIP/2.0", layout.BAD_TARGET),
        ("INVITE http://b SIP/2.0", layout.BAD_SCHEME),
        ("INVITE sip:a@b SIP/2.1", layout.BAD_VERSION),
        ("INVITE sip:a@b sip/2.0", layout.FINE),
        ("INVITE sip:a@b", layout.BAD_REQUEST_LINE),
        ("INVITE", layout.BAD_REQUEST_LINE),
        ("INVITE sip:a@b HTTP/1.1", layout.BAD_REQUEST_LINE),
        (" INVITE sip:a@b SIP/2.0", layout.BAD_REQUEST_LINE),
    ],
)
def test_each_fault_of_the_first_line_is_told(line: str, fault: int) -> None:
    assert fault_of(request(line=line)) == fault


LONG = ("-" * 64 + "95588", "(" * 60 + "95588", "+86" + "." * 70 + "95588", "%2d" * 64 + "95588", "\uff19" * 30)


@pytest.mark.parametrize("user", LONG)
@pytest.mark.parametrize("header", ["From: <sip:{}@x>;tag=1", "P-Asserted-Identity: <sip:{}@x>"])
def test_a_number_that_is_filled_up_to_its_limit_is_refused(user: str, header: str) -> None:
    for trusted in (True, False):
        listener = Listener("edge", "192.0.2.9", trusted=trusted)
        answer = server(listener).answer(request(header.format(user)), 0, PROXY, 5060)[0]
        assert answer.startswith(b"SIP/2.0 400 Malformed Header Field\r\n")


@pytest.mark.parametrize("user", ["a" * 80, "-" * 64, "%2d" * 21 + "1", "Gateway-" + "%2d" * 64])
def test_other_long_names_are_read(user: str) -> None:
    answer = server().answer(request(f"From: <sip:{user}@x>;tag=1"), 0, PROXY, 5060)[0]
    assert answer.startswith(b"SIP/2.0 302 ")
    assert (
        server().answer(request(line=f"INVITE sip:{'-' * 80}@x SIP/2.0"), 0, PROXY, 5060)[0].startswith(b"SIP/2.0 302 ")
    )


@pytest.mark.parametrize("empty", [b"\r\n\r\n", b"\r\n", b"\n", b"\r"])
def test_empty_lines_are_a_keep_alive(empty: bytes) -> None:
    assert fault_of(empty) == layout.NOTHING
    assert fault_of(empty + request()) == layout.FINE


@pytest.mark.parametrize(
    "garbage", [b"\0\0\0\0", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"x", b"\x80" * 2000, b":\r\n\r\n"]
)
def test_what_is_no_sip_is_never_answered(garbage: bytes) -> None:
    assert fault_of(garbage) == layout.UNANSWERABLE


def test_every_cut_of_a_message_is_malformed_as_a_datagram_and_incomplete_in_a_stream() -> None:
    message = request("Subject: folded\r\n over two lines", body="v=0\r\n")
    via_end = message.index(b"\r\n", message.index(b"Via:")) + 1
    head_end = message.index(b"\r\n\r\n") + 4
    stream = MessageSlots(Listener("stream", "192.0.2.9", protocol="tcp"))
    for size in range(2, len(message)):
        cut = message[:size]
        fault = layout.UNANSWERABLE if size < via_end else layout.BAD_LINE_END if size < head_end else layout.TOO_SHORT
        assert fault_of(cut) == fault, cut[-20:]
        assert read(stream, cut)[layout.FAULT] == layout.INCOMPLETE, cut[-20:]
    assert read(stream, message)[layout.FAULT] == layout.FINE


def test_folds_are_answered_as_spaces() -> None:
    lines = answer_lines(request(f'From: "a\r\n b"\r\n <sip:{CALLEE}@x>;tag=1'))
    assert lines[2] == f'From: "a   b"   <sip:{CALLEE}@x>;tag=1'


def test_a_message_within_a_longer_text_is_read_alone() -> None:
    message, slots = request(body="v=0\r\n"), MessageSlots(WANTED)
    alone = read(slots, message)
    moved = read(slots, b"x" * 999 + message, 999)
    assert moved[layout.MESSAGE_END] == alone[layout.MESSAGE_END] + 999
    assert [moved[mark] for mark in (layout.FAULT, layout.METHOD, layout.HEAD_END, layout.FACTS_END)] == [
        alone[mark] for mark in (layout.FAULT, layout.METHOD, layout.HEAD_END, layout.FACTS_END)
    ]


@given(st.binary(max_size=300))
def test_no_bytes_of_a_caller_become_a_line_of_the_answer(inserted: bytes) -> None:
    for position in (b"<sip:+86170", b";tag=19283", b"a84b4c76", b"z9hG4bK776"):
        message = request().replace(position, position + inserted)
        text, *_ = server().answer(message, 0, "192.0.2.1", 5060)
        names = re.findall(rb"^([^:\r]*):", text, re.M)
        assert not re.search(rb"[^\r]\n|\r[^\n]", text)
        assert set(names) <= {
            b"Via",
            b"From",
            b"To",
            b"Call-ID",
            b"CSeq",
            b"Contact",
            b"X-Fanzha-Treatment",
            b"Content-Length",
        }


def test_the_loops_touch_nothing_outside_their_memory() -> None:
    """The same loops, interpreted over memory that knows its bounds, mark the same as the compiled ones."""
    messages = [*(torture.message for torture in TORTURE.values()), *islice(mutations(5), 1_500)]
    result = subprocess.run(
        [sys.executable, "-m", "tests.screen.sip.interpreted"],
        input=json.dumps([message.hex() for message in messages]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2_000:]
    slots = MessageSlots(WANTED)
    for message, (marks, room) in zip(messages, json.loads(result.stdout), strict=True):
        compiled = read(slots, message)
        assert list(compiled) == marks, message
        assert slots.buffers[0][: max(compiled[layout.CONTACT_END], compiled[layout.SIGNATURES_END])].hex() == room


@given(st.binary(min_size=4, max_size=4) | st.binary(min_size=16, max_size=16), st.integers(0, 65_535))
def test_the_source_of_a_datagram_is_written_as_everyone_writes_it(address: bytes, port: int) -> None:
    family = socket.AF_INET if len(address) == 4 else socket.AF_INET6
    flow = b"" if len(address) == 4 else bytes(4)
    name = int(family).to_bytes(2, sys.byteorder) + port.to_bytes(2, "big") + flow + address
    room, marks = np.zeros(layout.BUFFER, np.uint8), np.zeros(layout.MARKS, np.int64)
    mark_source(np.frombuffer(name, np.uint8), room, marks)
    written = room[: marks[layout.SOURCE_LENGTH]].tobytes().decode()
    assert (ip_address(written), marks[layout.SOURCE_PORT]) == (ip_address(address), port)


@pytest.mark.parametrize("address", ["::", "::1", "2001:db8::1", "2001:db8:0:1:1:1:1:1", "1:0:0:2::3", "fe80::"])
def test_ipv6_is_written_shortest(address: str) -> None:
    name = int(socket.AF_INET6).to_bytes(2, sys.byteorder) + bytes(6) + ip_address(address).packed
    room, marks = np.zeros(layout.BUFFER, np.uint8), np.zeros(layout.MARKS, np.int64)
    mark_source(np.frombuffer(name, np.uint8), room, marks)
    assert room[: marks[layout.SOURCE_LENGTH]].tobytes().decode() == str(ip_address(address))


def test_a_local_socket_has_no_source() -> None:
    room, marks = np.zeros(layout.BUFFER, np.uint8), np.ones(layout.MARKS, np.int64)
    mark_source(np.frombuffer(int(socket.AF_UNIX).to_bytes(2, sys.byteorder) + b"/name", np.uint8), room, marks)
    assert (marks[layout.SOURCE_LENGTH], marks[layout.SOURCE_PORT]) == (0, 0)
