"""People are warned on their handsets: by Kannel to an SMSC, by Kamailio in the name that a phone shows."""

import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.field.chain import Calls, proxy
from tests.field.kannel import PASSWORD, Kannel, Sms, kannel
from tests.field.screens import Caller, Screen, metrics, treatment, until
from tests.free_ports import free_port

pytestmark = pytest.mark.field

CALLEE, HELPED, CALLS_BACK = "+8617000000900", "+8617000000700", "+8617000000007"
AMERICA, PREMIUM = "+12025550171", "+19002345678"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def caller(port: int) -> Iterator[Caller]:
    made = Caller(port)
    yield made
    made.close()


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Kannel]:
    with kannel(tmp_path / "kannel") as made:
        yield made


def settings(sip: int, http: int, warn: str = "") -> str:
    return f"""
[overload]
late_ms = 1000
[sip.edge]
port = {sip}
trunk_header = "X-Fanzha-Trunk"
[http]
port = {http}
[trunks.IGW-1]
ingress = "international_gateway"
acts = "refuse"
rules = "shadow"
warn = ["display_name"{', "flash_sms"' if warn else ""}]
[trunks.MSC-1]
ingress = "mobile"
proves = true
acts = "label"
rules = "shadow"
warn = ["display_name"{', "text"' if warn else ""}]
{warn}
"""


def warnings(screen: Screen, http: int) -> dict[tuple[str, str], int]:
    """Return what the metrics say became of warnings, by channel and end; those that are none are left out."""
    words = ("screen", "key", "add", f"probe-{time.time_ns()}", "--scope", "metrics", "--by", "test")
    key = screen.ask(*words).strip().splitlines()[-1]
    found = re.findall(r'warnings_total\{channel="(\w+)",end="(\w+)"\} (\d+)', metrics(http, key))
    return {(channel, end): int(count) for channel, end, count in found if count != "0"}


def test_people_are_warned_by_flash_and_text_and_only_those_who_may_be(
    tmp_path: Path, port: int, caller: Caller, gateway: Kannel
) -> None:
    http = free_port()
    with Screen(tmp_path / "screen", settings(port, http, gateway.settings()), standby=False) as screen:
        assert treatment(caller.call(AMERICA, callee=CALLEE)) == "label"
        assert treatment(caller.call(CALLS_BACK, "MSC-1", PREMIUM)) == "label"
        came = gateway.wait(2)
        assert treatment(caller.call(AMERICA, callee=CALLEE)) == "label"  # told lately
        assert treatment(caller.call("95588", callee="+8617000000901")) == "603"  # he never hears of it
        assert treatment(caller.call(HELPED, "MSC-1", "120")) == "allow"
        assert treatment(caller.call("110", "MSC-1", HELPED)) == "allow"  # help calls back
        assert treatment(caller.call(AMERICA, callee="120")) == "allow"
        assert treatment(caller.call(AMERICA, callee="+861088888888")) == "label"  # a landline
        counted = warnings(screen, http)
        assert gateway.came() == came
    assert sorted(came, key=lambda sms: sms.to) == [
        Sms(
            "96110",
            CALLS_BACK,
            "您拨打的是境外高额资费号码，可能产生高额话费。如非本意请挂断。\n"
            "You are calling a premium-rate number abroad. Hang up if you did not mean to call it.",
            None,
        ),
        Sms("96110", CALLEE, "境外来电：美国\nCall from abroad: United States", 0),
    ]
    assert counted == {
        ("flash_sms", "sent"): 1,
        ("flash_sms", "again"): 1,
        ("flash_sms", "no_handset"): 1,
        ("text", "sent"): 1,
    }
    kept = [path for folder in (screen.home, tmp_path / "kannel") for path in folder.rglob("*") if path.is_file()]
    holding = {path.name for path in kept if PASSWORD.encode() in path.read_bytes()}
    assert holding == {"password", "kannel.conf"}, "the password stands in a log"
    assert PASSWORD not in screen.said()


