"""Real resolvers that load a response-policy zone: BIND, Unbound, PowerDNS Recursor and Knot Resolver.

Each forwards to a BIND of its own side, `honest`, where every name below a domain resolves to HONEST.
"""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import dns.exception
import dns.message
import dns.query
import dns.rcode
from tests.field.chain import needed
from tests.field.screens import until
from tests.free_ports import free_port

from fanzha.deliver.resolver_configuration import ResolverKind, ZoneSource, configure_resolver, explain_block
from fanzha.store.appeal_contact import AppealContact
from fanzha.store.zone_settings import ZoneSettings

HONEST = "127.0.0.9"
LONGEST_RUN = "600"  # seconds; each server ends then whatever happens
CONTACT = AppealContact("https://fanzha.carrier.example/appeal/", "+861010000")
REASON = explain_block(CONTACT, "A made-up carrier")

_HONEST = """
options {{ directory "{folder}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion no;
  allow-query {{ any; }}; pid-file "{folder}/named.pid"; session-keyfile "{folder}/session.key"; }};
controls {{ }};
zone "{top}" {{ type primary; file "{folder}/top.zone"; }};
"""
_HONEST_ZONE = "$TTL 5\n@ SOA ns hostmaster 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\n* A 127.0.0.9\n"

_BIND = """
{statements}
options {{ directory "{folder}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion yes;
  allow-query {{ any; }}; forward only; forwarders {{ 127.0.0.1 port {honest}; }}; dnssec-validation no;
  empty-zones-enable no; pid-file "{folder}/named.pid"; session-keyfile "{folder}/session.key";
  max-cache-ttl 5; max-ncache-ttl 5;
{options} }};
controls {{ }};
"""

_UNBOUND = """
server:
  directory: "{folder}"
  chroot: ""
  username: ""
  pidfile: "{folder}/unbound.pid"
  use-syslog: no
  interface: 127.0.0.1@{port}
  do-ip6: no
  do-not-query-localhost: no
  cache-max-ttl: 5
  cache-max-negative-ttl: 5
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{honest}
{statements}
"""

_RECURSOR = """
incoming: {{listen: ['127.0.0.1:{port}']}}
outgoing: {{dont_query: []}}
dnssec: {{validation: 'off'}}
packetcache: {{disable: true}}
recordcache: {{max_ttl: 5, max_negative_ttl: 5}}
recursor:
  socket_dir: '{folder}'
  forward_zones_recurse: [{{zone: '.', forwarders: ['127.0.0.1:{honest}']}}]
{options}
"""

_KNOT = """
net.listen('127.0.0.1', {port}, {{ kind = 'dns' }})
cache.size = 10 * MB
cache.max_ttl(5)
trust_anchors.remove('.')
{statements}
policy.add(policy.all(policy.STUB('127.0.0.1@{honest}')))
"""


class Zone(NamedTuple):
    """Where the zone is loaded from."""

    settings: ZoneSettings
    secret: bytes

    @property
    def file(self) -> Path:
        """Return the text of the zone."""
        return Path(self.settings.zone_file)


class Answer(NamedTuple):
    """What a resolver answers: addresses, response code, extended error and its text."""

    addresses: frozenset[str]
    code: str
    error: int | None
    text: str


class Resolver(NamedTuple):
    """A running resolver."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def ask(self, name: str, kind: str = "A") -> Answer:
        """Ask for a name."""
        query = dns.message.make_query(name, kind, use_edns=True)
        reply = dns.query.udp(query, "127.0.0.1", port=self.port, timeout=2)
        addresses = {item.to_text() for rrset in reply.answer for item in rrset if kind == rrset.rdtype.name}
        errors = [option for option in reply.options if option.otype == 15]
        return Answer(
            frozenset(addresses),
            dns.rcode.to_text(reply.rcode()),
            errors[0].code if errors else None,
            errors[0].text or "" if errors else "",
        )

    def answers(self, name: str, *addresses: str) -> bool:
        """Return whether a name resolves to these addresses."""
        try:
            return self.ask(name).addresses == frozenset(addresses)
        except (dns.exception.DNSException, OSError):
            return False


@contextmanager
def run_honest_server(folder: Path, top: str = "example") -> Iterator[int]:
    """Run the server where every name below `top` is an honest site; yield its port."""
    folder.mkdir(parents=True)
    port = free_port()
    (folder / "top.zone").write_text(_HONEST_ZONE)
    (folder / "named.conf").write_text(_HONEST.format(folder=folder, port=port, top=top))
    with _running("honest", ["named", "-g", "-c", f"{folder}/named.conf", "-n", "1"], folder, port) as resolver:
        until(lambda: resolver.answers("www.example", HONEST), seconds=20)
        yield port


@contextmanager
def run_resolver(kind: str, zone: Zone, honest: int, folder: Path, port: int) -> Iterator[Resolver]:
    """Run one of `bind`, `unbound`, `recursor`, `knot`, which loads the zone, on a port."""
    folder.mkdir(parents=True)
    secret = base64.b64encode(zone.secret).decode()
    source = ZoneSource(zone.settings, zone.settings.listen, secret)
    statements, _, options = configure_resolver(ResolverKind(kind), source, REASON).partition(_OPTIONS.get(kind, "\0"))
    template, file, command = _KINDS[kind]
    values = {"folder": folder, "port": port, "honest": honest}
    inner = options.removesuffix("};\n")
    (folder / file).write_text(template.format(**values, statements=statements, options=inner))
    with _running(kind, [part.format(folder=folder) for part in command], folder, port) as resolver:
        until(lambda: resolver.answers("www.example", HONEST), seconds=120)
        yield resolver


#: What begins a section that the configuration of the test has too.
_OPTIONS = {"bind": "options {\n", "recursor": "recursor:\n"}
_KINDS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "bind": (_BIND, "named.conf", ("named", "-g", "-c", "{folder}/named.conf", "-n", "1")),
    "unbound": (_UNBOUND, "unbound.conf", ("unbound", "-d", "-p", "-c", "{folder}/unbound.conf")),
    "recursor": (_RECURSOR, "recursor.yml", ("pdns_recursor", "--config-dir={folder}", "--daemon=no")),
    "knot": (_KNOT, "kresd.conf", ("kresd", "-n", "-q", "-c", "{folder}/kresd.conf", "{folder}")),
}


@contextmanager
def _running(name: str, command: list[str], folder: Path, port: int) -> Iterator[Resolver]:
    needed(command[0])
    with ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("wb"))
        process = subprocess.Popen(["timeout", "-k", "2", LONGEST_RUN, *command], stdout=log, stderr=subprocess.STDOUT)
        try:
            yield Resolver(name, port, process)
        finally:
            process.terminate()
            process.wait(10)
