"""A real SMS gateway for the field tests: Kannel's two boxes, and its fake SMSC, which prints what it is given."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from tests.field.chain import needed
from tests.field.screens import until
from tests.field.sip_stacks import PEERS
from tests.free_ports import free_port

FAKE_SMSC = Path("/usr/lib/kannel/test/fakesmsc")
LONGEST_RUN = "1800"  # seconds; a run whose test has died does not end by itself
PASSWORD = "not-to-be-seen"

_CONFIG = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = {password}
smsbox-port = {inside}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
box-deny-ip = "*.*.*.*"
access-log = {folder}/access.log

group = smsc
smsc = fake
smsc-id = FAKE
port = {smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = fanzha
password = {password}
concatenation = true
max-messages = 5
"""


class Sms(NamedTuple):
    """What reached the SMSC, and with which class (None: an ordinary text)."""

    sender: str
    to: str
    text: str
    message_class: int | None


class Kannel:
    """What the gateway wrote down."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url, self.folder = f"http://127.0.0.1:{port}/cgi-bin/sendsms", folder
        self.password_file = folder / "password"
        self.password_file.write_text(PASSWORD)
        self.password_file.chmod(0o600)

    def settings(self, password_file: Path | None = None) -> str:
        """Return the table [warn] of a screen that asks this gateway."""
        return self.settings_of(self.url, password_file or self.password_file)

    @staticmethod
    def settings_of(url: str, password_file: Path) -> str:
        """Return the table [warn] of a screen that asks a gateway at this address."""
        return f"""
[warn]
url = "{url}"
username = "fanzha"
password_file = "{password_file}"
sender = "96110"
"""

    def came(self) -> list[Sms]:
        """Return what the SMSC was given, in order; its class is what the gateway's access log says."""
        got = list(_joined((self.folder / "fakesmsc.txt").read_text()))
        classes = dict(_classes((self.folder / "access.log").read_text()))
        return [Sms(sender, to, text, classes.get((to, text))) for sender, to, text in got]

    def wait(self, count: int) -> list[Sms]:
        """Wait for so many texts."""
        until(lambda: len(self.came()) >= count)
        return self.came()


def _classes(log: str) -> Iterator[tuple[tuple[str, str], int | None]]:
    for to, sort, text in re.findall(r"\[to:(\S+)\] \[flags:(-?\d+):2:.*?\] \[msg:\d+:([0-9A-F]+)\]", log):
        yield (to, bytes.fromhex(text).decode("utf-16-be")), int(sort) if int(sort) >= 0 else None


def _joined(printed: str) -> Iterator[tuple[str, str, str]]:
    """Yield sender, receiver and text, of long texts when each part is there (3GPP TS 23.040 §9.2.3.24.1)."""
    parts: dict[tuple[str, str, bytes], list[bytes]] = {}
    for sender, to, header, raw in re.findall(r"Got message \d+: <(\S+) (\S+) (?:udh (\S+) data|ucs-2) (.*)>", printed):
        *head, total, number = _bytes(header) or bytes([1, 1])
        found = parts.setdefault((sender, to, bytes(head)), [b""] * total)
        found[number - 1] = _bytes(raw)
        if all(found):
            yield sender, to, b"".join(found).decode("utf-16-be")
            del parts[sender, to, bytes(head)]


def _bytes(raw: str) -> bytes:
    return unquote_to_bytes(raw.replace("+", " "))


@contextmanager
def kannel(folder: Path) -> Iterator[Kannel]:
    """Run bearerbox, smsbox and the fake SMSC on free ports; they end with the block."""
    needed("bearerbox", "smsbox", str(FAKE_SMSC))
    folder.mkdir(parents=True)
    admin, inside, smsc, sendsms = (free_port() for _ in range(4))
    ports = {"admin": admin, "inside": inside, "smsc": smsc, "sendsms": sendsms}
    config = folder / "kannel.conf"
    config.write_text(_CONFIG.format(folder=folder, password=PASSWORD, **ports))
    with ExitStack() as running:
        _start(running, folder, "bearerbox", "bearerbox", "-v", "1", str(config))
        until(lambda: listens(inside) and listens(smsc))
        _start(running, folder, "fakesmsc", str(FAKE_SMSC), "-H", "127.0.0.1", "-r", str(smsc), "-m", "0", "1 2 text x")
        _start(running, folder, "smsbox", "smsbox", "-v", "1", str(config))
        until(lambda: listens(sendsms))
        yield Kannel(folder, sendsms)


class SmppFront:
    """The SMSC in front of Kannel: its port, and the lines that it wrote."""

    def __init__(self, port: int, output: Path) -> None:
        self.port, self._output = port, output

    def settings(self, password_file: str, more: str = "") -> str:
        """Return the table [deliver.smpp] of a state folder whose `keys/` have the password."""
        return (
            f'[deliver.smpp]\nhost = "127.0.0.1"\nport = {self.port}\nsystem_id = "fanzha"\n'
            f'password_file = "{password_file}"\nsender = "96110"\n{more}'
        )

    def submitted(self) -> list[dict[str, Any]]:
        """Return what was submitted, in order."""
        lines = self.said().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("\n")]

    def said(self) -> str:
        """Return what it wrote."""
        return self._output.read_text()


@contextmanager
def smpp_front(gateway: Kannel, folder: Path, *, throttled: int = 0, port: int = 0) -> Iterator[SmppFront]:
    """Run an SMSC that hands what is submitted to a Kannel, and its delivery reports back."""
    needed("node")
    folder.mkdir(parents=True, exist_ok=True)
    port, reports = port or free_port(), free_port()
    script = str(Path(__file__).parent / "smpp_front.js")
    with ExitStack() as running:
        command = ["node", script, str(port), str(reports), gateway.url, PASSWORD, str(throttled)]
        environment = {**os.environ, "NODE_PATH": str(PEERS / "npm" / "node_modules")}
        _start(running, folder, "smpp_front", *command, environment=environment)
        until(lambda: listens(port) and listens(reports))
        yield SmppFront(port, folder / "smpp_front.txt")


def _start(
    running: ExitStack, folder: Path, name: str, *command: str, environment: dict[str, str] | None = None
) -> None:
    with (folder / f"{name}.txt").open("wb") as said:
        bounded = ["timeout", "--signal=KILL", LONGEST_RUN, *command]
        process = subprocess.Popen(bounded, cwd=folder, stdout=said, stderr=said, env=environment)
    running.callback(_stop, process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # `timeout` leads a group of its own
        process.wait()


def listens(port: int) -> bool:
    """Say whether somebody listens on a TCP port of 127.0.0.1."""
    return bool(re.search(rf":{port:04X} 00000000:0000 0A", Path("/proc/net/tcp").read_text()))