def test_the_standby_that_takes_over_knows_who_was_warned(
    tmp_path: Path, port: int, caller: Caller, gateway: Kannel
) -> None:
    http = free_port()
    with Screen(tmp_path / "screen", settings(port, http, gateway.settings())) as screen:
        screen.wait_for_standby()
        caller.call(AMERICA, callee=CALLEE)
        until(lambda: '"sent"]' in screen.logged())
        owner = screen.owner
        os.kill(owner, signal.SIGKILL)
        until(lambda: screen.owner != owner)
        caller.call(AMERICA, callee=CALLEE)
        caller.call("+442079460000", callee=CALLEE)
        came = gateway.wait(2)
        assert warnings(screen, http) == {("flash_sms", "again"): 1, ("flash_sms", "sent"): 1}
    assert [sms.text.split("\n")[0] for sms in came] == ["境外来电：美国", "境外来电：英国"]


def test_a_gateway_that_refuses_is_counted_and_logged(
    tmp_path: Path, port: int, caller: Caller, gateway: Kannel
) -> None:
    http, wrong = free_port(), tmp_path / "wrong"
    wrong.write_text("another")
    wrong.chmod(0o600)
    with Screen(tmp_path / "screen", settings(port, http, gateway.settings(wrong)), standby=False) as screen:
        assert treatment(caller.call(AMERICA, callee=CALLEE)) == "label"
        until(lambda: '"refused"]' in screen.logged())
        assert warnings(screen, http) == {("flash_sms", "refused"): 1}
    assert re.search(r'"warning",\["[^"]+","callee","flash_sms","[0-9a-f]{16}","refused"\]', screen.logged())


@pytest.mark.timed
def test_a_gateway_that_hangs_holds_up_no_call(tmp_path: Path, port: int, caller: Caller) -> None:
    http, password = free_port(), tmp_path / "password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # connects, and never says a word
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/cgi-bin/sendsms"
        warn = Kannel.settings_of(url, password) + "most_a_second = 1000.0\n"
        with Screen(tmp_path / "screen", settings(port, http, warn), standby=False) as screen:
            took = list[float]()
            for n in range(1_500):
                begun = time.monotonic()
                assert treatment(caller.call(AMERICA, callee=f"+86170000{n:05}")) == "label"
                took.append(time.monotonic() - begun)
            counted = warnings(screen, http)
    assert sorted(took)[len(took) * 99 // 100] < 0.05, f"{max(took):.3f} s"
    assert counted["flash_sms", "full"] > 400
    assert counted.get(("flash_sms", "sent"), 0) == 0


@pytest.mark.parametrize(
    ("config", "name"),
    [("redirect.cfg", "境外来电：美国 Call from abroad: United States"), ("http.cfg", "境外来电：美国")],
)
def test_the_name_that_a_phone_shows_says_where_a_call_comes_from(
    tmp_path: Path, port: int, config: str, name: str
) -> None:
    http = free_port()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone,
        Screen(tmp_path / "screen", settings(port, http), standby=False) as screen,
    ):
        phone.bind(("127.0.0.1", 0))
        phone.settimeout(10)
        given = {"SCREEN": f'"sip:127.0.0.1:{port}"', "NEXT": f'"sip:127.0.0.1:{phone.getsockname()[1]}"'}
        if config == "http.cfg":
            key = screen.ask("screen", "key", "add", "proxy", "--scope", "call", "--by", "test").split()[-1]
            given |= {"SCREEN": f'"http://127.0.0.1:{http}/v1/screen/call"', "KEY": f'"{key}"'}
        with proxy(config, tmp_path / "kamailio", given) as ports:
            call = Calls("passes", ports.abroad, [(AMERICA, CALLEE)], rate=1, count=1, folder=tmp_path / "calls")
            invite = phone.recv(65_535).decode()
            phone.close()  # nobody answers, so the call ends by itself
            call.wait()
    assert re.search(rf'^From: "{name}" ?<sip:', invite, re.M), invite
