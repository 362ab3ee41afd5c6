"""The zone server answers by UDP, and writes the zone as a file that others may read."""

from pathlib import Path

import dns.message
import dns.rcode
import dns.zone

from fanzha.deliver.zone_server import Socket, ZoneServer, parse_socket, write_zone_file
from fanzha.store.policy_zone import NameDecision, open_zone
from fanzha.store.zone_settings import ZoneSettings

SETTINGS = ZoneSettings(name="rpz.example")


def ask(server: ZoneServer, kind: str) -> dns.message.Message:
    answer = server.answer_datagram(dns.message.make_query("rpz.example", kind).to_wire())
    assert answer is not None
    return dns.message.from_wire(answer)


def test_by_udp_the_serial_is_told_and_nothing_is_transferred(tmp_path: Path) -> None:
    server = ZoneServer(SETTINGS, tmp_path)
    assert ask(server, "SOA").rcode() == dns.rcode.SERVFAIL  # there is no version yet
    with open_zone(SETTINGS.profile(), tmp_path) as zone:
        version = zone.add({"a": NameDecision("bad.example", 2**52)}, 1_000_000)
    assert version is not None and ask(server, "SOA").answer[0][0].serial == version.serial
    assert ask(server, "AXFR").rcode() == ask(server, "A").rcode() == dns.rcode.REFUSED
    assert server.answer_datagram(b"nothing") is None


def test_the_zone_is_written_as_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rpz.zone"
    with open_zone(SETTINGS.profile(), tmp_path) as zone:
        assert write_zone_file(zone, SETTINGS.profile(), path) == 0
        version = zone.add({"a": NameDecision("bad.example", 2**52)}, 1_000_000)
        assert version is not None and write_zone_file(zone, SETTINGS.profile(), path) == version.serial
    dns.zone.from_text(path.read_text(), origin="rpz.example", relativize=False).verify_digest()
    assert path.stat().st_mode & 0o777 == 0o644


def test_sockets_are_parsed() -> None:
    assert parse_socket("127.0.0.1:53") == Socket("127.0.0.1", 53)
    assert parse_socket("[2001:db8::1]:5300") == Socket("2001:db8::1", 5300)
