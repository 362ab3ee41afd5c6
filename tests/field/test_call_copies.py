"""Kamailio copies real calls by SIPp as the page tells it to; every answer and every end is told, once and right."""

import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.field.chain import listens
from tests.field.screens import until
from tests.free_ports import free_port

from fanzha.screen.feeds.hep import HepFeed

pytestmark = pytest.mark.field

HERE = Path(__file__).parent / "copies"
PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "live-rules.md"
CALLS = 40
ROUTES = """
debug=0
log_stderror=yes
children=2
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:{proxy}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "siputils.so"
loadmodule "textops.so"
{copies}
modparam("tm", "failure_reply_mode", 3)
request_route {{
    if (has_totag()) {{
        if (loose_route()) {{ t_relay(); exit; }}
        if (is_method("ACK") && t_check_trans()) {{ t_relay(); }}
        exit;
    }}
    if (is_method("CANCEL")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
    t_check_trans();
    record_route();
    $du = "sip:127.0.0.1:{redirects}";
    t_on_failure("GOES_ON");
    t_relay();
}}
failure_route[GOES_ON] {{
    if (t_is_canceled()) {{ exit; }}
    if (!t_check_status("302")) {{ exit; }}
    if ($rU == "busy") {{ $du = "sip:127.0.0.1:{busy}"; }}
    else if ($rU == "rings") {{ $du = "sip:127.0.0.1:{rings}"; }}
    else {{ $du = "sip:127.0.0.1:{answers}"; }}
    t_relay();
}}
"""

Fact = tuple[int, str, Mapping[str, object]]


class Copies:
    """The proxy, who is called behind it, and the feed that hears the copies."""

    def __init__(self, folder: Path) -> None:
        self.ports = {name: free_port() for name in ("proxy", "redirects", "busy", "rings", "answers")}
        self.facts: list[Fact] = []
        self.feed = HepFeed(lambda *fact: self.facts.append(fact))
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.1)
        self._open = True
        lines = PAGE.read_text("utf-8").partition("```cfg\n")[2].partition("```")[0]
        copies = lines.replace(":9060", f":{self.socket.getsockname()[1]}")
        self._routes = folder / "routes.cfg"
        self._routes.write_text("#!KAMAILIO\n" + ROUTES.format(copies=copies, **self.ports))
        self._folder = folder

    def hear(self) -> None:
        """Take what comes until closed."""
        while self._open:
            try:
                data = self.socket.recv(65_536)
            except TimeoutError:
                continue
            self.feed.receive(data, time.time_ns() // 1_000_000)

    def close(self) -> None:
        """Hear no more."""
        self._open = False

    def started(self) -> list["subprocess.Popen[bytes]"]:
        """Start the proxy and those behind it."""
        commands = [["kamailio", "-f", str(self._routes), "-DD", "-E", "-m", "32", "-w", str(self._folder)]]
        for name in ("redirects", "busy", "rings"):
            commands.append(self._sipp(name, "-sf", str(HERE / f"{name}.xml")))
        commands.append(self._sipp("answers", "-sn", "uas"))
        return [subprocess.Popen(one, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for one in commands]

    def _sipp(self, name: str, *how: str) -> list[str]:
        return ["sipp", *how, "-i", "127.0.0.1", "-p", str(self.ports[name]), "-nostdin"]

    def call(self, scenario: str) -> None:
        """Make calls; SIPp fails when one of them does not go as written."""
        where = ["-i", "127.0.0.1", "-p", str(free_port()), f"127.0.0.1:{self.ports['proxy']}"]
        much = ["-m", str(CALLS), "-r", "20", "-timeout", "60", "-timeout_error", "-nostdin"]
        done = subprocess.run(
            ["sipp", "-sf", str(HERE / f"{scenario}.xml"), *much, *where], capture_output=True, cwd=self._folder
        )
        assert done.returncode == 0, done.stderr.decode()[-2_000:]

    def fields(self, table: str) -> list[Mapping[str, object]]:
        """Return the facts of a table."""
        return [fields for _, name, fields in self.facts if name == table]


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    with running(Copies(tmp_path_factory.mktemp("copies"))) as found:
        yield found


@contextmanager
def running(copies: Copies) -> Iterator[Copies]:
    hearing = threading.Thread(target=copies.hear)
    hearing.start()
    processes = copies.started()
    try:
        until(lambda: all(map(listens, copies.ports.values())))
        yield copies
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)
        copies.close()
        hearing.join()
        copies.socket.close()


def test_answered_calls_are_told_with_their_times(copies: Copies) -> None:
    copies.facts.clear()
    copies.call("caller")
    until(lambda: len(copies.fields("call_ended")) == CALLS)
    answered, ended = copies.fields("call_answered"), copies.fields("call_ended")
    assert len({one["call_id"] for one in answered}) == len(answered) == CALLS
    assert {(one["answered"], one["released_by"], one["release_cause"]) for one in ended} == {(True, "caller", 16)}
    assert all(450 <= int(str(one["talk_ms"])) <= 10_000 for one in ended)
    assert all(0 <= int(str(one["ring_ms"])) <= 10_000 for one in answered)


@pytest.mark.parametrize(("scenario", "by", "cause"), [("called_busy", "callee", 17), ("cancels", "caller", 16)])
def test_calls_that_nobody_answers_say_why(copies: Copies, scenario: str, by: str, cause: int) -> None:
    copies.facts.clear()
    copies.call(scenario)
    until(lambda: len(copies.fields("call_ended")) == CALLS)
    told = {(one["answered"], one["released_by"], one["release_cause"]) for one in copies.fields("call_ended")}
    assert told == {(False, by, cause)}
    assert copies.fields("call_answered") == []


def test_every_packet_was_one_and_no_call_is_left(copies: Copies) -> None:
    assert copies.feed.rejected == 0
    assert copies.feed.calls.unfinished == 0
    assert copies.feed.accepted > CALLS
