"""Behind Kamailio, as the documents set it up, a CR or LF alone in the head of a message is answered with 400."""

import re
import socket
from pathlib import Path

import pytest
from tests.field.chain import CONFIGS, Ports
from tests.field.raw_calls import (
    final_code,
    invite,
    proxy_with_screen,
    proxy_without_screen,
    relayed,
    relayed_call,
    udp_socket,
)
from tests.screen.sip.malformed import malform_line_ends
from tests.screen.sip.test_forwarding import MISLEADING

pytestmark = pytest.mark.field

SERVICE_NUMBER, ORDINARY_NUMBER = "95588", "+12125550100"
#: Kamailio's own parser gives up on these before any route runs: they are dropped.
UNPARSABLE = {"all lines end with CR", "CR alone ends the last header field"}
CHECK = "    route(WELL_FORMED);"
EXPECTED = {where: 0 if where in UNPARSABLE else 400 for where in malform_line_ends(invite("1", 1, "call"))}


def send_malformed(ports: Ports, next_hop: socket.socket) -> dict[str, int]:
    """Send every malformed variant of a call that must be refused; return the codes. None may reach the next hop."""
    codes = {}
    with udp_socket() as client:
        port = client.getsockname()[1]
        variants = malform_line_ends(invite(SERVICE_NUMBER, port, "call"))
        for number, (where, message) in enumerate(variants.items()):
            call_id = f"malformed{number}"
            client.settimeout(0.3 if where in UNPARSABLE else 5)
            client.sendto(
                message.replace(b"Call-ID: call", f"Call-ID: {call_id}".encode()), ("127.0.0.1", ports.abroad)
            )
            codes[where] = final_code(client, call_id)
    assert relayed(next_hop, 1.2) == []  # a screen that does not answer is waited for 0.7 s
    return codes


def with_from(message: bytes, address: str) -> bytes:
    """Return a call from another address."""
    return re.sub(rb"From: [^\r]*", lambda _: f"From: {address};tag=1".encode(), message)


def send_well_formed(ports: Ports, next_hop: socket.socket) -> bytes:
    """Send a well-formed call; return it as the next hop gets it."""
    with udp_socket() as client:
        client.sendto(invite(ORDINARY_NUMBER, client.getsockname()[1], "wellformed"), ("127.0.0.1", ports.abroad))
        next_hop.settimeout(5)
        message = next_hop.recv(65_535)
    relayed(next_hop)  # retransmissions
    return message


@pytest.mark.parametrize("config", ["redirect.cfg", "http.cfg"])
def test_with_a_dead_screen_malformed_messages_are_refused_and_well_formed_ones_relayed(
    config: str, tmp_path: Path
) -> None:
    with udp_socket() as next_hop, proxy_without_screen(config, tmp_path, next_hop) as ports:
        assert send_malformed(ports, next_hop) == EXPECTED
        assert b"X-Fanzha-Treatment: unscreened" in send_well_formed(ports, next_hop)


@pytest.mark.parametrize("config", ["redirect.cfg", "http.cfg"])
def test_a_proxy_refuses_malformed_messages_whatever_the_screen_would_answer(config: str, tmp_path: Path) -> None:
    with udp_socket() as next_hop, proxy_with_screen(config, tmp_path, next_hop) as ports:
        assert send_malformed(ports, next_hop) == EXPECTED
        assert re.search(rb"X-Fanzha-Treatment: (?!unscreened)", send_well_formed(ports, next_hop))


def test_a_screen_behind_a_proxy_without_the_check_answers_400(tmp_path: Path) -> None:
    text = (CONFIGS / "redirect.cfg").read_text()
    assert CHECK in text
    unchecked = tmp_path / "unchecked.cfg"
    unchecked.write_text(text.replace(CHECK, "    #"))
    with udp_socket() as next_hop, proxy_with_screen(str(unchecked), tmp_path, next_hop) as ports:
        assert send_malformed(ports, next_hop) == EXPECTED


@pytest.mark.parametrize("config", ["redirect.cfg", "http.cfg"])
def test_what_fails_the_sanity_check_is_refused_while_no_screen_answers(config: str, tmp_path: Path) -> None:
    with (
        udp_socket() as next_hop,
        udp_socket() as client,
        proxy_without_screen(config, tmp_path, next_hop) as ports,
    ):
        for number, header in enumerate(("From: <sip:95588@x", "From: sip:95588 @x;tag=1", "CSeq: x INVITE")):
            name = header.partition(":")[0]
            message = invite(SERVICE_NUMBER, client.getsockname()[1], f"insane{number}")
            message = re.sub(rf"^{name}: .*?\r\n".encode(), header.encode() + b"\r\n", message, flags=re.M)
            client.sendto(message, ("127.0.0.1", ports.abroad))
        assert relayed(next_hop, 1.5) == []


@pytest.mark.parametrize("config", ["redirect.cfg", "http.cfg", "proxy.cfg"])
def test_what_some_show_in_another_line_or_order_is_refused_while_no_screen_answers(
    config: str, tmp_path: Path
) -> None:
    codes = dict[str, int]()
    with (
        udp_socket() as next_hop,
        udp_socket() as client,
        proxy_without_screen(config, tmp_path, next_hop) as ports,
    ):
        port = client.getsockname()[1]
        for number, sign in enumerate(MISLEADING):
            for place in (f'"x{sign}y" <sip:{ORDINARY_NUMBER}@x>', f"<sip:{ORDINARY_NUMBER}{sign}@x>"):
                call_id = f"misleading{len(codes)}x{number}"
                message = with_from(invite(ORDINARY_NUMBER, port, call_id), place)
                client.sendto(message, ("127.0.0.1", ports.abroad))
                codes[ascii(place)] = final_code(client, call_id)
        assert set(codes.values()) == {400}, codes
        assert relayed(next_hop, 1.2) == []
        message = invite(ORDINARY_NUMBER, port, "chinese").replace(b"Subject: x", "Subject: 张三…".encode())
        client.sendto(message.replace(b"v=0", "\u2028".encode()), ("127.0.0.1", ports.abroad))
        assert relayed_call(next_hop, "chinese")


