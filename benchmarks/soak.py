"""Hours of mixed calls from SIPp against a running screen: memory, files and wrong answers, sampled as they come.

Usage: python -m benchmarks.soak [--minutes 120] [--rate 300] [--csv soak.csv] [--numbers 100000] [--folder FOLDER]

The screen has the settings that `fanzha screen example` prints, with ports of its own and two trunks that treat calls:
live rules, counters, log, two standbys; windows may take 256 MB, which they need within half an hour, and a million
calls are remembered after an hour. The snapshot lists 100,000 numbers; every minute forty are listed and forty cleared
by a delta, every tenth minute by a new base. Calls, by their share of the rate: allowed 35 %, labelled 25 %, refused by
the list or by the guard 15 %, emergency callees dialled by listed callers 5 %, malformed 5 %, repeated (the same
request twice) 8 %, labelled and refused over TCP 4 % and 3 %. SIPp compares code and treatment of each answer.

Every 30 seconds a row is written: calls, wrong answers, unanswered calls, what the owner counted, and resident and
proportional memory and open files of supervisor, owner and standbys. Last the slope of each process is printed, in MB
an hour in the second half, beside the bytes of the saved state. The exit code is 1 if an answer was wrong or a call was
not answered. Needs tools/field_packages; uses 127.0.0.1 alone.
"""

import argparse
import csv
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from tests.field.chain import needed  # noqa: E402
from tests.field.screens import Screen, metrics  # noqa: E402
from tests.free_ports import free_port  # noqa: E402

from fanzha.claims.contents_builder import build_contents  # noqa: E402
from fanzha.claims.difference import Limits  # noqa: E402
from fanzha.claims.snapshot import Approval, SnapshotEntry  # noqa: E402
from fanzha.claims.treatment import Treatment  # noqa: E402
from fanzha.claims.verdict import Level  # noqa: E402
from fanzha.store.snapshots import SnapshotStore  # noqa: E402

SAMPLE_SECONDS, UPDATE_SECONDS, BASE_EVERY = 30, 60, 10
CHURN = 40  # numbers listed and cleared by an update
WINDOW_MEGABYTES = 256
PAIRS = 50_000  # callers and callees of a stream, before they come again
REFUSE = SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "fake_authority")
SETTINGS_OF_TRUNKS = """
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

_INVITE = """INVITE sip:[field1]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch{back}]
Max-Forwards: 70
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]T[call_number]
To: <sip:[field1]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:gateway@[local_ip]:[local_port]>
X-Fanzha-Trunk: {trunk}
Content-Length: {length}

"""
_ACK = """ACK sip:[field1]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch{back}]
Max-Forwards: 70
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]T[call_number]
To: <sip:[field1]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Content-Length: 0

