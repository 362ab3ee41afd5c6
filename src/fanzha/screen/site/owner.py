"""The owner process: all listeners, windows and the log on one loop; it first replicates the current owner."""

import asyncio
import contextlib
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fanzha.base.errors import UsageError
from fanzha.claims import Finding
from fanzha.claims.treatment import Treatment
from fanzha.detect.gateway.ingress_rules import ROAMING
from fanzha.screen.call_warner import CallWarner
from fanzha.screen.decider import Decider
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.event_log import EventLog, LogWriter, RecordDecoder
from fanzha.screen.metrics import Metrics
from fanzha.screen.registrations import Registrations
from fanzha.screen.roaming import HttpRegister, RoamingLookup
from fanzha.screen.screener import Screener
from fanzha.screen.settings import ScreenSettings
from fanzha.screen.settings_reader import read_gateway
from fanzha.screen.site.control_channel import ControlChannel
from fanzha.screen.site.listeners import Listeners
from fanzha.screen.site.owner_state import OwnerState
from fanzha.screen.site.recovery import (
    RecentLines,
    last_written_sequence,
    read_records_after,
    restore_state,
    save_state,
)
from fanzha.screen.site.replication import StandbyReplicator, StateReceiver
from fanzha.screen.site.snapshot_updater import SnapshotUpdater
from fanzha.store.keys import load_key
from fanzha.store.screen_trunks import write_trunks
from fanzha.store.state_folder import state_folder
from fanzha.store.switches import read_switches, switches_path

if TYPE_CHECKING:
    from fanzha.screen.stir.certificate_cache import CertificateCache

FLUSH_SECONDS = 0.02
HEARTBEAT_SECONDS = 0.05
POLL_SECONDS = 0.25
METRICS_SECONDS = 1.0
SEQUENCE_GAP = 1_000_000
SHARE_KEY = "share_of_calls"


def now_ms() -> int:
    """Return UTC milliseconds."""
    return time.time_ns() // 1_000_000


