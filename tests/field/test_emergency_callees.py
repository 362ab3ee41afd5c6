"""Behind Kamailio, a caller who is refused otherwise reaches emergency numbers in every way of writing them."""

import re
from pathlib import Path

import pytest
from tests.field.raw_calls import final_code, invite, proxy_with_screen, relayed, udp_socket

pytestmark = pytest.mark.field

REFUSED_CALLER = "95588"  # from abroad
EMERGENCY = (
    *("sip:110@x", "sip:+86110@x", "sip:+86119@x;user=phone", "sip:010110@x", "sip:021120@x", "sip:0755119@x"),
    *("sip:0086110@x", "tel:110", "tel:+86110", "tel:110;phone-context=+86", "sip:110;phone-context=+86@x"),
    *("sip:%31%31%30@x", "sip:1%310@x", "sip:%2B86110@x", "urn:service:sos"),
)
ORDINARY = ("sip:01011012345@x", "sip:8610110@x", "sip:+8617000000110@x", "tel:+8695588")


@pytest.mark.parametrize("config", ["redirect.cfg", "http.cfg"])
def test_emergency_callees_are_put_through_and_others_refused(config: str, tmp_path: Path) -> None:
    with (
        udp_socket() as next_hop,
        udp_socket() as client,
        proxy_with_screen(config, tmp_path, next_hop) as ports,
    ):
        port, abroad = client.getsockname()[1], ("127.0.0.1", ports.abroad)
        for number, target in enumerate(EMERGENCY):
            client.sendto(invite(REFUSED_CALLER, port, f"emergency{number}", target), abroad)
            next_hop.settimeout(5)
            message = next_hop.recv(65_535)
            while f"Call-ID: emergency{number}\r\n".encode() not in message:  # retransmissions of calls before
                message = next_hop.recv(65_535)
            assert message.startswith(f"INVITE {target} ".encode())
            assert not re.search(rb"X-Fanzha-Treatment: (?!allow)", message), target
        relayed(next_hop)
        client.settimeout(5)
        for number, target in enumerate(ORDINARY):
            client.sendto(invite(REFUSED_CALLER, port, f"ordinary{number}", target), abroad)
            assert final_code(client, f"ordinary{number}") == 603, target
