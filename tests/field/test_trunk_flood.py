"""A flood of calls on one trunk leaves the answers on another trunk as they are."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.field.raw_calls import FLOOD_SENDER, TRUNKS, final_code, udp_socket
from tests.field.screens import Screen
from tests.free_ports import free_port
from tests.screen.sip.calls import request

pytestmark = [pytest.mark.field, pytest.mark.timed]

SECONDS, RATE = 6, 5_000


def test_calls_that_must_be_refused_are_refused_while_another_trunk_is_flooded(tmp_path: Path) -> None:
    port = free_port()
    settings = f'[sip.edge]\nport = {port}\nprotocols = ["udp"]\ntrunk_header = "X-Fanzha-Trunk"\n{TRUNKS}'
    flood = request("Call-ID: FLOOD", "From: <sip:+8617000000700@x>;tag=1", "X-Fanzha-Trunk: MSC-1")
    with Screen(tmp_path, settings) as screen, udp_socket() as client:
        screen.wait_for_standby()
        client.settimeout(0.7)  # the wait of the proxy
        message = tmp_path / "flood"
        message.write_bytes(flood)
        command = [sys.executable, "-c", FLOOD_SENDER, *map(str, (port, RATE, SECONDS, message))]
        sender = subprocess.Popen(command, stdout=subprocess.PIPE)
        codes = dict[str, int]()
        begun, number = time.monotonic(), 0
        while time.monotonic() - begun < SECONDS - 0.5:
            call_id, own_port = f"bad{number}", client.getsockname()[1]
            via = f"Via: SIP/2.0/UDP 127.0.0.1:{own_port};branch=z9hG4bK{call_id}"
            bad = request(via, f"Call-ID: {call_id}", "From: <sip:95588@x>;tag=1", "X-Fanzha-Trunk: IGW-1")
            client.sendto(bad, ("127.0.0.1", port))
            codes[call_id] = final_code(client, call_id)
            number += 1
            time.sleep(0.02)
        sent = int(sender.communicate(timeout=30)[0])
        assert sent > SECONDS * RATE / 2, "the flood was no flood"
        assert {call_id: code for call_id, code in codes.items() if code != 603} == {}
        assert len(codes) > 50
