"""SIPp, a caller that is not ours, understands what the redirect server answers, over UDP and TCP, IPv4 and IPv6."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.field.redirect_server import redirecting

pytestmark = [pytest.mark.field, pytest.mark.timed]

HERE = Path(__file__).parent / "redirect"
CALLS, RATE = 400, 400
TRANSPORTS = {"udp": "u1", "tcp": "t1"}


def call(scenario: str, address: str, protocol: str, port: int, folder: Path) -> None:
    """Let SIPp make its calls; fail with what it said unless each went as the scenario tells."""
    if shutil.which("sipp") is None:
        pytest.fail("sipp is missing; bring it with: tools/field_packages (apt-get install sip-tester)")
    inside = f"[{address}]" if ":" in address else address
    command = [
        *("timeout", "--signal=KILL", "60"),  # a run whose peer has died does not end by itself
        *("sipp", "-sf", str(HERE / f"{scenario}.xml"), "-t", TRANSPORTS[protocol], "-i", inside),
        *("-m", str(CALLS), "-r", str(RATE), "-nostdin", "-timeout", "40", "-timeout_error", f"{inside}:{port}"),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.returncode}\n{done.stdout[-2_000:]}\n{done.stderr[-2_000:]}"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("protocol", TRANSPORTS)
def test_every_call_of_sipp_is_sent_on_or_refused_as_it_should(address: str, protocol: str, tmp_path: Path) -> None:
    with redirecting(address, protocol) as (port, told):
        call("goes_on", address, protocol, port, tmp_path)
        call("refused", address, protocol, port, tmp_path)
    assert told["answers"] == {"302": CALLS, "603": CALLS}
    assert (told["asked"], told["trunks"]) == (2 * CALLS, ["IGW-FIC-07"])
    assert told["ignored"] == 2 * CALLS, "each answer was acknowledged"
    assert (told["unreadable"], told["shed"]) == (0, 0)
