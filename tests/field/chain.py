"""A chain of real programs: SIPp calls through Kamailio, which asks a screen, to a SIPp that answers."""

import csv
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.field.screens import until
from tests.free_ports import free_port

HERE = Path(__file__).parent / "chain"
CONFIGS = Path(__file__).parent.parent.parent / "docs" / "how-to" / "kamailio"


class Outcome(NamedTuple):
    """What SIPp counted."""

    made: int
    succeeded: int
    failed: int
    resent: int


class Ports(NamedTuple):
    """Where each part listens on 127.0.0.1."""

    abroad: int
    home: int
    answerer: int


def needed(*programs: str) -> None:
    """Fail with the command that brings what is missing."""
    missing = [name for name in programs if shutil.which(name) is None]
    assert not missing, f"{', '.join(missing)} missing; bring them with: tools/field_packages"


@contextmanager
def proxy(
    config: str, folder: Path, given: Mapping[str, str], *, write: Callable[[int], object] | None = None
) -> Iterator[Ports]:
    """Run Kamailio with one of the documented configurations, and an answerer behind it.

    `given` are definitions of the configuration; `write` makes one of one's own for a port, before it is read.
    """
    needed("kamailio", "sipp")
    folder.mkdir(parents=True, exist_ok=True)
    ports = Ports(free_port(), free_port(), free_port())
    if write is not None:
        write(ports.abroad)
    defined = {
        "FROM_ABROAD": str(ports.abroad),
        "FROM_HOME": str(ports.home),
        "NEXT": f'"sip:127.0.0.1:{ports.answerer}"',
        **given,
    }
    screen = defined.pop("SCREEN", "")
    if config.endswith("http.cfg"):
        defined |= {"SCREEN": screen} if screen else {}
    else:  # redirect.cfg, or a changed copy of it, has its screens in a file
        screens = folder / "screens.list"
        if not screens.exists():
            screens.write_text(f"1 {screen.strip(chr(34))} 0 10\n")
        defined["SCREENS"] = f'"{screens}"'
    if Path(config).is_absolute():
        for included in ("guard.cfg", "dialogs.cfg"):
            shutil.copy(CONFIGS / included, Path(config).parent)
    command = ["kamailio", "-f", str(CONFIGS / config), "-DD", "-E", "-m", "512", "-w", str(folder)]
    command += ["-Y", str(folder), "-u", "root"]
    for name, value in defined.items():
        command += ["-A", f"{name}={value}"]
    said = (folder / "kamailio.txt").open("wb")
    answerer = subprocess.Popen(
        ["sipp", "-sf", str(HERE / "answers.xml"), "-i", "127.0.0.1", "-p", str(ports.answerer), "-nostdin"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    running = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said, start_new_session=True)
    try:
        until(lambda: (listens(ports.abroad) and listens(ports.answerer)) or running.poll() is not None)
        assert running.poll() is None, (folder / "kamailio.txt").read_text()
        yield ports
    finally:
        for one in (running, answerer):
            one.terminate()
        for one in (running, answerer):
            try:
                one.wait(10)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)  # what a killed Kamailio left of its processes
        said.close()


def listens(port: int) -> bool:
    """Say whether somebody holds a UDP port of this machine."""
    return any(f":{port:04X} " in line for line in Path("/proc/net/udp").read_text().splitlines())


class Calls:
    """SIPp making calls; `wait` tells what became of them."""

    def __init__(
        self, scenario: str, port: int, numbers: Sequence[tuple[str, str]], *, rate: int, count: int, folder: Path
    ) -> None:
        """Call with numbers (caller, callee) in turn, so many a second, so many in all."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._scenario = folder, scenario
        with (folder / "numbers.csv").open("w", newline="") as file:
            file.write("SEQUENTIAL\n")
            csv.writer(file, delimiter=";", lineterminator="\n").writerows(numbers)
        limit = count // rate + 60
        command = [
            *("timeout", "--signal=KILL", str(limit)),  # a run whose peer has died does not end by itself
            *("sipp", "-sf", str(HERE / f"{scenario}.xml"), "-inf", "numbers.csv", "-i", "127.0.0.1"),
            *("-p", str(free_port()), "-r", str(rate), "-m", str(count), "-nostdin", "-recv_timeout", "20000"),
            *("-l", "20000", "-trace_stat", "-stf", "counts.csv", "-fd", "1", f"127.0.0.1:{port}"),
        ]
        with (folder / "said.txt").open("wb") as said:
            self._process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)

    def wait(self) -> Outcome:
        """Wait until all calls are over."""
        self._process.wait()
        with (self._folder / "counts.csv").open() as file:
            *_, last = csv.DictReader(file, delimiter=";")
        return Outcome(
            int(last["TotalCallCreated"]),
            int(last["SuccessfulCall(C)"]),
            int(last["FailedCall(C)"]),
            int(last["Retransmissions(C)"]),
        )
