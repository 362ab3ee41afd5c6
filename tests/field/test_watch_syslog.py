"""`fanzha watch syslog://…` with util-linux's logger, Python's SysLogHandler and a counting TCP sender."""

import json
import logging
import logging.handlers
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.analyze.watch.sequence import MAP, START_MS, lines, row, watcher
from tests.free_ports import free_port

from fanzha.analyze.watch.standard_input import StreamSettings
from fanzha.analyze.watch.syslog_input import SyslogInput
from fanzha.analyze.watch.watcher import Watcher
from fanzha.base.errors import UsageError

pytestmark = pytest.mark.field

CSV_MAP = MAP.replace("[columns]", '[file]\nheader = 0\nnames = ["id", "at", "caller", "callee"]\n[columns]')


@contextmanager
def listening(tmp_path: Path, map_text: str) -> Iterator[tuple[int, Watcher]]:
    """Watch a port of 127.0.0.1 in a thread."""
    (tmp_path / "map.toml").write_text(map_text)
    port, stop = free_port(), threading.Event()
    watching = watcher(tmp_path / "state", tmp_path / "out.jsonl", lateness_ms=100)
    source = SyslogInput(f"syslog://127.0.0.1:{port}", StreamSettings(tmp_path / "state", tmp_path / "map.toml"))
    thread = threading.Thread(target=watching.run, args=([source], stop))
    thread.start()
    try:
        yield port, watching
    finally:
        stop.set()
        thread.join()
        source.close()
        watching.close()


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def events(watching: Watcher) -> int:
    return sum(watching.detection.counts.events.values())


def pairs(number: int) -> str:
    """Return an event as key=value."""
    values = row(number).strip().split(",")
    return " ".join(f"{name}={value}" for name, value in zip(("id", "at", "caller", "callee"), values, strict=True))


def test_csv_lines_of_logger_by_udp_and_tcp_become_findings(tmp_path: Path) -> None:
    logger = shutil.which("logger")
    assert logger is not None, "apt-get install bsdutils"
    with listening(tmp_path, CSV_MAP) as (port, watching):
        for number, options in enumerate((["-d"], ["-d", "--rfc3164"], ["-T"], ["-T", "--octet-count"]), start=1):
            command = [logger, "-n", "127.0.0.1", "-P", str(port), "-t", "cdr", *options]
            subprocess.run([*command, row(number).strip()], check=True)
            wait_until(lambda number=number: events(watching) == number)  # type: ignore[misc]
        wait_until(lambda: len(lines(tmp_path / "out.jsonl")) == 1)
    assert watching.detection.counts.rejects == 0
    assert lines(tmp_path / "out.jsonl")[0]["found_at"] == START_MS + 3_000


def test_json_and_pairs_of_the_standard_library_are_read(tmp_path: Path) -> None:
    with listening(tmp_path, MAP) as (port, watching):
        log = logging.Logger("cdr")
        log.addHandler(logging.handlers.SysLogHandler(("127.0.0.1", port), socktype=socket.SOCK_STREAM))
        log.addHandler(logging.handlers.SysLogHandler(("127.0.0.1", port)))
        log.info(pairs(1))
        record = dict(pair.split("=") for pair in pairs(2).split())
        log.info(json.dumps({**record, "at": int(record["at"])}))
        wait_until(lambda: events(watching) == 4)  # each came by TCP and by UDP
        for handler in log.handlers:
            handler.close()
        wait_until(lambda: watching.detection.counts.released == 2)
    assert (watching.detection.counts.repeats, watching.detection.counts.late) == (2, {})


def test_the_time_of_the_header_is_used_where_the_map_names_it(tmp_path: Path) -> None:
    text = MAP.replace('from = "at"\nformat = "epoch_ms"', 'from = "syslog_time"')
    with listening(tmp_path, text) as (port, watching), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(
            b"<13>1 2026-03-01T08:00:03+08:00 msc1 cdr - - - id=e1 caller=+8617000000001", ("127.0.0.1", port)
        )
        wait_until(lambda: events(watching) == 1)
    assert watching.detection.buffer.newest() == START_MS + 3_000


def test_garbage_is_rejected_and_what_follows_is_read(tmp_path: Path) -> None:
    with listening(tmp_path, MAP) as (port, watching):
        with socket.create_connection(("127.0.0.1", port)) as sender:
            sender.sendall(b"99999999 GET / HTTP/1.1\r\n")
            assert sender.recv(1) == b""  # closed
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for data in (b"hello", b"\xff\x00\x01", b"<1>{", f"<13>{pairs(1)}".encode()):
                sender.sendto(data, ("127.0.0.1", port))
        wait_until(lambda: events(watching) == 1)
        wait_until(lambda: watching.detection.counts.rejects >= 2)


def test_an_address_that_is_taken_is_a_usage_error(tmp_path: Path) -> None:
    with listening(tmp_path, MAP) as (port, _), pytest.raises(UsageError, match="cannot be listened at"):
        SyslogInput(f"syslog://127.0.0.1:{port}", StreamSettings(tmp_path))
