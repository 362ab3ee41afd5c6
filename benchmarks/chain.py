"""What a whole chain carries: SIPp through Kamailio, which asks a screen, to a SIPp that answers; things go wrong.

Usage: python -m benchmarks.chain [--rate 1000] [--seconds 120] [--only NAME]

First the highest rate (in steps of 100, at most `--rate`) is found that SIPp and Kamailio carry without a screen; at
that rate one call in ten has a planted bad caller. Then: nothing wrong; the snapshot changed every five seconds; the
owner killed; the log on a full device; a roaming register that hangs. 0 failed means that every bad caller was refused
and every good one put through. Needs tools/field_packages; uses 127.0.0.1 alone.
"""

import argparse
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from tests.field.chain import Calls, Outcome, proxy  # noqa: E402
from tests.field.screens import Screen  # noqa: E402
from tests.free_ports import free_port  # noqa: E402

BAD = [("95588", "+8617000000900"), ("+8610110", "+8617000000901"), ("01088888888", "+8617000000902")]
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


def run(
    name: str,
    rate: int,
    seconds: int,
    folder: Path,
    extra: str = "",
    wrong: Callable[[Screen], None] | None = None,
    good: list[tuple[str, str]] = GOOD,
) -> None:
    """Call at a rate while something goes wrong; print what became of the calls."""
    sip = free_port()
    with Screen(folder / "screen", settings(sip, extra)) as screen:
        screen.wait_for_standby()
        with proxy("redirect.cfg", folder, {"SCREEN": f'"sip:127.0.0.1:{sip}"'}) as ports:
            nine, one = rate * 9 // 10, rate // 10
            calls = Calls("passes", ports.abroad, good, rate=nine, count=nine * seconds, folder=folder / "good")
            planted = Calls("refused", ports.abroad, BAD, rate=one, count=one * seconds, folder=folder / "bad")
            ended = threading.Event()
            busy = threading.Thread(target=lambda: wrong(screen) if wrong else None)
            busy.start()
            outcomes = calls.wait(), planted.wait()
            ended.set()
            busy.join()
    print(f"{name}: good callers {told(outcomes[0])}; bad callers {told(outcomes[1])}", flush=True)


def snapshots(seconds: int) -> Callable[[Screen], None]:
    """Publish another snapshot every five seconds."""

    def change(screen: Screen) -> None:
        for turn in range(seconds // 5):
            lists = screen.home / "lists"
            lists.mkdir(parents=True, exist_ok=True)
            (lists / "do_not_originate.csv").write_text(
                "number,owner,basis\n" + "".join(f"+86170{n + turn:08},a made-up owner,asked\n" for n in range(50))
            )
            screen.ask("snapshot", "build")
            threading.Event().wait(5)

    return change


def kill_owner(after: float) -> Callable[[Screen], None]:
    """Kill the owner after a while."""

    def kill(screen: Screen) -> None:
        threading.Event().wait(after)
        os.kill(screen.owner, signal.SIGKILL)

    return kill


def main() -> None:
    """Find the rate, then run each case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=1_000)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--only", default="", help="nothing, snapshots, killed, full, hanging")
    given = parser.parse_args()
    seconds = given.seconds
    with tempfile.TemporaryDirectory() as made, silence() as deaf:
        folder = Path(made)
        rate = highest(given.rate, folder)
        hanging = f'[roaming]\nurl = "http://127.0.0.1:{deaf}/{{number}}"\nwait_ms = 20\n'
        cases: dict[str, Callable[[], None]] = {
            "nothing": lambda: run("nothing wrong", rate, seconds, folder / "nothing"),
            "snapshots": lambda: run(
                "snapshot changed every 5 s", rate, seconds, folder / "snapshots", wrong=snapshots(seconds)
            ),
            "killed": lambda: run("owner killed", rate, seconds, folder / "killed", wrong=kill_owner(seconds / 2)),
            "full": lambda: run(
                "log on a full device", rate, seconds, folder / "full", '[log]\nfolder = "/dev/full"\n'
            ),
            "hanging": lambda: run("roaming look-up hangs", rate, seconds, folder / "hanging", hanging, good=ROAMERS),
        }
        for name, case in cases.items():
            if given.only in ("", name):
                case()


if __name__ == "__main__":
    main()
