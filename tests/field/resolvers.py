"""Real resolvers that load a response-policy zone: BIND, Unbound, PowerDNS Recursor and Knot Resolver.

Each forwards to a BIND of its own side, `honest`, where every name below a domain resolves to HONEST.
"""

from __future__ import annotations

import base64
import json
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

HONEST = "127.0.0.9"
LONGEST_RUN = "600"  # seconds; each server ends then whatever happens
ERROR_TEXT = json.dumps(
    {"c": ["https://fanzha.carrier.example/appeal/"], "j": "Blocked by order", "o": "A made-up carrier"},
    separators=(",", ":"),
)

_HONEST = """
options {{ directory "{folder}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion no;
  allow-query {{ any; }}; pid-file "{folder}/named.pid"; session-keyfile "{folder}/session.key"; }};
controls {{ }};
zone "{top}" {{ type primary; file "{folder}/top.zone"; }};
"""
_HONEST_ZONE = "$TTL 5\n@ SOA ns hostmaster 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\n* A 127.0.0.9\n"

_BIND = """
key "{key_name}" {{ algorithm hmac-sha256; secret "{secret}"; }};
options {{ directory "{folder}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion yes;
  allow-query {{ any; }}; forward only; forwarders {{ 127.0.0.1 port {honest}; }}; dnssec-validation no;
  empty-zones-enable no; pid-file "{folder}/named.pid"; session-keyfile "{folder}/session.key";
  max-cache-ttl 5; max-ncache-ttl 5;
  response-policy {{ zone "{zone}" ede blocked; }} min-update-interval 0 qname-wait-recurse no; }};
controls {{ }};
zone "{zone}" {{ type secondary; primaries {{ 127.0.0.1 port {primary} key "{key_name}"; }}; file "{folder}/rpz.zone";
  masterfile-format text; min-refresh-time 1; notify no; ixfr-from-differences no; }};
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
  module-config: "respip iterator"
  ede: yes
  cache-max-ttl: 5
  cache-max-negative-ttl: 5
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{honest}
rpz:
  name: "{zone}"
  primary: 127.0.0.1@{primary}
  allow-notify: 127.0.0.1
  zonefile: "{folder}/rpz.zone"
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
  rpzs:
    - name: '{zone}'
      addresses: ['127.0.0.1:{primary}']
      refresh: 1
      tsig: {{name: '{key_name}', algo: 'hmac-sha256', secret: '{secret}'}}
      extendedErrorCode: 15
      extendedErrorExtra: '{error_text}'
"""

_KNOT = """
net.listen('127.0.0.1', {port}, {{ kind = 'dns' }})
cache.size = 10 * MB
cache.max_ttl(5)
modules = {{ 'policy' }}
trust_anchors.remove('.')
policy.add(policy.rpz(policy.DENY_MSG('{error_text}', kres.extended_error.BLOCKED), '{zone_file}', true))
policy.add(policy.all(policy.STUB('127.0.0.1@{honest}')))
"""


class Zone(NamedTuple):
    """Where the zone is loaded from."""

    name: str
    primary: int
    key_name: str
    secret: bytes
    file: Path


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
    template, file, command = _KINDS[kind]
    values = {"folder": folder, "port": port, "honest": honest, "zone": zone.name, "primary": zone.primary}
    texts = {"key_name": zone.key_name, "secret": secret, "error_text": ERROR_TEXT, "zone_file": zone.file}
    (folder / file).write_text(template.format(**values, **texts))
    with _running(kind, [part.format(folder=folder) for part in command], folder, port) as resolver:
        until(lambda: resolver.answers("www.example", HONEST), seconds=120)
        yield resolver


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
