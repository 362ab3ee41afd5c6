"""Addresses of syslog listeners, and what they received; the test with real senders is in tests/field."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.analyze.watch.sequence import HEAD, MAP, row
from tests.free_ports import free_port

from fanzha.analyze.watch import syslog_input
from fanzha.analyze.watch.standard_input import StreamSettings
from fanzha.analyze.watch.syslog_input import SyslogInput, is_syslog, parse_listener
from fanzha.base.errors import UsageError


def test_without_a_host_only_this_machine_is_listened_to() -> None:
    assert parse_listener("syslog://:5514") == ("127.0.0.1", 5514)
    assert parse_listener("syslog://0.0.0.0:5514") == ("0.0.0.0", 5514)
    assert parse_listener("syslog://[::1]") == ("::1", 514)


@pytest.mark.parametrize("url", ["syslog://127.0.0.1:99999", "syslog://127.0.0.1:514/x", "syslog://a@127.0.0.1:514"])
def test_a_wrong_address_is_a_usage_error(url: str) -> None:
    assert is_syslog(url)
    with pytest.raises(UsageError, match="syslog"):
        parse_listener(url)


class Sender:
    """A listener and a socket that sends to it."""

    def __init__(self, folder: Path) -> None:
        (folder / "map.toml").write_text(MAP)
        self.address = "127.0.0.1", free_port()
        self.input = SyslogInput(
            f"syslog://127.0.0.1:{self.address[1]}", StreamSettings(folder, folder / "map.toml"), lambda: 0
        )
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.socket.sendto(f"<13>{body}".encode(), self.address)

    def count_events(self) -> int:
        """Return the number of events of the next poll that has any."""
        deadline = time.monotonic() + 20
        while not (arrivals := self.input.poll()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return sum(arrival.row_count for arrival in arrivals)


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Sender]:
    sender = Sender(tmp_path)
    yield sender
    sender.socket.close()
    sender.input.close()


@pytest.mark.enable_socket
def test_what_was_learned_of_the_lines_stays_unless_the_map_has_changed(sender: Sender) -> None:
    sender.send(HEAD, row(0))
    assert sender.count_events() == 1
    sender.input.reload_map()
    sender.send(row(1))
    assert sender.count_events() == 1


@pytest.mark.enable_socket
def test_a_flood_of_short_messages_ends_a_poll(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syslog_input, "POLL_BYTES", 100)
    sender.send("", "", "")
    time.sleep(0.3)
    sender.input.poll()
    assert not sender.input.is_caught_up