"""


class Stream(NamedTuple):
    """One SIPp: its share of the rate, the trunk, the expected code and treatment, and how it sends."""

    name: str
    share: float
    trunk: str
    code: int
    treatment: str = ""
    transport: str = "u1"
    length: int = 0  # of the body that the message says it has
    repeats: bool = False

    def scenario(self) -> str:
        """Return the SIPp scenario of one call."""
        check = ""
        if self.treatment:
            check = (
                f'<action><ereg regexp="{self.treatment}" search_in="hdr" header="X-Fanzha-Treatment:" check_it="true" '
                'assign_to="found"/></action>'
            )
        parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="', self.name, '">\n']
        for turn in range(2 if self.repeats else 1):
            # A repeated request has the branch of the first, two messages before.
            message = _INVITE.format(trunk=self.trunk, length=self.length, back="-2" if turn else "")
            wait = "" if self.repeats or self.transport != "u1" else ' retrans="500"'
            parts.append(f"<send{wait}><![CDATA[\n{message}  ]]></send>\n")
            parts.append('<recv response="100" optional="true"/>\n' if not self.repeats else "")
            parts.append(f'<recv response="{self.code}">{check}</recv>\n')
        parts.append(f"<send><![CDATA[\n{_ACK.format(back='')}  ]]></send>\n")
        if self.treatment:
            parts.append('<Reference variables="found"/>\n')
        return "".join([*parts, "</scenario>\n"])


STREAMS = (
    Stream("allowed", 0.35, "MSC-1", 302, "allow"),
    Stream("labelled", 0.25, "IGW-1", 302, "label"),
    Stream("refused", 0.15, "IGW-1", 603),
    Stream("emergency", 0.05, "IGW-1", 302, "allow"),
    Stream("malformed", 0.05, "IGW-1", 400, length=50),
    Stream("repeated", 0.08, "IGW-1", 302, "label", repeats=True),
    Stream("labelled-tcp", 0.04, "IGW-1", 302, "label", transport="tn"),
    Stream("refused-tcp", 0.03, "IGW-1", 603, transport="tn"),
)


def listed_number(place: int) -> str:
    """Return a number of the list."""
    return f"+4420{place:08d}"


def pairs(stream: Stream, numbers: int) -> Iterator[tuple[str, str]]:
    """Yield the callers and callees of a stream."""
    draw = Random(stream.name)
    for place in range(PAIRS):
        callee = f"+86191{draw.randrange(10**8):08d}"
        if stream.name == "allowed":
            yield f"+86170{draw.randrange(10**8):08d}", callee
        elif stream.name.startswith("refused"):
            guarded = ("95588", "+8610110", "01088888888")
            yield (guarded[place % 3] if place % 4 == 0 else listed_number(draw.randrange(numbers))), callee
        elif stream.name == "emergency":
            yield listed_number(draw.randrange(numbers)), ("110", "120", "119", "+86110")[place % 4]
        else:
            yield f"+1212{draw.randrange(2 * 10**6, 10**7):07d}", callee


class Counts(NamedTuple):
    """What SIPp counted so far."""

    calls: int = 0
    right: int = 0
    wrong: int = 0
    unanswered: int = 0
    resent: int = 0

    def __add__(self, other: "Counts") -> "Counts":  # type: ignore[override]
        return Counts(*(left + right for left, right in zip(self, other, strict=True)))


class Sender:
    """A SIPp that makes the calls of a stream."""

    def __init__(self, stream: Stream, port: int, rate: float, seconds: int, numbers: int, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._counts = folder / "counts.csv"
        (folder / "scenario.xml").write_text(stream.scenario(), encoding="utf-8")
        with (folder / "numbers.csv").open("w", newline="") as file:
            file.write("SEQUENTIAL\n")
            csv.writer(file, delimiter=";", lineterminator="\n").writerows(pairs(stream, numbers))
        count = max(1, round(rate * stream.share * seconds))
        a_second = max(1, round(rate * stream.share * 10))  # per ten seconds, so that shares need not be whole
        command = [
            *("timeout", "--signal=KILL", str(seconds + 120), "nice", "-n", "10", "sipp", "-sf", "scenario.xml"),
            *("-inf", "numbers.csv", "-i", "127.0.0.1", "-p", str(free_port()), "-t", stream.transport),
            *(
                "-r",
                str(a_second),
                "-rp",
                "10000",
                "-m",
                str(count),
                "-l",
                "20000",
                "-nostdin",
                "-aa",
                "-watchdog_interval",
                "0",
            ),
            *("-recv_timeout", "8000", "-max_socket", "1000", "-trace_stat", "-stf", "counts.csv", "-fd", "10"),
            *("-trace_err", "-error_file", "errors.txt", "-error_overwrite", "true"),
            *(("-nr",) if stream.repeats else ()),
            f"127.0.0.1:{port}",
        ]
        with (folder / "said.txt").open("wb") as said:
            self.process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)

    def read_counts(self) -> Counts:
        """Return what it has counted so far."""
        if not self._counts.exists():
            return Counts()
        with self._counts.open() as file:
            rows = list(csv.DictReader(_head_and_last(file.read()), delimiter=";"))
        if not rows:
            return Counts()
        figures = {
            name: int(value) for name, value in rows[-1].items() if name and name.endswith("(C)") and value.isdigit()
        }
        unanswered = sum(
            figures.get(f"{name}(C)", 0)
            for name in ("FailedMaxUDPRetrans", "FailedTimeoutOnRecv", "FailedTcpConnect", "FailedTcpClosed")
        )
        failed = figures["FailedCall(C)"]
        return Counts(
            figures["SuccessfulCall(C)"] + failed,
            figures["SuccessfulCall(C)"],
            failed - unanswered,
            unanswered,
            figures["Retransmissions(C)"],
        )


def _head_and_last(text: str) -> list[str]:
    lines = text.splitlines()
    return [lines[0], lines[-1]] if len(lines) > 1 else lines[:1]


class Publisher:
    """Publishes the list, and changes it every minute."""

    def __init__(self, home: Path, numbers: int) -> None:
        self._store = SnapshotStore(home / "snapshots", Limits(newly_refused=10_000_000))
        self._listed = {("phone_number", listed_number(place)): REFUSE for place in range(numbers)}
        self._turn = 0
        self._changed: list[tuple[str, str]] = []
        at = time.time_ns() // 1_000_000
        self._publish_base(Approval("the operator", "the first list", at))

    def _publish_base(self, approval: Approval | None = None) -> None:
        """Publish all."""
        self._store.publish_base(build_contents(self._listed), at=time.time_ns() // 1_000_000, approval=approval)

    def update(self) -> None:
        """List forty numbers that nobody calls with, and clear those of the update before."""
        self._turn += 1
        added = [("phone_number", f"+4930{self._turn:04d}{place:04d}") for place in range(CHURN)]
        changes: dict[tuple[str, str], SnapshotEntry | None] = dict.fromkeys(self._changed)
        changes |= dict.fromkeys(added, REFUSE)
        for subject in self._changed:
            del self._listed[subject]
        self._listed |= dict.fromkeys(added, REFUSE)
        self._changed = added
        if self._turn % BASE_EVERY:
            self._store.publish_delta(changes, at=time.time_ns() // 1_000_000)
        else:
            self._publish_base()


def write_settings(sip: int, http: int) -> str:
    """Return the settings that are shipped, with ports of its own, without the copies of SIP, and with two trunks."""
    text = subprocess.run(
        [sys.executable, "-m", "fanzha", "screen", "example"], capture_output=True, text=True, check=True
    ).stdout
    text = re.sub(r"(?ms)^\[trunks\.IGW-1\].*?(?=^# ---)", SETTINGS_OF_TRUNKS, text)
    text = re.sub(r"(?ms)^\[hep\].*?(?=^# ---)", "", text)
    text = text.replace("most_megabytes = 0 ", f"most_megabytes = {WINDOW_MEGABYTES} ")
    return text.replace("port = 5070", f"port = {sip}").replace("port = 8300", f"port = {http}")


class Memory(NamedTuple):
    """Memory of a process in MB, and its open files."""

    resident: float
    proportional: float
    files: int


def read_memory(pid: int) -> Memory | None:
    """Return the memory of a process; None if it has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        files = len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return None
    sizes = {name: int(size) / 1_024 for name, size in re.findall(r"^(\w+): +(\d+) kB$", text, re.M)}
    return Memory(sizes["Rss"], sizes["Pss"], files)


