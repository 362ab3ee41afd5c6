"""Every kind of refusal passes the documented configurations of Kamailio unchanged."""

import re
import socket
from pathlib import Path
from urllib.parse import unquote

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.field.chain import proxy
from tests.field.raw_calls import TRUNKS, udp_socket
from tests.field.screens import Screen
from tests.free_ports import free_port
from tests.screen.sip.calls import request
from tests.screen.sip.test_jws_card import write_key

pytestmark = pytest.mark.field

REFUSALS = """
[refusals.blocked]
preset = "603+"
  url = "https://redress.example/object"
tel = "+861000000000"
email = "redress@carrier.example"
location = "TN"
[refusals.card]
preset = "608"
email = "redress@carrier.example"
signing_key = "{key}"
certificate_url = "https://redress.example/key.cer"
[refusals.announced]
preset = "cause"
code = 404
cause = 1
[refusals.declined]
preset = "603"
text = "Call rejected"
"""
EXPECTED = {
    "blocked": (
        "SIP/2.0 603 Network Blocked",
        'SIP;cause=603;text="v=analytics1;url=https://redress.example/object;tel=+861000000000;'
        'email=redress@carrier.example";location=TN',
    ),
    "card": ("SIP/2.0 608 Rejected", "Q.850;cause=21"),
    "announced": ("SIP/2.0 404 Not Found", "Q.850;cause=1"),
    "declined": ("SIP/2.0 603 Decline", 'Q.850;cause=21;text="Call rejected"'),
}


def call(client: socket.socket, port: int, call_id: str, *headers: str) -> str:
    """Return the final answer to a call that is refused."""
    via = f"Via: SIP/2.0/UDP 127.0.0.1:{client.getsockname()[1]};branch=z9hG4bK{call_id}"
    client.sendto(
        request(via, f"From: <sip:95588@x>;tag={call_id}", f"Call-ID: {call_id}", *headers), ("127.0.0.1", port)
    )
    client.settimeout(5)
    while True:
        answer = client.recv(65_535).decode()
        if int(answer.split()[1]) >= 200 and f"Call-ID: {call_id}\r\n" in answer:
            return answer


@pytest.mark.parametrize("config", ["redirect.cfg", "proxy.cfg"])
def test_each_refusal_reaches_the_caller_as_the_screen_gave_it(config: str, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    ports_of = {name: free_port() for name in EXPECTED}
    settings = "standby = false\n" + TRUNKS + REFUSALS.format(key=write_key(tmp_path / "key.pem", key))
    for name, sip in ports_of.items():
        settings += f'[sip.{name}]\nport = {sip}\nrefusal = "{name}"\ntrunk_header = "X-Fanzha-Trunk"\ntrusted = true\n'
        if config == "proxy.cfg":
            settings += f'[sip.{name}.proxy]\nnetworks = ["127.0.0.0/8"]\n'
    answers = {}
    with Screen(tmp_path / "screen", settings), udp_socket() as client:
        for name, sip in ports_of.items():
            given = {"SCREEN": f'"sip:127.0.0.1:{sip}"'} if config == "redirect.cfg" else {"SCREEN_PORT": str(sip)}
            with proxy(config, tmp_path / name, given) as ports:
                answers[name] = call(client, ports.abroad, f"{name}1", "Feature-Caps: *;+sip.608")
                if name == "card":
                    answers["plain"] = call(client, ports.abroad, "plain", "Supported: timer")
    for name, (status, reason) in EXPECTED.items():
        assert answers[name].split("\r\n")[0] == status
        assert re.findall(r"^Reason: (.*)\r$", answers[name], re.M) == [reason]
    assert answers["plain"].startswith("SIP/2.0 603 Decline\r\n") and "Call-Info" not in answers["plain"]
    card = re.search(r"^Call-Info: <data:application/jose,([^>]+)>;purpose=jwscard\r$", answers["card"], re.M)
    assert card is not None
    payload = jwt.decode(card[1], key.public_key(), algorithms=["ES256"])
    assert ["email", {"type": "work"}, "text", "redress@carrier.example"] in payload["jcard"][1]


def test_a_label_in_call_info_reaches_the_called_party_and_the_callers_own_does_not(tmp_path: Path) -> None:
    sip = free_port()
    settings = f'standby = false\n[sip.edge]\nport = {sip}\nlabel_call_info = "info"\ntrunk_header = "X-Fanzha-Trunk"\n'
    with (
        Screen(tmp_path / "screen", settings + TRUNKS),
        udp_socket() as client,
        udp_socket() as next_hop,
        proxy(
            "redirect.cfg",
            tmp_path,
            {"SCREEN": f'"sip:127.0.0.1:{sip}"', "NEXT": f'"sip:127.0.0.1:{next_hop.getsockname()[1]}"'},
        ) as ports,
    ):
        own = "Call-Info: <https://x.example/bank.png>;purpose=icon"
        call_to = ("127.0.0.1", ports.abroad)
        via = f"Via: SIP/2.0/UDP 127.0.0.1:{client.getsockname()[1]};branch=z9hG4bKlabel"
        client.sendto(request(via, "From: <sip:+12125550100@x>;tag=1", "Call-ID: label", own), call_to)
        next_hop.settimeout(10)
        forwarded = next_hop.recv(65_535).decode()
    (value,) = re.findall(r"^Call-Info: (.*)\r$", forwarded, re.M)
    assert value.endswith(">;purpose=info") and unquote(value).startswith("<data:text/plain;charset=utf-8,境外来电")
