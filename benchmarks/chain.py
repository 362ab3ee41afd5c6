"""What a whole chain carries: SIPp through Kamailio, which asks a screen, to a SIPp that answers; things go wrong.

Usage: python -m benchmarks.chain [--rate 1000] [--seconds 120] [--only NAME ...] [--carried]

First the highest rate (in steps of 100, at most `--rate`) is found that SIPp and Kamailio carry without a screen
(`--carried`: it is known). At that rate one call in ten has a planted bad caller, which the list or the guard refuses;
Kamailio has the shipped configuration with its static guard, the screen the shipped settings and priority, two standbys
and a supervisor that is started again. The cases:

nothing      nothing goes wrong
snapshots    another snapshot every five seconds
twice        the owner is killed twice within ten seconds
flood        from a sender of our own, one trunk gets `--flood` calls a second beside the others
together     the three before at once, then the next two one after the other
supervisor   the supervisor is killed
truncated    the file of the served snapshot is truncated, the owner killed, and a snapshot built again
full         the log is on a full device
hanging      the roaming register hangs, and all callers roam

0 failed means that every bad caller was refused and every good one put through. After each fault the seconds are
printed until all is as before. Exit code 1 if a bad caller passed. Needs tools/field_packages; uses 127.0.0.1 alone.
"""

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from tests.field.chain import Calls, Outcome, proxy  # noqa: E402
from tests.field.raw_calls import FLOOD_SENDER  # noqa: E402
from tests.field.screens import Screen, publish, until  # noqa: E402
from tests.free_ports import free_port  # noqa: E402
from tests.screen.sip.calls import request  # noqa: E402

from fanzha.claims.snapshot import SnapshotEntry, check  # noqa: E402
from fanzha.claims.treatment import Treatment  # noqa: E402
from fanzha.claims.verdict import Level  # noqa: E402
from fanzha.screen.mapped_snapshot import MappedSnapshot  # noqa: E402
from fanzha.screen.proxy_guard import build_guard, write_guard  # noqa: E402
from fanzha.store.snapshots import SnapshotStore  # noqa: E402

LISTED = "+442079460001"
BAD = [(number, f"+8617000000{900 + nth}") for nth, number in enumerate(("95588", "+8610110", "01088888888", LISTED))]
REFUSE = SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "fake_authority")
GOOD = [(f"+1212555{n:04}", f"+86170{n:08}") for n in range(5_000)]
ROAMERS = [(f"+86170{n:08}", f"+86171{n:08}") for n in range(5_000)]
BARE = """#!KAMAILIO
debug=0
log_stderror=yes
children=4
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:PORT
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "siputils.so"
loadmodule "textops.so"
request_route {
    if (has_totag()) { if (loose_route()) { t_relay(); exit; } if (is_method("ACK")) { t_relay(); } exit; }
    record_route();
    $du = NEXT;
    t_relay();
}
"""


def settings(sip: int, extra: str) -> str:
    """Return the settings of the screen."""
    return f"""
[sip.edge]
port = {sip}
protocols = ["udp"]
trunk_header = "X-Fanzha-Trunk"
[trunks.IGW-1]
ingress = "international_gateway"
acts = "refuse"
rules = "shadow"
[trunks.MSC-1]
ingress = "mobile"
proves = true
acts = "refuse"
rules = "shadow"
[snapshot]
newly_refused = 1000
{extra}
"""