def processes(screen: Screen) -> dict[str, int]:
    """Return the pids of the supervisor, the owner and the standbys."""
    owner = screen.owner
    supervisor = int(Path(f"/proc/{owner}/stat").read_text().rpartition(")")[2].split()[1])
    children = [int(pid) for pid in Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()]
    standbys = [pid for pid in sorted(children) if pid != owner]
    return {"supervisor": supervisor, "owner": owner} | {f"standby{nth}": pid for nth, pid in enumerate(standbys, 1)}


def owner_figures(text: str) -> dict[str, float]:
    """Return figures of the owner from its metrics."""
    sums: dict[str, float] = {}
    for name, value in re.findall(r"^fanzha_screen_(\w+)(?:\{[^}]*\})? ([\d.e+-]+)$", text, re.M):
        sums[name] = sums.get(name, 0.0) + float(value)
    wanted = {
        "decided": "calls_total",
        "unscreened": "unscreened_calls_total",
        "shed": "shed_total",
        "garbage": "garbage_total",
        "log_lost": "log_lost_total",
        "facts": "live_facts_total",
        "snapshot": "snapshot_sequence",
        "takeovers": "takeovers_total",
        "windows_freed": "windows_freed_total",
        "calls_forgotten": "calls_forgotten_total",
    }
    return {column: sums.get(name, 0.0) for column, name in wanted.items()}


