"""Calls from abroad with one to four things changed, drawn from a seed, for the differential fuzzer."""

import random

from tests.screen.sip.calls import request
from tests.screen.sip.hostile import PIECES

TOKEN = b"tok0000000000"
#: What a caller writes into header fields that only a screen may write.
FORGED = "forged"

_WORDS = (
    b"From: <sip:95588@x>;tag=2\r\n", b"f: <tel:110>;tag=3\r\n", b"Remote-Party-ID: <sip:110@x>\r\n",
    b"P-Asserted-Identity: <tel:95588>\r\n", b"P-Preferred-Identity: <sip:110@x>\r\n", b"Call-Info: <http://x/y.png>\r\n",
    b"\r\n ", b"\r\n\t", b" :", b"%39", b"%2B86", b"\xef\xbc\x99", b"sip:95588@x", b"<tel:95588>", b'"x" ',
    b";user=phone", b"?From=x", b"\r\nFrom", b"FROM", b"f", b"P-Asserted-Identity", b"Content-Length: 0\r\n",
    b"l: 5\r\n", b"(", b")", b"*", b"#", b";phone-context=+44", b"\v", b"\f", b"\x1c", b"\x85", b"\xc2\x85",
    b"\xc2\xa0", b"\xe2\x80\xa8", b"\x1b", b"\x7f", b"\vFrom: <sip:95588@x>;tag=2\v",
    b"\xe2\x80\xa8From: <sip:95588@x>\xe2\x80\xa8",
)  # fmt: skip
_SENDERS = (
    "From: <sip:95588@x>;tag=1",
    'From: "ICBC" <sip:95588@x;user=phone>;tag=1',
    "From: <tel:+8695588>;tag=1",
    "f: sip:110@x;tag=1",
    "From: <sip:%2B8695588@x>;tag=1",
    "From: <sip:12381@x>;tag=1",
    "From: <sip:+442079460958@x>;tag=1",
    "From: sip:+442079460958@x;tag=1",
    "f: <tel:+1-212-555-0100;ext=1>;tag=1",
    'From: "A, B <C>" <sip:+33123456789;npdi@x:5060;user=phone>;tag=1',
    'From: "Line 1" <sip:+12125550100:1@x;user=phone>;tag=1',
)
_FURTHER = (
    "Subject: x",
    "Remote-Party-ID: <sip:95588@x>;party=calling",
    "Remote-Party-ID: <sip:+442079460958@x>;party=calling",
    "Diversion: <tel:+442079460959>",
    'P-Asserted-Identity: "ICBC" <sip:+442079460958@x>',
    "P-Preferred-Identity: <sip:+442079460958@x>",
    "P-Attestation-Indicator: A",
    "P-Origination-Id: 7ad32ba1-5ce1-4cb0-a1e0-0c8e1c1a6f5b",
    "Call-Info: <https://x.example/bank.png>;purpose=icon",
    f"X-Fanzha-Reason: {FORGED}",
)


def base_messages(port: int) -> list[bytes]:
    """Return well-formed calls from abroad; most must be refused."""
    via = f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{TOKEN.decode()}"
    line = "INVITE sip:+8617000000900@127.0.0.1 SIP/2.0"
    messages = []
    for sender in _SENDERS:
        own = ["From", sender] if sender.startswith("f:") else [sender]
        for header in _FURTHER:
            fields = (via, f"Call-ID: {TOKEN.decode()}", "CSeq: 1 INVITE", *own, header)
            messages.append(request(*fields, line=line, body="v=0\r\n"))
    return messages


def mutate(message: bytes, draw: random.Random) -> bytes:
    """Change one to four things of a message."""
    changed = bytearray(message)
    for _ in range(draw.choice((1, 1, 2, 4))):
        position = draw.randrange(len(changed) + 1)
        match draw.randrange(7):
            case 0:
                changed[position : position + draw.choice((1, 2, 8))] = b""
            case 1:
                changed[position:position] = draw.choice((*PIECES, *_WORDS))
            case 2:
                changed[position : position + draw.choice((1, 4))] = draw.choice((*PIECES, *_WORDS))
            case 3:
                changed[position : position + 1] = bytes([draw.randrange(256)])
            case 4:  # a line again, or elsewhere
                lines = bytes(changed).split(b"\r\n")
                lines.insert(draw.randrange(1, len(lines) + 1), draw.choice(lines))
                changed = bytearray(b"\r\n".join(lines))
            case 5:  # at a colon, a bracket or an at sign, where parsers differ most
                places = [at for at, byte in enumerate(changed) if byte in b":<>@;,\r"]
                at = draw.choice(places) + draw.randrange(2)
                changed[at:at] = draw.choice((b" ", b"\t", b"\0", b'"', b"\\", b",", b"\r\n ", b";", b"@", b"%"))
            case 6:  # the case of letters
                end = position + 12
                changed[position:end] = bytes(changed[position:end]).swapcase()
    return bytes(changed)
