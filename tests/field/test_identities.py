"""Behind Kamailio, both documented configurations treat calls whose identities disagree as the table says."""

import re
import socket
import time
from pathlib import Path

import pytest
from tests.field.chain import Ports
from tests.field.raw_calls import fate, proxy_with_screen, udp_socket
from tests.screen.identity_cases import CASES, HOME, LISTED, MALFORMED, REFUSED, IdentityCase
from tests.screen.sip.calls import request

from fanzha.claims.contents_builder import ContentsBuilder
from fanzha.store.snapshots import SnapshotStore

pytestmark = pytest.mark.field


def publish(home: Path, patch: pytest.MonkeyPatch) -> None:
    """Publish the list of the table in a home."""
    patch.setenv("FANZHA_HOME", str(home))
    contents = ContentsBuilder()
    for number, entry in LISTED.items():
        contents.add("phone_number", number, entry)
    SnapshotStore(home / "snapshots").publish_base(contents.build(), at=time.time_ns() // 1_000_000)


def message(case: IdentityCase, port: int, call_id: str) -> bytes:
    """Return the call of a case from a client on this port."""
    return request(
        f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{call_id}",
        case.from_header,
        f"Call-ID: {call_id}",
        "CSeq: 1 INVITE",
        *case.headers,
        line="INVITE sip:+8617000000900@127.0.0.1 SIP/2.0",
        body="v=0\r\n",
    )


def ask_all_cases(client: socket.socket, next_hop: socket.socket, ports: Ports) -> dict[str, str]:
    """Send the call of every case through a proxy; return the treatments by the names of the cases."""
    results = {}
    for number, case in enumerate(CASES):
        call_id = f"identity{number}"
        port = ports.home if case.trunk == HOME else ports.abroad
        client.sendto(message(case, client.getsockname()[1], call_id), ("127.0.0.1", port))
        code, onward = fate(client, next_hop, call_id)
        results[case.name] = {603: REFUSED, 400: MALFORMED}.get(code) or treatment(onward)
        assert b"X-Fanzha-Trunk" not in onward
        assert case.trunk == HOME or not re.search(rb"^(Remote-Party|P-Asserted)", onward, re.M | re.I)
    return results


@pytest.mark.parametrize("config", ["redirect.cfg", "http.cfg"])
def test_the_hardest_ruling_counts_and_what_misleads_is_taken_out(config: str, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        publish(tmp_path / "screen" / "home", patch)
        with (
            udp_socket() as next_hop,
            udp_socket() as client,
            proxy_with_screen(config, tmp_path, next_hop) as ports,
        ):
            results = ask_all_cases(client, next_hop, ports)
    assert results == {case.name: case.result for case in CASES}


def treatment(onward: bytes) -> str:
    """Return the treatment with which a call was relayed; "" for none."""
    found = re.search(rb"X-Fanzha-Treatment: (\w+)", onward)
    return found[1].decode() if found else ""
