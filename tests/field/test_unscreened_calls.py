"""A call that a screen answered and nobody looked at is marked unscreened by Kamailio, as one without an answer is."""

from pathlib import Path

import pytest
from tests.field.raw_calls import TRUNKS, invite, proxy_with_screen, udp_socket

pytestmark = pytest.mark.field

OFF = TRUNKS.replace('acts = "refuse"', 'acts = "off"').replace('rules = "shadow"', 'rules = "off"')
FOREIGNER = "+12125550100"


@pytest.mark.parametrize("config", ["redirect.cfg", "http.cfg"])
@pytest.mark.parametrize(("trunks", "treatment"), [(OFF, b"unscreened"), (TRUNKS, b"label")])
def test_a_call_is_marked_as_the_screen_has_looked_at_it(
    config: str, trunks: str, treatment: bytes, tmp_path: Path
) -> None:
    with (
        udp_socket() as next_hop,
        udp_socket() as client,
        proxy_with_screen(config, tmp_path, next_hop, trunks) as ports,
    ):
        client.sendto(invite(FOREIGNER, client.getsockname()[1], "looked"), ("127.0.0.1", ports.abroad))
        next_hop.settimeout(10)
        assert b"\r\nX-Fanzha-Treatment: " + treatment + b"\r\n" in next_hop.recv(65_535)
