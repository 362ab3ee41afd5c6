"""Real screens for the field tests: the command as an operator starts it, and a caller that speaks SIP to it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import pytest

from fanzha.claims.contents_builder import build_contents
from fanzha.claims.difference import Limits
from fanzha.claims.snapshot import SnapshotEntry
from fanzha.store.snapshots import PublishedSnapshot, SnapshotStore

#: A site with all its parts needs a minute of CPU time to start, and other tests want theirs meanwhile.
STARTED_WITHIN_SECONDS = 600.0


def until(reached: Callable[[], bool], seconds: float = 60, told: Callable[[], str] = str) -> None:
    """Wait until `reached` returns True; fail after `seconds` with what is told then."""
    begun = time.monotonic()
    while not reached():
        waited = time.monotonic() - begun
        assert waited < seconds, f"it took too long\n{told()}"
        time.sleep(0.01 if waited < 2 else 0.05)  # asking all the time would take what the others need


def metrics(port: int, key: str) -> str:
    """Return the metrics of a screen; retry until it knows the key."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {key}"})
    end = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return str(answer.read(), "utf-8")
        except urllib.error.HTTPError as refused:
            refused.close()
            assert refused.code == 401 and time.monotonic() < end, refused
            time.sleep(0.05)


def publish(home: Path, entries: Mapping[tuple[str, str], SnapshotEntry] = {}) -> PublishedSnapshot:
    """Publish a base of subjects in a home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FANZHA_HOME", str(home))
        store = SnapshotStore(home / "snapshots", Limits(newly_refused=1_000_000))
        return store.publish_base(build_contents(entries), at=time.time_ns() // 1_000_000)


class Screen:
    """Runs `fanzha screen FILE` with its own FANZHA_HOME until the block ends."""

    def __init__(self, folder: Path, settings: str, *options: str, snapshot: bool = True, standby: bool = True) -> None:
        """`options` are those of the command; with `snapshot` an empty one is published where there is none.

        A test that is not about standbys does without: each takes two seconds of CPU time to start.
        """
        self._options = options
        self.home, self.file = folder / "home", folder / "screen.toml"
        folder.mkdir(parents=True, exist_ok=True)
        self.file.write_text(settings if standby else f"standby = false\n{settings}", encoding="utf-8")
        if snapshot and not (self.home / "snapshots").exists():
            publish(self.home)
        self._said = folder / "said.txt"
        self.environment = {**os.environ, "FANZHA_HOME": str(self.home)}

    def __enter__(self) -> "Screen":
        command = [sys.executable, "-m", "fanzha", "screen", "run", str(self.file), *self._options]
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(command, env=self.environment, stdout=said, stderr=said)
        try:
            # The first start on a machine compiles the kernels.
            until(lambda: "answering" in self.said() or self._process.poll() is not None, seconds=180)
            assert self._process.poll() is None
        except AssertionError:
            self._process.kill()
            self._process.wait()
            raise AssertionError(self.said()) from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None:
            error.add_note(self.said())
        self._process.terminate()
        assert self._process.wait(45) == 0, self.said()

    def said(self) -> str:
        """Return its output so far."""
        return self._said.read_text("utf-8")

    def logged(self) -> str:
        """Return its log on disk; the standby receives records earlier."""
        return "".join(path.read_text("utf-8") for path in (self.home / "screen" / "log").glob("*.jsonl"))

    def ask(self, *words: str) -> str:
        """Run another fanzha command in the same home."""
        command = [sys.executable, "-m", "fanzha", *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def wait_for_standby(self, times: int = 1) -> None:
        """Wait until both standbys have followed `times` owners."""
        until(lambda: self.said().count("standby follows") >= 2 * times, seconds=180)

    @property
    def owner(self) -> int:
        """The pid of the owner process."""
        return int(re.findall(r"answering .*: pid (\d+)", self.said())[-1])

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the supervisor."""
        self._process.send_signal(number)


class Caller:
    """Sends INVITEs one after the other and waits for each answer, resending as RFC 3261 says (timer A)."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect(("127.0.0.1", port))
        self._port = self._socket.getsockname()[1]
        self._count = 0

    def call(
        self,
        caller: str,
        trunk: str = "IGW-1",
        callee: str = "+8617000000900",
        seconds: float = 10.0,
        headers: tuple[str, ...] = (),
    ) -> str:
        """Return the answer to one call; `headers` are further header fields."""
        self._count += 1
        name = f"{self._port}-{self._count}"
        lines = (
            f"INVITE sip:{callee}@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._port};branch=z9hG4bK{name}",
            "Max-Forwards: 70",
            f"From: <sip:{caller}@127.0.0.1>;tag={name}",
            f"To: <sip:{callee}@127.0.0.1>",
            f"Call-ID: {name}",
            "CSeq: 1 INVITE",
            f"X-Fanzha-Trunk: {trunk}",
            *headers,
            "Content-Length: 0",
            "\r\n",
        )
        message, wait, end = "\r\n".join(lines).encode(), 0.5, time.monotonic() + seconds
        while True:
            self._socket.send(message)
            self._socket.settimeout(wait)
            try:
                while f"Call-ID: {name}\r\n" not in (answer := str(self._socket.recv(65_535), "utf-8")):
                    pass
                return answer
            except TimeoutError:
                wait *= 2
                assert time.monotonic() < end, "nobody answers"

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def treatment(answer: str) -> str:
    """Return the treatment in an answer, or the status of a refusal."""
    if not answer.startswith("SIP/2.0 302"):
        return answer.split()[1]
    return str(re.findall(r"X-Fanzha-Treatment: (\w+)", answer)[0])
