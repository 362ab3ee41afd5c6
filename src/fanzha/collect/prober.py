"""The process that probes sites from several places, again and again, and hands the records to the site."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from fanzha.base.errors import UsageError
from fanzha.collect.site_probe import probe_site
from fanzha.store.private_files import create_private_folder
from fanzha.store.probe_queue import ProbePurpose, ProbeQueue, ProbeRecord, SiteState, open_probes
from fanzha.store.probe_settings import ProberSettings, Vantage, load_prober_settings
from fanzha.store.state_folder import state_folder
from fanzha.store.zone_settings import load_zone_settings

log = logging.getLogger(__name__)

_POLL_SECONDS, _PURGE_SECONDS = 0.5, 3_600.0


def run() -> None:
    """Probe until SIGTERM or SIGINT. Raise UsageError without settings and if another prober runs."""
    settings = load_prober_settings()
    if settings is None:
        raise UsageError(
            f"{state_folder() / 'fanzha.toml'} has no table [prober]", fix="docs/how-to/probe-sites.md shows it"
        )
    zone = load_zone_settings()
    with _only_prober(state_folder()), open_probes() as queue:
        asyncio.run(_serve(Prober(settings, queue, frozenset(zone.warning_addresses if zone else ()))))


async def _serve(prober: Prober) -> None:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await prober.run()


class Prober:
    """Runs the due probes of each place. Results are unknown if a place's network does not reach the control site."""

    def __init__(self, settings: ProberSettings, queue: ProbeQueue, warning_addresses: frozenset[str]) -> None:
        self._settings = settings
        self._queue = queue
        self._warning_addresses = warning_addresses
        self._slots = asyncio.Semaphore(settings.concurrent)

    async def run(self) -> None:
        """Probe until cancelled."""
        purged_at = 0.0
        while True:
            if time.monotonic() - purged_at > _PURGE_SECONDS:
                self._queue.purge(_now())
                purged_at = time.monotonic()
            if not await self.probe_due():
                await asyncio.sleep(_POLL_SECONDS)

    async def probe_due(self) -> int:
        """Probe the hosts that are due; return how many."""
        settings = self._settings
        effect = await self._probe_purpose(ProbePurpose.EFFECT, settings.every_seconds * 1_000, settings.vantage)
        every_ms = settings.inventory_hours * 3_600_000
        return effect + await self._probe_purpose(ProbePurpose.INVENTORY, every_ms, settings.vantage[:1])

    async def _probe_purpose(self, purpose: ProbePurpose, every_ms: int, vantages: Sequence[Vantage]) -> int:
        hosts = self._queue.take_due(purpose, _now(), every_ms, self._settings.concurrent)
        if hosts:
            rounds = await asyncio.gather(*(self._probe_from(vantage, hosts) for vantage in vantages))
            self._queue.add(record._replace(purpose=purpose) for records in rounds for record in records)
        return len(hosts)

    async def _probe_from(self, vantage: Vantage, hosts: list[str]) -> list[ProbeRecord]:
        probes = [self._probe(host, vantage) for host in (self._settings.control, *hosts)]
        control, *records = await asyncio.gather(*probes)
        works = control.state is SiteState.UP
        if not works:
            log.warning("%s does not reach the control site: its probes tell nothing", vantage.name)
        return [record._replace(network_worked=works) for record in records]

    async def _probe(self, host: str, vantage: Vantage) -> ProbeRecord:
        async with self._slots:
            return await probe_site(host, vantage, self._settings, self._warning_addresses, _now())


def _now() -> int:
    return time.time_ns() // 1_000_000


@contextmanager
def _only_prober(folder: Path) -> Iterator[None]:
    """Hold the lock of the prober. Raise UsageError if another process holds it."""
    handle = os.open(create_private_folder(folder / "collect") / ".prober", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                "another prober runs on this state folder", fix="`fanzha up` runs one; stop the other first"
            ) from None
        yield
    finally:
        os.close(handle)
