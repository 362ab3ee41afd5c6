"""How long after a fact has arrived its finding comes out of `fanzha watch`, while so many facts a second arrive.

Usage: python -m benchmarks.watch [--rate 20000] [--seconds 60] [--warm-up 30] [--lateness 1s] [--only NAME] [--json]

`fanzha watch` runs as its own process with all shipped detectors and their state in a temporary folder. Made-up calls
(drawn beforehand; one fact in ten is up to 0.8 s late) are handed over every 50 ms at the moment when they happen. Ten
planted callers a second reach the number of one-ring calls at which the rule for wangiri names them; measured is from
the moment when the fact that completes them was written or published to the moment when the line of the finding was
seen in the output. The allowed lateness is part of it: events wait for it. The cases:

stream-stream   a NATS JetStream, Arrow batches by table; findings to a subject of JetStream
stream-file     the same; findings appended to a file
file-file       three growing CSV files; findings appended to a file

The backlog says how many facts were sent and not yet used by detection, at the most (those that wait for
the allowed lateness count too), and at the end. Needs nats-server (extra `dev`); uses 127.0.0.1 alone.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import nats
import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from benchmarks._live_calls import TICK_MS, LiveCalls, draw_calls, iterate_ticks
from rich.console import Console
from rich.table import Table

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from tests.killed_watches import nats_server  # noqa: E402

CASES = ("stream-stream", "stream-file", "file-file")
READY_SECONDS = 120.0
DRAIN_SECONDS = 20.0  # after the last fact
LOOK_SECONDS = 0.005  # between two looks at the file of findings

_SPANS = ("ring_ms", "talk_ms")

Seen = list[tuple[float, bytes]]


class Case(NamedTuple):
    """One measurement."""

    name: str
    rate: int
    seconds: int
    warm_up: int
    lateness: str


class Loop:
    """An event loop in a thread, with a client of the server."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.client = self.run(nats.connect(url))
        self.stream = self.client.jetstream(publish_async_max_pending=4_000)

    def run(self, coroutine: Any) -> Any:
        """Run a coroutine and return its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def close(self) -> None:
        """Close the connection."""
        self.run(self.client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)


class StreamSender:
    """Publishes the facts of a tick as one Arrow message a table; returns when the server has stored them."""

    def __init__(self, url: str) -> None:
        self._nats = Loop(url)
        self._nats.run(self._nats.stream.add_stream(name="EVENTS", subjects=["events.>"]))
        self._nats.run(self._nats.stream.add_stream(name="FINDINGS", subjects=["findings.>"]))
        self.source = f"{url}/EVENTS"

    def send(self, tables: dict[str, pa.RecordBatch]) -> None:
        """Publish the facts."""
        self._nats.run(self._publish(tables))

    async def _publish(self, tables: dict[str, pa.RecordBatch]) -> None:
        for name, rows in tables.items():
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, rows.schema) as writer:
                writer.write_batch(rows)
            data = sink.getvalue().to_pybytes()
            await self._nats.stream.publish(f"events.{name}", data, headers={"Fanzha-Table": name})

    def close(self) -> None:
        """Close the connection."""
        self._nats.close()


class FileSender:
    """Appends the facts of a tick to one CSV file a table."""

    def __init__(self, folder: Path, calls: LiveCalls) -> None:
        folder.mkdir()
        self.source = str(folder)
        self._files = {}
        for name, table in calls.tables.items():
            (folder / f"{name}.csv.toml").write_text(_format_map(name, table.rows.schema.names))
            self._files[name] = (folder / f"{name}.csv").open("ab", buffering=0)
            self._files[name].write(",".join(table.rows.schema.names).encode() + b"\n")

    def send(self, tables: dict[str, pa.RecordBatch]) -> None:
        """Append the facts."""
        options = pacsv.WriteOptions(include_header=False, quoting_style="none")
        for name, rows in tables.items():
            sink = pa.BufferOutputStream()
            pacsv.write_csv(rows, sink, options)
            self._files[name].write(sink.getvalue().to_pybytes())

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()


def _format_map(table: str, names: list[str]) -> str:
    text = f'table = "{table}"\nsource = "switch"\nsimulated = true\n[columns]\n'
    plain = [name for name in names if name not in ("occurred_at", "source", "simulated", *_SPANS)]
    text += "".join(f'{name} = "{name}"\n' for name in plain)
    text += '[columns.occurred_at]\nfrom = "occurred_at"\nformat = "epoch_ms"\n'
    return text + "".join(f'[columns.{name}]\nfrom = "{name}"\nunit = "ms"\n' for name in _SPANS if name in names)


class FileReceiver:
    """Notes when lines are seen at the end of a file."""

    def __init__(self, path: Path, seen: Seen) -> None:
        self.out = str(path)
        self._path, self._seen, self._stop = path, seen, threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        data, file = b"", None
        while not self._stop.wait(LOOK_SECONDS):
            if file is None:
                with suppress(FileNotFoundError):
                    file = self._path.open("rb", buffering=0)
                continue
            data += file.read()
            *lines, data = data.split(b"\n")
            at = time.time()
            self._seen.extend((at, line) for line in lines)

    def close(self) -> None:
        """Stop."""
        self._stop.set()
        self._thread.join()


class StreamReceiver:
    """Notes when messages of the subject of findings come."""

    def __init__(self, url: str, seen: Seen) -> None:
        self.out = f"{url}/findings.example"
        self._nats = Loop(url)

        async def note(message: Any) -> None:
            seen.append((time.time(), message.data))

        self._nats.run(self._nats.client.subscribe("findings.example", cb=note))

    def close(self) -> None:
        """Close the connection."""
        self._nats.close()


def cpu_seconds(process: int) -> float:
    """Return the CPU time of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(process: int) -> float:
    """Return the most resident memory of a process so far, in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


class Backlog:
    """Facts that were sent and not yet used, each time the status file is written anew."""

    def __init__(self, status: Path) -> None:
        self._status, self._at = status, 0
        self.facts: list[int] = []
        self.late = 0

    def look(self, sent: dict[int, int]) -> None:
        """Compare what was sent by the moment of the status with what was used; `sent` is by second (UTC)."""
        with suppress(FileNotFoundError):
            status = json.loads(self._status.read_bytes())
            if status["at"] != self._at and status["at"] // 1_000 in sent:
                self._at = status["at"]
                counts = status["counts"]
                self.late = sum(counts["late"].values())
                self.facts.append(sent[self._at // 1_000] - counts["released"] - self.late)


def measure(case: Case, calls: LiveCalls, folder: Path, url: str) -> dict[str, Any]:
    """Run one case and return its figures."""
    inwards, outwards = case.name.split("-")
    seen: Seen = []
    sender = FileSender(folder / "in", calls) if inwards == "file" else StreamSender(url)
    receiver = StreamReceiver(url, seen) if outwards == "stream" else FileReceiver(folder / "out.jsonl", seen)
    state = folder / "state"
    command = [sys.executable, "-m", "fanzha", "watch", sender.source, "--out", receiver.out, "--state", str(state)]
    log = (folder / "log").open("wb")
    watching = subprocess.Popen([*command, "--lateness", case.lateness], stderr=log)
    try:
        wait_until(lambda: (state / "status.json").exists() or watching.poll() is not None)
        if watching.poll() is not None:
            raise SystemExit((folder / "log").read_text())
        result = feed(case, calls, sender, watching.pid, Backlog(state / "status.json"), seen)
    finally:
        watching.send_signal(signal.SIGTERM)
        watching.wait(120)
        receiver.close()
        sender.close()
        log.close()
    return result


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + READY_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit("not ready in time")
        time.sleep(0.05)


def feed(
    case: Case, calls: LiveCalls, sender: FileSender | StreamSender, process: int, backlog: Backlog, seen: Seen
) -> dict[str, Any]:
    """Hand the facts over in time, wait for the last findings, and return the figures of the time after warming up."""
    start = time.time() + 0.2
    arrived_at: list[float] = []
    sent, count, lags, cpu, own_cpu = {}, 0, [], 0.0, 0.0
    for tick in iterate_ticks(case.warm_up + case.seconds):
        due = start + (tick + 1) * TICK_MS / 1_000
        if tick * TICK_MS == 1_000 * case.warm_up:
            cpu, own_cpu = cpu_seconds(process), time.process_time()
        facts = {name: table.of_tick(tick, round(start * 1_000)) for name, table in calls.tables.items()}
        time.sleep(max(0.0, due - time.time()))
        arrived_at.append(time.time())
        lags.append(arrived_at[-1] - due)
        sender.send({name: rows for name, rows in facts.items() if rows.num_rows})
        count += sum(rows.num_rows for rows in facts.values())
        sent[int(time.time())] = count
        if tick % 20 == 0:
            backlog.look(sent)
    cpu = cpu_seconds(process) - cpu
    own_cpu = time.process_time() - own_cpu
    deadline = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < deadline and len(_match(calls, seen)) < len(calls.planted):
        time.sleep(0.1)
    measured = {subject: moment for subject, moment in calls.planted.items() if moment >= 1_000 * case.warm_up}
    found = _match(calls, seen)
    delays = [
        found[subject] - arrived_at[moment // TICK_MS] for subject, moment in measured.items() if subject in found
    ]
    p50, p95, p99 = np.percentile(delays, (50, 95, 99)) if delays else (np.nan,) * 3
    return {
        "case": case.name,
        "lateness": case.lateness,
        "facts_per_second": round(count / (case.warm_up + case.seconds)),
        "seconds": case.seconds,
        "planted": len(measured),
        "found": len(delays),
        "findings": len(seen),
        "p50_s": round(float(p50), 3),
        "p95_s": round(float(p95), 3),
        "p99_s": round(float(p99), 3),
        "max_s": round(max(delays, default=float("nan")), 3),
        "cpu_seconds": round(cpu, 1),
        "sender_cpu_seconds": round(own_cpu, 1),
        "memory_mb": round(memory_mb(process)),
        "backlog_most": max(backlog.facts, default=0),
        "backlog_end": backlog.facts[-1] if backlog.facts else 0,
        "late": backlog.late,
        "sender_lag_p99_s": round(float(np.percentile(lags, 99)), 3),
        "load_average": os.getloadavg()[0],
    }


def _match(calls: LiveCalls, seen: Seen) -> dict[str, float]:
    """Return when the finding of each planted caller was seen first."""
    found: dict[str, float] = {}
    for at, line in list(seen):
        finding = json.loads(line)
        if finding["detector"] == "wangiri" and finding["subject"] in calls.planted:
            found.setdefault(finding["subject"], at)
    return found


def print_table(results: list[dict[str, Any]]) -> None:
    """Print the figures, one row a case."""
    table = Table(title="from the arrival of a fact to the line of its finding")
    names = list(results[0])
    for name in names:
        table.add_column(name)
    for result in results:
        table.add_row(*(str(result[name]) for name in names))
    Console(width=240).print(table)


def main() -> None:
    """Measure the cases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("rate", 20_000), ("seconds", 60), ("warm-up", 30), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--lateness", default="1s")
    parser.add_argument("--only", choices=CASES)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    calls = draw_calls(args.rate, args.warm_up + args.seconds, args.seed)
    results = []
    for name in [args.only] if args.only else CASES:
        with tempfile.TemporaryDirectory() as work, nats_server(Path(work) / "nats") as url:
            os.environ["FANZHA_HOME"] = str(Path(work) / "home")
            case = Case(name, args.rate, args.seconds, args.warm_up, args.lateness)
            results.append(measure(case, calls, Path(work), url))
    if args.json:
        print(json.dumps(results, indent=1))
    else:
        print_table(results)


if __name__ == "__main__":
    main()
