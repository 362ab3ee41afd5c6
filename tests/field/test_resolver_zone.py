"""Real resolvers load the zone, block within seconds, pass an allowed name, and answer again after a withdrawal."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from tests.field.resolvers import HONEST, REASON, Resolver, Zone, run_honest_server, run_resolver
from tests.field.screens import until
from tests.free_ports import free_port

from fanzha.collect.site_probe import probe_site
from fanzha.run.component import component_command
from fanzha.store.policy_zone import NameDecision, PolicyZoneStore, open_zone
from fanzha.store.probe_queue import SiteState
from fanzha.store.probe_settings import ProberSettings, Vantage
from fanzha.store.zone_settings import load_zone_key, load_zone_settings

pytestmark = [pytest.mark.field, pytest.mark.timed]
WARNING, PAGE = "127.0.0.80", "https://fanzha.carrier.example/blocked/"
FAR = 4_000_000_000_000
KINDS = ("bind", "unbound", "recursor", "knot")
#: The extended error that a resolver gives beside a warning address, and whether it gives the structured reason.
BESIDE_ADDRESS = {"bind": 15, "unbound": None, "recursor": 15, "knot": 4}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@contextmanager
def served_zone(home: Path, warning: str = WARNING, extra: str = "") -> Iterator[tuple[Zone, PolicyZoneStore]]:
    """Serve the zone of a state folder by the component of `fanzha up`; no `warning`: names do not exist."""
    home.mkdir(parents=True, exist_ok=True)
    primary = free_port()
    (home / "fanzha.toml").write_text(
        f'[resolver_zone]\nname = "rpz.example.test"\nlisten = "127.0.0.1:{primary}"\nttl_seconds = 5\n'
        f'warning_addresses = {[warning] if warning else []}\nzone_file = "{home}/rpz.zone"\n{extra}'
    )
    settings = load_zone_settings(home)
    assert settings is not None
    with ExitStack() as stack:
        store = stack.enter_context(open_zone(settings.profile(), home))
        store.allow(["bank.example"], now_ms())
        zone = Zone(settings, load_zone_key(home))
        process = subprocess.Popen(
            component_command("zone"), env={**os.environ, "FANZHA_HOME": str(home)}, stdin=subprocess.DEVNULL
        )
        stack.callback(process.wait, 10)
        stack.callback(process.terminate)
        until(lambda: zone.file.exists(), seconds=20)
        yield zone, store


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with run_honest_server(tmp_path_factory.mktemp("honest") / "named") as port:
        yield port


@pytest.mark.parametrize("kind", KINDS)
def test_a_resolver_blocks_and_unblocks_within_seconds(kind: str, honest: int, tmp_path: Path) -> None:
    notified = free_port()
    web = free_port()
    extra = f'notify = ["127.0.0.1:{notified}"]\nwarning_listen = "{WARNING}:{web}"\nwarning_page = "{PAGE}"\n'
    if kind == "unbound":
        extra += 'transfer_without_key = ["127.0.0.1"]\n'
    with (
        served_zone(tmp_path / "home", extra=extra) as (zone, store),
        run_resolver(kind, zone, honest, tmp_path / kind, notified) as resolver,
    ):
        blocked = measure(resolver, WARNING, lambda: store.add({"o/1": NameDecision("bad.example", FAR)}, now_ms()))
        assert resolver.answers("www.bad.example", WARNING)
        said = resolver.ask("bad.example")
        (address,) = said.addresses
        assert said.error == BESIDE_ADDRESS[kind]
        assert location(address, web, "www.bad.example") == f"{PAGE}?host=www.bad.example"
        store.add({"o/2": NameDecision("www.bank.example", FAR)}, now_ms())
        restored = measure(resolver, HONEST, lambda: store.withdraw(["o/1"], now_ms()))
        # Knot Resolver leaves out all later rules for a passed name, here also the one that forwards.
        assert resolver.answers("www.bank.example", HONEST) or kind == "knot"
        assert not resolver.answers("www.bank.example", WARNING)
        print(f"\n{kind}: blocked after {blocked:.2f} s, answered again after {restored:.2f} s, {said}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_learns_why_a_name_does_not_exist_and_where_to_object(kind: str, honest: int, tmp_path: Path) -> None:
    notified = free_port()
    extra = f'notify = ["127.0.0.1:{notified}"]\ntransfer_without_key = ["127.0.0.1"]\n'
    with (
        served_zone(tmp_path / "home", "", extra) as (zone, store),
        run_resolver(kind, zone, honest, tmp_path / kind, notified) as resolver,
    ):
        store.add({"o/1": NameDecision("bad.example", FAR)}, now_ms())
        until(lambda: resolver.ask("www.bad.example").code == "NXDOMAIN", seconds=25)
        said = resolver.ask("bad.example")
        vantage = Vantage(kind, resolver=f"127.0.0.1:{resolver.port}")
        settings = ProberSettings((vantage,), "control.example", local_addresses=True)
        record = asyncio.run(probe_site("bad.example", vantage, settings, frozenset(), 1))
        print(f"\n{kind}: {said}, {record}")
        assert record.state is SiteState.BLOCKED
        assert said.error == (None if kind == "unbound" else 15)
        assert said.text == (REASON if kind in ("recursor", "knot") else "")


def location(address: str, port: int, host: str) -> str | None:
    """Return where plain HTTP of a host is led to."""
    connection = HTTPConnection(address, port, timeout=5)
    try:
        connection.request("GET", "/login", headers={"Host": host})
        answer = connection.getresponse()
        answer.read()
        return answer.getheader("Location")
    finally:
        connection.close()


def test_a_large_zone_is_written_and_loaded(honest: int, tmp_path: Path) -> None:
    """NAMES=1000000 prints the figures of the how-to."""
    count = int(os.environ.get("NAMES", "2000"))
    with served_zone(tmp_path / "home", extra='transfer_without_key = ["127.0.0.1"]\n') as (zone, store):
        begun = time.process_time()
        store.add({f"o/{number}": NameDecision(f"n{number}.example", FAR) for number in range(count)}, now_ms())
        wrote = time.process_time() - begun
        begun = time.process_time()
        store.add({"o/one": NameDecision("one-more.example", FAR)}, now_ms())
        changed = time.process_time() - begun
        until(lambda: "one-more.example" in zone.file.read_text(), seconds=100)
        size = zone.file.stat().st_size / 1e6
        print(f"\n{count} names: written in {wrote:.1f} CPU-s, one more in {changed:.2f}, file {size:.1f} MB")
        for kind in ("bind", "unbound", "recursor"):
            begun = time.perf_counter()
            with run_resolver(kind, zone, honest, tmp_path / kind, free_port()) as resolver:
                until(lambda: resolver.answers(f"n{count - 1}.example", WARNING), seconds=100)
                print(f"{kind}: first blocked answer {time.perf_counter() - begun:.1f} s after its start")


def measure(resolver: Resolver, address: str, change: object) -> float:
    begun = time.perf_counter()
    change()  # type: ignore[operator]
    until(lambda: resolver.answers("bad.example", address), seconds=25)
    return time.perf_counter() - begun