class Owner:
    """Built once; follows, then leads, and replicates to the next standbys."""

    def __init__(self, settings: ScreenSettings, sockets: Mapping[str, socket.socket], channel: ControlChannel) -> None:
        """Create all components; no listener opens."""
        self._settings, self._channel = settings, channel
        self._folder = state_folder() / "screen"
        self._log_folder = Path(settings.log.folder) if settings.log.folder else self._folder / "log"
        self.metrics = Metrics(settings.trunks)
        self._recent_lines = RecentLines()
        self._writer = writer = LogWriter(self._log_folder, waiting=settings.log.waiting, days=settings.log.days)
        self.log = EventLog(writer)
        emergency = settings.emergency
        roaming = settings.roaming
        decider = Decider(
            EmergencyCalls(
                emergency.callees,
                emergency.help_lines,
                emergency.centres,
                call_back_ms=1_000 * emergency.call_back_seconds,
            ),
            unproven=Treatment(roaming.unproven),
            registrations=Registrations(settings.registrations.most) if settings.registrations else None,
            failed_signature=Treatment(settings.stir.failed) if settings.stir else Treatment.ALLOW,
        )
        register = HttpRegister(roaming.url, wait_ms=roaming.wait_ms) if roaming.url else None
        self._roaming = RoamingLookup(
            register,
            wait_ms=roaming.wait_ms,
            keep_ms=1_000 * roaming.keep_seconds,
            remembered=roaming.remembered,
        )
        verifier, self._certificates = None, None
        if settings.stir is not None:
            from fanzha.screen.stir.verifier import make_verifier  # loads cryptography, which other screens do not need

            verifier, self._certificates = make_verifier(settings.stir, self._folder / "certificates")
            _register_certificates(self.metrics, self._certificates)
        self.screener = Screener(
            settings,
            decider,
            self._roaming,
            self.log,
            load_key(SHARE_KEY),
            verifier=verifier,
            metrics=self.metrics,
        )
        with contextlib.suppress(OSError):  # a full disk must not stop calls
            write_trunks(settings.trunks)
        self.state = OwnerState(decider, self.log, secrets.token_hex(8))
        self.updater = SnapshotUpdater(settings, decider, self.metrics, lambda text: channel.notify("told", text))
        self._listeners = Listeners(settings, sockets, self.screener, self.state, self.updater, self.metrics)
        self._listeners.verifier = verifier
        self.warner = CallWarner(
            settings.warn, read_gateway(settings.warn), self.state.warning_history, self.log, self._count_warning
        )
        self._warning: asyncio.Task[None] | None = None
        self._replicators: list[StandbyReplicator] = []
        self._receiver: StateReceiver | None = None
        self.has_followed = False
        self._is_leading = self._is_synchronized = self._is_lost = False
        self._saving = 0
        self._switches_state: tuple[int, int] | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._running: asyncio.Task[None] | None = None
        _register_metrics(self.metrics, writer, self._roaming, self)

    @property
    def role(self) -> str:
        """The role, as a supervisor that adopts this process has to know it (fanzha.screen.site.adoption)."""
        if self._is_leading:
            return "leading"
        if self._is_lost:
            return "lost"
        if self._receiver is not None:
            return "following" if self._is_synchronized else "catching up"
        return "behind" if self.has_followed else "ready"

    @property
    def has_standby(self) -> bool:
        """Whether a standby follows."""
        return self.standbys > 0

    @property
    def standbys(self) -> int:
        """The number of standbys that follow."""
        return sum(not replicator.lost for replicator in self._replicators)

    @property
    def standby_lag_seconds(self) -> float:
        """How long records have been waiting to be sent to a standby, at most."""
        return max((replicator.lag_seconds for replicator in self._replicators if not replicator.lost), default=0.0)

    def check_switches(self) -> None:
        """Apply the kill switches if their file changed; a damaged file is reported and changes nothing."""
        try:
            status = switches_path().stat()
            file_state = status.st_mtime_ns, status.st_ino
        except FileNotFoundError:
            file_state = 0, 0
        except OSError:
            return
        if file_state != self._switches_state:
            self._switches_state = file_state
            try:
                switches = read_switches()
            except (UsageError, OSError) as error:
                self._channel.send("told", f"switches stay as they were 开关未变: {error}")
                return
            self.screener.switch(switches)
            self.metrics.kill_switches.series_for().value = len(switches.thrown)

    def begin(self) -> None:
        """Follow the published snapshot from now on."""
        self._running = asyncio.create_task(self.updater.run())

    async def follow(self, own: socket.socket) -> bool:
        """Receive the state and every record after it; return True when the owner ended, False on failure.

        A process that has followed an earlier owner keeps what it has when this one ends before its state is complete.
        """
        self._receiver, self._is_synchronized = (receiver := StateReceiver(own)), False
        self._recent_lines.drop_partial()
        lines = RecordDecoder()
        try:
            try:
                saved = await receiver.read_state()
            except (EOFError, OSError):
                if self.has_followed:
                    return True
                raise
            self.state.restore(saved)
            self.has_followed = True
            self._is_synchronized = True
            self._channel.notify("following")
            while data := await receiver.read_lines():
                self._recent_lines.add(data)
                for record in lines.feed(data):
                    self.state.apply(record)
        except (EOFError, OSError, ValueError) as error:  # DecodeError is a ValueError
            self._is_lost = True
            self._channel.notify("lost", f"{type(error).__name__}: {error}")
            return False
        finally:
            self._receiver = None
            receiver.close()
        return True

    def end_following(self) -> None:
        """End the stream of an owner that has ended after what it sent; its forks may hold their end open."""
        if self._receiver is not None:
            self._receiver.end()

    async def lead(self, *, alone: bool) -> None:
        """Open the listeners; `alone` means that nothing was replicated, so recover from disk."""
        if alone:
            restore_state(
                self.state, self._folder / "state", self._log_folder, lambda text: self._channel.send("told", text)
            )
            self.state.run = secrets.token_hex(8)
        self.check_switches()
        self.updater.set_sink(self._record_finding)
        self._warning = asyncio.create_task(self.warner.run())
        self.screener.warn = self.warner.warn_call
        if not alone:
            for record in read_records_after(self._log_folder, self.log.sequence):
                self.state.apply(record)  # of an owner in between, which this process did not follow
            self._write_missing_records()
            # Never reuse sequence numbers that the last owner may have assigned.
            self._listeners.ring.last_dropped = self.log.sequence
            self.log.sequence += SEQUENCE_GAP
        if self._certificates is not None:
            self._certificates.load()
        await self._listeners.open()
        self.log.append(now_ms(), "begin", (self.state.run, os.getpid()))
        self._is_leading = True
        self._channel.notify("leading")
        loop = asyncio.get_running_loop()
        self._repeat(loop, FLUSH_SECONDS, self._flush)
        self._repeat(loop, HEARTBEAT_SECONDS, lambda: self._channel.notify("beat"))
        self._repeat(loop, POLL_SECONDS, self.check_switches)
        self._repeat(loop, METRICS_SECONDS, lambda: self.updater.update_metrics(now_ms()))
        self._repeat(loop, self._settings.rules.seconds_between_saves, self._save)

    def _write_missing_records(self) -> None:
        """Write records that the last owner passed on but did not write; count those that are lost."""
        written = last_written_sequence(self._log_folder)
        if written is not None:
            lines, count, lost = self._recent_lines.missing_after(written)
            self._writer.count_lost(lost)
            if count:
                self._writer.enqueue(now_ms(), lines, count)

    def _record_finding(self, finding: Finding) -> None:
        """Log a finding of a live rule; importers read it from the log."""
        self.log.append(finding.found_at, "finding", finding)
        self.metrics.findings.series_for(finding.detector).value += 1
        if not self.screener.is_passive and finding.detector not in self.screener.decider.off_rules:
            self.warner.warn_victim(finding)

    def _count_warning(self, channel: str, end: str) -> None:
        self.metrics.warnings.series_for(channel, end).value += 1

    def replicate(self, own: socket.socket) -> None:
        """Replicate state and log to a standby."""
        self.log.flush(now_ms())
        replicator = StandbyReplicator(own, self.log, self.state.save, asyncio.get_running_loop())
        self._replicators = [*(active for active in self._replicators if not active.lost), replicator]

    async def stop(self) -> None:
        """Close the listeners, write the log and finish replication."""
        for timer in self._timers:
            timer.cancel()
        await self._listeners.close()
        for task in (self._running, self._warning):
            if task is not None:
                task.cancel()
        self.warner.close()
        if self.log.sequence and not self.has_standby:  # a standby has the state
            self._save()
        self.log.close(now_ms())
        await asyncio.sleep(FLUSH_SECONDS)
        for replicator in self._replicators:
            replicator.close()
        self._roaming.close()
        if self._certificates is not None:
            self._certificates.close()
        if self._saving:
            os.waitpid(self._saving, 0)

    def _flush(self) -> None:
        self._listeners.pass_time(now_ms())
        self.log.flush(now_ms())

    def _save(self) -> None:
        if self._saving and os.waitpid(self._saving, os.WNOHANG)[0] == 0:
            return
        self._saving = save_state(self.state, self._folder / "state")

    def _repeat(self, loop: asyncio.AbstractEventLoop, seconds: float, work: Callable[[], None]) -> None:
        index = len(self._timers)

        def run() -> None:
            self._timers[index] = loop.call_later(seconds, run)
            work()

        self._timers.append(loop.call_later(seconds, run))