@pytest.mark.parametrize("config", ["redirect.cfg", "http.cfg", "proxy.cfg"])
def test_a_number_local_to_another_country_is_not_shown_while_no_screen_answers(config: str, tmp_path: Path) -> None:
    callers = {"tel:95588;phone-context=+1": False, "tel:95588;phone-context=+86": True, "tel:+12125550100": True}
    with (
        udp_socket() as next_hop,
        udp_socket() as client,
        proxy_without_screen(config, tmp_path, next_hop) as ports,
    ):
        for number, (uri, is_shown) in enumerate(callers.items()):
            message = with_from(invite(ORDINARY_NUMBER, client.getsockname()[1], f"local{number}"), f"<{uri}>")
            client.sendto(message, ("127.0.0.1", ports.abroad))
            call = relayed_call(next_hop, f"local{number}")
            assert (uri.encode() in call) == is_shown, call
            assert (b"sip:anonymous@anonymous.invalid" in call) != is_shown


@pytest.mark.parametrize("config", ["redirect.cfg", "http.cfg", "proxy.cfg"])
def test_a_display_name_from_abroad_is_not_shown_while_no_screen_answers(config: str, tmp_path: Path) -> None:
    address = f'"Bank of China" <sip:{ORDINARY_NUMBER}@127.0.0.1>'
    with (
        udp_socket() as next_hop,
        udp_socket() as client,
        proxy_without_screen(config, tmp_path, next_hop) as ports,
    ):
        shown = {}
        for name, port in {"abroad": ports.abroad, "home": ports.home}.items():
            message = with_from(invite(ORDINARY_NUMBER, client.getsockname()[1], name), address)
            client.sendto(message, ("127.0.0.1", port))
            call = relayed_call(next_hop, name)
            shown[name] = b"Bank of China" in call
            assert f"<sip:{ORDINARY_NUMBER}@127.0.0.1>".encode() in call
        assert shown == {"abroad": False, "home": True}


@pytest.mark.parametrize("config", ["redirect.cfg", "http.cfg", "proxy.cfg"])
def test_nobody_from_abroad_calls_himself_verified_however_the_parameter_is_written(
    config: str, tmp_path: Path
) -> None:
    names = ("verstat", "VerStat", "%76erstat", "v%65%72%53%74%41%54", "%56ERSTA%74")
    with (
        udp_socket() as next_hop,
        udp_socket() as client,
        proxy_without_screen(config, tmp_path, next_hop) as ports,
    ):
        for number, name in enumerate(names):
            address = f"<sip:{ORDINARY_NUMBER}@x;{name}=TN-Validation-Passed;user=phone>"
            message = invite(ORDINARY_NUMBER, client.getsockname()[1], f"verified{number}")
            client.sendto(with_from(message, address), ("127.0.0.1", ports.abroad))
            call = relayed_call(next_hop, f"verified{number}")
            assert f"From: <sip:{ORDINARY_NUMBER}@x;user=phone>;tag=1\r\n".encode() in call


def send_with_header(header: bytes, call_id: str, client: socket.socket, ports: Ports) -> None:
    """Send a well-formed call whose From is replaced by this header, or which carries it besides."""
    call = invite(ORDINARY_NUMBER, client.getsockname()[1], call_id)
    if header.startswith(b"From"):
        call = re.sub(rb"From: [^\r]*", lambda _: header, call)
    else:
        call = call.replace(b"Subject: x", header)
    client.sendto(call, ("127.0.0.1", ports.abroad))


REFUSED_BY_HTTP = (
    b"From: <sip:95588@x;user=phon\xaa>;tag=1",
    b'Remote-Party-ID: "\xff" <sip:95588@x>',
    b"From: <sip:+12125550100@x>;tag<tel:95588>=1",
    b"From: <sip:+12125550100@x>;sip:95588@x",
    b"From: <tel:+1-212-@95588>;tag=1",
    b"From: <sip:95588@+12125550100@x>;tag=1",
)
RELAYED_BY_HTTP = (
    b'From: "A, \\"B\\" <C>" <sip:+12125550100;npdi@x:5060;user=phone>\r\n ; tag = "q;," ;x=a:b',
    "From: 张三 <tel:+12125550100>;tag=1".encode(),
    b"From: sip:+12125550100@x;tag=1",
)


def test_what_cannot_be_asked_about_by_http_is_refused_and_the_rest_relayed_while_no_screen_answers(
    tmp_path: Path,
) -> None:
    with (
        udp_socket() as next_hop,
        udp_socket() as client,
        proxy_without_screen("http.cfg", tmp_path, next_hop) as ports,
    ):
        codes = {}
        for number, header in enumerate(REFUSED_BY_HTTP):
            send_with_header(header, f"refused{number}", client, ports)
            codes[header] = final_code(client, f"refused{number}")
        assert codes == dict.fromkeys(REFUSED_BY_HTTP, 400)
        assert relayed(next_hop, 1.5) == []
        for number, header in enumerate(RELAYED_BY_HTTP):
            send_with_header(header, f"relayed{number}", client, ports)
            assert b"X-Fanzha-Treatment: unscreened" in relayed_call(next_hop, f"relayed{number}"), header
        assert all(b"X-Fanzha-Treatment: unscreened" in message for message in relayed(next_hop))