class Sampler:
    """Writes rows of figures and keeps them for the slopes."""

    def __init__(self, path: Path, screen: Screen, http: int, senders: Mapping[str, Sender]) -> None:
        self._path, self._screen, self._http, self._senders = path, screen, http, senders
        words = "screen key add soak --scope metrics --rate 100 --burst 100 --by soak"
        self._key = screen.ask(*words.split()).split()[-1]
        self._begun = time.monotonic()
        self.rows = list[dict[str, float]]()

    def sample(self) -> dict[str, float]:
        """Write a row."""
        row: dict[str, float] = {"seconds": round(time.monotonic() - self._begun)}
        by_stream = {name: sender.read_counts() for name, sender in self._senders.items()}
        total = Counts()
        for counts in by_stream.values():
            total += counts
        row |= total._asdict()
        row |= {f"wrong_{name}": counts.wrong + counts.unanswered for name, counts in by_stream.items()}
        row |= dict.fromkeys(owner_figures(""), 0.0)
        with suppress(OSError, AssertionError):
            row |= owner_figures(metrics(self._http, self._key))
        state = self._screen.home / "screen" / "state"
        row["state_mb"] = round(state.stat().st_size / 1e6, 3) if state.exists() else 0.0
        log = (self._screen.home / "screen" / "log").glob("*")
        row["log_mb"] = round(sum(path.stat().st_size for path in log) / 1e6, 1)
        found = processes(self._screen)
        for role in ("supervisor", "owner", "standby1", "standby2"):
            memory = (read_memory(found[role]) if role in found else None) or Memory(0, 0, 0)
            row |= {f"{role}_rss_mb": round(memory.resident, 2), f"{role}_pss_mb": round(memory.proportional, 2)}
            row[f"{role}_fds"] = memory.files
        new = not self.rows
        with self._path.open("w" if new else "a", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            if new:
                writer.writeheader()
            writer.writerow(row)
        self.rows.append(row)
        return row

    def slopes(self) -> Iterator[tuple[str, float, float, float]]:
        """Yield the name, the first and last value, and the slope an hour of each memory in the second half."""
        rows = [row for row in self.rows if row["seconds"] >= self.rows[-1]["seconds"] / 2]
        at = np.array([row["seconds"] for row in rows]) / 3_600
        for name in rows[0]:
            if name.endswith(("_mb", "_fds")):
                values = np.array([row[name] for row in rows])
                slope = float(np.polyfit(at, values, 1)[0]) if len(rows) > 2 else 0.0
                yield name, float(values[0]), float(values[-1]), slope


def run(minutes: float, rate: int, numbers: int, path: Path, folder: Path) -> int:
    """Call for so long; return the number of wrong and unanswered calls."""
    sip, http, seconds = free_port(), free_port(), round(minutes * 60)
    screen = Screen(folder / "screen", write_settings(sip, http), snapshot=False)
    screen.environment["FANZHA_HOME"] = os.environ["FANZHA_HOME"] = str(screen.home)
    publisher = Publisher(screen.home, numbers)
    senders: dict[str, Sender] = {}
    with screen:
        screen.wait_for_standby()
        try:
            for stream in STREAMS:
                senders[stream.name] = Sender(stream, sip, rate, seconds, numbers, folder / stream.name)
            sampler = Sampler(path, screen, http, senders)
            begun, updates, samples = time.monotonic(), 1, 0
            while any(sender.process.poll() is None for sender in senders.values()):
                passed = time.monotonic() - begun
                if passed > seconds + 60:
                    break
                if passed >= updates * UPDATE_SECONDS:
                    updates += 1
                    publisher.update()
                if passed >= samples * SAMPLE_SECONDS:
                    samples += 1
                    row = sampler.sample()
                    print(
                        f"{passed / 60:6.1f} min: {row['calls']:,} calls, {row['wrong']} wrong, {row['unanswered']} "
                        f"unanswered; owner {row['owner_rss_mb']:.0f} MB",
                        flush=True,
                    )
                time.sleep(0.2)
            row = sampler.sample()
        finally:
            for sender in senders.values():
                sender.process.terminate()
                sender.process.wait()
    print(f"{row['calls']:,} calls: {row['right']:,} right, {row['wrong']} wrong, {row['unanswered']} unanswered")
    for name, first, last, slope in sampler.slopes():
        print(f"{name:20} {first:10.2f} → {last:10.2f}, {slope:+8.2f} an hour")
    return int(row["wrong"] + row["unanswered"])


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--rate", type=int, default=300, help="calls a second")
    parser.add_argument("--numbers", type=int, default=100_000, help="numbers of the list")
    parser.add_argument("--csv", type=Path, default=Path("soak.csv"))
    parser.add_argument("--folder", type=Path, help="where screen and senders work; kept (default: a temporary one)")
    given = parser.parse_args()
    needed("sipp")
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        failed = run(given.minutes, given.rate, given.numbers, given.csv, folder)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