@contextmanager
def silence() -> Iterator[int]:
    """Hold a port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=4_096) as deaf:
        yield int(deaf.getsockname()[1])


def bare(rate: int, seconds: int, folder: Path) -> Outcome:
    """Call through Kamailio alone."""
    config = folder / "bare.cfg"
    with proxy(str(config), folder, {}, write=lambda port: config.write_text(BARE.replace("PORT", str(port)))) as ports:
        return Calls("passes", ports.abroad, GOOD, rate=rate, count=rate * seconds, folder=folder / "calls").wait()


def highest(most: int, folder: Path) -> int:
    """Return the highest rate that the programs carry without a screen."""
    for rate in range(most, 0, -100):
        outcome = bare(rate, 10, folder / f"bare-{rate}")
        print(f"without a screen, {rate} calls a second for 10 s: {told(outcome)}", flush=True)
        if outcome.failed == 0 and outcome.resent <= outcome.made // 100:
            return rate
    raise SystemExit("this machine carries no calls")


def told(outcome: Outcome) -> str:
    """Say what became of calls."""
    return f"{outcome.succeeded:,} as they should, {outcome.failed:,} failed, {outcome.resent:,} messages resent"


Fault = Callable[[Screen], None]


class Chain:
    """Runs the cases at a rate."""

    def __init__(self, rate: int, seconds: int, flood: int, folder: Path) -> None:
        self._rate, self._seconds, self._flood, self._folder = rate, seconds, flood, folder
        self._sip = 0
        self.passed = 0  # bad callers that were put through, or were not answered

    def run(self, name: str, *faults: Fault, extra: str = "", good: list[tuple[str, str]] = GOOD) -> None:
        """Call at the rate while things go wrong; print what became of the calls."""
        folder, self._sip = self._folder / name, free_port()
        screen = Screen(folder / "screen", settings(self._sip, extra), "--restart", snapshot=False)
        base = publish_list(screen.home)
        guard = {"SCREEN": f'"sip:127.0.0.1:{self._sip}"', "GUARD": str(write_guard_of(base, folder / "guard"))}
        with screen:
            screen.wait_for_standby()
            with proxy("redirect.cfg", folder, guard) as ports:
                nine, one = self._rate * 9 // 10, self._rate // 10
                count = self._seconds
                calls = Calls("passes", ports.abroad, good, rate=nine, count=nine * count, folder=folder / "good")
                planted = Calls("refused", ports.abroad, BAD, rate=one, count=one * count, folder=folder / "bad")
                busy = [threading.Thread(target=fault, args=(screen,)) for fault in faults]
                for thread in busy:
                    thread.start()
                outcomes = calls.wait(), planted.wait()
                for thread in busy:
                    thread.join()
        print(f"{name}: good callers {told(outcomes[0])}; bad callers {told(outcomes[1])}", flush=True)
        self.passed += outcomes[1].failed

    def change_snapshots(self, screen: Screen) -> None:
        """Publish another snapshot every five seconds, each with fifty other numbers."""
        end, turn = time.monotonic() + self._seconds, 0
        while time.monotonic() < end - 5:
            time.sleep(5)
            turn += 1
            publish_list(screen.home, *(f"+4930{turn:03}{n:05}" for n in range(50)))

    def kill_owner_twice(self, screen: Screen) -> None:
        """Kill the owner, and the next one within ten seconds."""
        time.sleep(self._seconds / 4)
        for _ in range(2):
            kill_owner(screen)
            time.sleep(5)

    def flood_trunk(self, screen: Screen) -> None:
        """Send calls of the trunk MSC-1, more than its share."""
        message = screen.home.parent / "flood"
        message.write_bytes(request("Call-ID: FLOOD", "From: <sip:+8617000000700@x>;tag=1", "X-Fanzha-Trunk: MSC-1"))
        options = map(str, (self._sip, self._flood, self._seconds, message))
        done = subprocess.run([sys.executable, "-c", FLOOD_SENDER, *options], stdout=subprocess.PIPE, check=True)
        print(f"  flood: {int(done.stdout) // self._seconds:,} calls a second on one trunk")

    def kill_supervisor(self, screen: Screen) -> None:
        """Kill the supervisor; print how long it was away."""
        time.sleep(self._seconds / 2)
        adopted = screen.said().count("answering still")
        os.kill(int(re.findall(r"^筛查.*pid (\d+)", screen.said(), re.M)[-1]), signal.SIGKILL)
        self._print_seconds("supervisor killed", lambda: screen.said().count("answering still") > adopted)

    def truncate_snapshot(self, screen: Screen) -> None:
        """Truncate the served base and kill the owner; then build another one."""
        time.sleep(self._seconds * 3 / 4)
        base = max((screen.home / "snapshots").glob("base-*.snapshot"), key=lambda path: path.name)
        os.truncate(base, 1_000)
        kill_owner(screen)
        served = screen.said().count("is served")
        publish_list(screen.home)
        self._print_seconds("snapshot truncated", lambda: screen.said().count("is served") > served)

    @staticmethod
    def _print_seconds(fault: str, is_over: Callable[[], bool]) -> None:
        begun = time.monotonic()
        until(is_over, 60)
        print(f"  {fault}: all as before after {time.monotonic() - begun:.1f} s", flush=True)


def publish_list(home: Path, *others: str) -> Path:
    """Publish a base that refuses the listed number and others; return the folder of the snapshots."""
    publish(home, {("phone_number", number): REFUSE for number in (LISTED, *others)})
    return home / "snapshots"


def write_guard_of(snapshots: Path, folder: Path) -> Path:
    """Write the static guard of the published snapshot; return its folder."""
    state = SnapshotStore(snapshots).state()
    assert state is not None, "it is published"
    check(state.base)
    folder.mkdir(parents=True)
    write_guard(folder, build_guard(MappedSnapshot(state.base), time.time_ns() // 1_000_000, 1_000).rows)
    return folder


def kill_owner(screen: Screen) -> None:
    """Kill the owner; print how long the next one took."""
    owner, begun = screen.owner, time.monotonic()
    os.kill(owner, signal.SIGKILL)
    until(lambda: screen.owner != owner, 60)
    print(f"  owner killed: another answers after {time.monotonic() - begun:.2f} s", flush=True)


def main() -> None:
    """Find the rate, then run each case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=1_000)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--flood", type=int, default=3_000, help="calls a second of the flooded trunk")
    parser.add_argument("--only", nargs="*", default=[], help="names of cases (default: all)")
    parser.add_argument("--carried", action="store_true", help="do not look for the rate that is carried")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made, silence() as deaf:
        rate = given.rate if given.carried else highest(given.rate, Path(made))
        chain = Chain(rate, given.seconds, given.flood, Path(made))
        hanging = f'[roaming]\nurl = "http://127.0.0.1:{deaf}/{{number}}"\nwait_ms = 20\n'
        three = chain.change_snapshots, chain.kill_owner_twice, chain.flood_trunk
        cases: dict[str, Callable[[], None]] = {
            "nothing": lambda: chain.run("nothing"),
            "snapshots": lambda: chain.run("snapshots", chain.change_snapshots),
            "twice": lambda: chain.run("twice", chain.kill_owner_twice),
            "flood": lambda: chain.run("flood", chain.flood_trunk),
            "together": lambda: chain.run("together", *three, chain.kill_supervisor, chain.truncate_snapshot),
            "supervisor": lambda: chain.run("supervisor", chain.kill_supervisor),
            "truncated": lambda: chain.run("truncated", chain.truncate_snapshot),
            "full": lambda: chain.run("full", extra='[log]\nfolder = "/dev/full"\n'),
            "hanging": lambda: chain.run("hanging", extra=hanging, good=ROAMERS),
        }
        for name, case in cases.items():
            if not given.only or name in given.only:
                case()
    sys.exit(1 if chain.passed else 0)


if __name__ == "__main__":
    main()