def _register_certificates(metrics: Metrics, certificates: "CertificateCache") -> None:
    """Register the functions that return metrics of signers' certificates at scrape time."""
    metrics.certificates.set_function(lambda: len(certificates))
    metrics.certificate_fetches.set_function(lambda: certificates.fetched, "started")
    metrics.certificate_fetches.set_function(lambda: certificates.failed, "failed")
    metrics.certificate_fetches.set_function(lambda: certificates.skipped, "skipped")


def _register_metrics(metrics: Metrics, writer: LogWriter, roaming: RoamingLookup, owner: Owner) -> None:
    """Register the functions that return metrics at scrape time."""
    metrics.log_lost.set_function(lambda: writer.lost)
    metrics.log_waiting.set_function(lambda: writer.waiting)
    metrics.snapshot_age.set_function(lambda: owner.updater.age_seconds(now_ms()))
    metrics.standby_connected.set_function(lambda: float(owner.standbys))
    metrics.standby_lag.set_function(lambda: owner.standby_lag_seconds)
    metrics.roaming.set_function(lambda: roaming.late, "late")
    metrics.roaming.set_function(lambda: roaming.failed, "failed")
    for code, outcome in enumerate(ROAMING):
        metrics.roaming.set_function(partial(roaming.answers.__getitem__, code), outcome)
    if (registrations := owner.screener.decider.registrations) is not None:
        metrics.registrations.set_function(lambda: len(registrations))
