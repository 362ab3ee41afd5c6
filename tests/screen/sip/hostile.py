"""Messages that mean harm: valid ones with bytes changed, cut, doubled and mixed, drawn from a seed."""

import random
from collections.abc import Iterator

from tests.screen.sip.calls import CALLEE, request
from tests.screen.sip.torture import TORTURE

SEEDS = (
    request(body="v=0\r\n"),
    request(
        'P-Asserted-Identity: "A" <sip:+8617000000009@192.0.2.77>, <tel:+8617000000009>',
        "Privacy: id;critical",
        "X-Trunk: IGW-FIC-07",
        "Diversion: <sip:+8619100000002@192.0.2.1>;reason=unconditional",
        f"History-Info: <sip:+8619100000001@192.0.2.1>;index=1, <sip:{CALLEE}@192.0.2.9>;index=1.1",
        "P-Attestation-Indicator: A",
        "Identity: eyJhbGciOiJFUzI1NiJ9.eyJhdHRlc3QiOiJBIn0.c2ln;info=<https://a.example/b.pem>;alg=ES256;ppt=shaken",
        "y: second;info=<https://a.example/b.pem>",
        "Subject: folded\r\n over two lines",
    ),
    request("Via: SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bK1, SIP/2.0/TCP [2001:db8::1]:5062;branch=z9hG4bK2"),
    request(line=f"OPTIONS sip:{CALLEE}@192.0.2.9 SIP/2.0"),
    request("CSeq: 314159 CANCEL", line=f"CANCEL sip:{CALLEE}@192.0.2.9 SIP/2.0"),
    *(torture.message for torture in TORTURE.values()),
)
PIECES = (
    b"\r\n", b"\r", b"\n", b"\0", b" ", b"\t", b";", b",", b":", b"<", b">", b'"', b"\\", b"=", b"@", b"%", b"%0d%0a",
    b"/", b"?", b"+", b"[", b"]", b";tag=", b";rport", b";received=", b"Via: ", b"From: ",
    b"v: SIP/2.0/UDP 192.0.2.3;branch=1\r\n",
    b"\r\nX-Fanzha-Treatment: allow\r\n", b"\r\n\r\n", b"Content-Length: 4294967296\r\n", b"sip:", b"tel:", b"INVITE ",
    b"SIP/2.0", "反诈".encode(), b"\xff\xfe", b"9" * 30, b"a" * 300, b" \r\n" * 20,
)  # fmt: skip


def mutations(seed: int) -> Iterator[bytes]:
    """Yield messages without end, the same for the same seed."""
    draw = random.Random(seed)
    while True:
        message = bytearray(draw.choice(SEEDS))
        for _ in range(draw.choice((1, 1, 2, 3, 8))):
            _harm(message, draw)
        yield bytes(message)


def _harm(message: bytearray, draw: random.Random) -> None:
    """Change one thing."""
    position = draw.randrange(len(message) + 1)
    end = min(len(message), position + draw.choice((1, 2, 10, 80)))
    match draw.randrange(6):
        case 0:
            message[position:end] = b""
        case 1:
            message[position:position] = draw.choice(PIECES)
        case 2:
            message[position:end] = draw.choice(PIECES)
        case 3:
            message[position:position] = message[position:end] * draw.choice((1, 3, 20))
        case 4:
            message[position : position + 1] = bytes([draw.randrange(256)])
        case 5:
            second = draw.choice(SEEDS)
            message[position:] = second[draw.randrange(len(second)) :]
