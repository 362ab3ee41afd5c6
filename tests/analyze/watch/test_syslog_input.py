"""Addresses of syslog listeners, and what they received; the test with real senders is in tests/field."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.analyze.watch.sequence import HEAD, MAP, row
from tests.free_ports import free_port

from fanzha.analyze.watch import syslog_input
from fanzha.analyze.watch.standard_input import StreamSettings, StreamText
from fanzha.analyze.watch.syslog_input import OPEN_QUOTE, SyslogInput, is_syslog, parse_listener
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

    def __init__(self, folder: Path, map_text: str = MAP) -> None:
        map_file = folder / "map.toml" if map_text else None
        if map_file is not None:
            map_file.write_text(map_text)
        self.address = "127.0.0.1", free_port()
        self.input = SyslogInput(f"syslog://127.0.0.1:{self.address[1]}", StreamSettings(folder, map_file), lambda: 0)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.socket.sendto(f"<13>{body}".encode(), self.address)

    def poll_all(self, messages: int) -> tuple[int, list[str]]:
        """Return the events and the reasons for rejects of so many messages."""
        deadline, events, reasons = time.monotonic() + 20, 0, list[str]()
        while events + len(reasons) < messages:
            assert time.monotonic() < deadline
            for arrival in self.input.poll():
                events += arrival.row_count
                reasons += [reject.reason for reject in arrival.rejects]
            time.sleep(0.01)
        return events, reasons

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


@pytest.mark.enable_socket
def test_a_message_with_an_open_quote_is_rejected_alone(sender: Sender) -> None:
    sender.send(HEAD, row(0), 'e9,"1772323200000,1,2', row(1), row(2).replace("+861701", '+86"1701'))
    events, reasons = sender.poll_all(4)
    assert events + len(reasons) == 4 and events >= 2 and OPEN_QUOTE.en in reasons
    sender.send(row(3))
    assert sender.poll_all(1) == (1, [])


@pytest.mark.enable_socket
def test_rows_are_read_beside_noise_of_many_shapes_with_few_inspections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_layout, inspected = StreamText.find_layout, list[int]()

    def count(text: StreamText, whole: bytes) -> bool:
        inspected.append(len(whole))
        return find_layout(text, whole)

    monkeypatch.setattr(StreamText, "find_layout", count)
    monkeypatch.setattr(syslog_input, "SAMPLE_BYTES", 2_000)
    sender = Sender(tmp_path, "")
    sender.send(*(json.dumps({f"noise{number}": "x" * 1_000}) for number in range(70)))
    calls = [
        {"主叫号码": f"1910000000{number}", "被叫号码": "19900000001", "开始时间": f"2026-03-01 08:30:1{number}"}
        for number in range(3)
    ]
    sender.send(*(json.dumps(call) for call in calls))
    time.sleep(0.3)
    events, reasons = sender.poll_all(73)
    sender.socket.close()
    sender.input.close()
    assert (events, len(reasons)) == (3, 70)
    assert len(inspected) <= syslog_input.MAX_TRIES and max(inspected) <= 2_000
