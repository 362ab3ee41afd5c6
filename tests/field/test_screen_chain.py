"""Behind Kamailio, as the documents set it up, every planted bad caller is refused and every good one put through."""

import os
import re
import signal
import threading
from pathlib import Path

import pytest
from tests.field.chain import Calls, proxy
from tests.field.screens import Screen, until
from tests.free_ports import free_port

pytestmark = [pytest.mark.field, pytest.mark.timed]

SECONDS = 5
BAD = [("95588", "+8617000000900"), ("+8610110", "+8617000000901"), ("01088888888", "+8617000000902")]
GOOD = [(f"+1212555{n:04}", f"+86170000{n:05}") for n in range(500)]


def settings(sip: int, http: int) -> str:
    return f"""
[overload]
late_ms = 1000
[sip.edge]
port = {sip}
trunk_header = "X-Fanzha-Trunk"
trusted = true
[http]
port = {http}
[trunks.IGW-1]
ingress = "international_gateway"
acts = "refuse"
rules = "shadow"
[trunks.MSC-1]
ingress = "mobile"
proves = true
acts = "refuse"
rules = "shadow"
"""


@pytest.mark.parametrize("config", ["redirect.cfg", "http.cfg"])
def test_bad_callers_are_refused_and_good_ones_put_through(config: str, tmp_path: Path) -> None:
    sip, http = free_port(), free_port()
    with Screen(tmp_path / "screen", settings(sip, http)) as screen:
        screen.wait_for_standby()  # its start would take what the calls need
        words = "screen key add proxy --scope call --rate 100000 --burst 100000 --by test"
        key = screen.ask(*words.split(" ")).split()[-1]
        given = {"SCREEN": f'"sip:127.0.0.1:{sip}"'}
        if config == "http.cfg":
            given = {"SCREEN": f'"http://127.0.0.1:{http}/v1/screen/call"', "KEY": f'"{key}"'}
        with proxy(config, tmp_path, given) as ports:
            good = Calls("passes", ports.abroad, GOOD, rate=40, count=40 * SECONDS, folder=tmp_path / "good")
            bad = Calls("refused", ports.abroad, BAD, rate=10, count=10 * SECONDS, folder=tmp_path / "bad")
            home = Calls("passes", ports.home, GOOD, rate=10, count=10 * SECONDS, folder=tmp_path / "home")
            outcomes = good.wait(), bad.wait(), home.wait()
    assert [(one.succeeded, one.failed) for one in outcomes] == [
        (40 * SECONDS, 0),
        (10 * SECONDS, 0),
        (10 * SECONDS, 0),
    ]


def test_the_same_while_the_owner_is_killed(tmp_path: Path) -> None:
    sip, http = free_port(), free_port()
    with Screen(tmp_path / "screen", settings(sip, http)) as screen:
        screen.wait_for_standby()
        owner = screen.owner
        with proxy("redirect.cfg", tmp_path, {"SCREEN": f'"sip:127.0.0.1:{sip}"'}) as ports:
            good = Calls("passes", ports.abroad, GOOD, rate=40, count=40 * SECONDS, folder=tmp_path / "good")
            bad = Calls("refused", ports.abroad, BAD, rate=10, count=10 * SECONDS, folder=tmp_path / "bad")
            threading.Timer(SECONDS / 2, lambda: os.kill(owner, signal.SIGKILL)).start()
            outcomes = good.wait(), bad.wait()
        assert screen.owner != owner
    assert [(one.succeeded, one.failed) for one in outcomes] == [(40 * SECONDS, 0), (10 * SECONDS, 0)]


def test_the_same_while_the_supervisor_is_killed(tmp_path: Path) -> None:
    sip, http = free_port(), free_port()
    with Screen(tmp_path / "screen", settings(sip, http), "--restart") as screen:
        screen.wait_for_standby()
        owner, supervisor = screen.owner, int(re.findall(r"pid (\d+)", screen.said())[0])
        with proxy("redirect.cfg", tmp_path, {"SCREEN": f'"sip:127.0.0.1:{sip}"'}) as ports:
            good = Calls("passes", ports.abroad, GOOD, rate=40, count=40 * SECONDS, folder=tmp_path / "good")
            bad = Calls("refused", ports.abroad, BAD, rate=10, count=10 * SECONDS, folder=tmp_path / "bad")
            threading.Timer(SECONDS / 4, lambda: os.kill(supervisor, signal.SIGKILL)).start()
            outcomes = good.wait(), bad.wait()
        until(lambda: "answering still" in screen.said())
        assert screen.owner == owner
    assert [(one.succeeded, one.failed) for one in outcomes] == [(40 * SECONDS, 0), (10 * SECONDS, 0)]


def test_with_the_screen_dead_every_call_goes_on_unscreened(tmp_path: Path) -> None:
    with proxy("redirect.cfg", tmp_path, {"SCREEN": f'"sip:127.0.0.1:{free_port()}"'}) as ports:
        outcome = Calls("passes", ports.abroad, BAD, rate=20, count=60, folder=tmp_path / "calls").wait()
    assert (outcome.succeeded, outcome.failed) == (60, 0)


@pytest.mark.parametrize("header", ["X-Fanzha-Trunk: MSC-1", "P-Asserted-Identity: <tel:+85291234567>"])
def test_a_caller_cannot_name_his_own_trunk_nor_vouch_for_himself(header: str, tmp_path: Path) -> None:
    text = (Path(__file__).parent / "chain" / "refused.xml").read_text()
    forged = re.sub("Max-Forwards: 70\n", f"Max-Forwards: 70\n{header}\n", text, count=1)
    assert forged != text
    sip, http = free_port(), free_port()
    (tmp_path / "forged.xml").write_text(forged)
    with (
        Screen(tmp_path / "screen", settings(sip, http), standby=False),
        proxy("redirect.cfg", tmp_path, {"SCREEN": f'"sip:127.0.0.1:{sip}"'}) as ports,
    ):
        calls = Calls(str(tmp_path / "forged"), ports.abroad, BAD, rate=20, count=60, folder=tmp_path / "calls")
        assert calls.wait().succeeded == 60
