"""The process that answers: all doors, the windows and the log on one loop; at first it follows whoever answers now."""

import asyncio
import contextlib
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from fanzha.base.errors import WrongCall
from fanzha.claims import Finding
from fanzha.claims.treatment import Treatment
from fanzha.screen.call_warner import Warnings
from fanzha.screen.decider import Decider
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.event_log import Lines, Log, Writer
from fanzha.screen.metrics import Metrics
from fanzha.screen.roaming import HttpRegister, Roaming
from fanzha.screen.screener import Screener
from fanzha.screen.settings import Settings
from fanzha.screen.settings_reader import gateway_of
from fanzha.screen.site.control_channel import Ended, Wire
from fanzha.screen.site.listeners import Doors
from fanzha.screen.site.owner_state import Memory
from fanzha.screen.site.recovery import Unwritten, keep, last_written, recall
from fanzha.screen.site.replication import Follower, Giver
from fanzha.screen.site.snapshot_updater import Served
from fanzha.store.keys import load_key
from fanzha.store.screen_trunks import write_trunks
from fanzha.store.state_folder import state_folder
from fanzha.store.switches import read_switches, switches_path

FLUSH_SECONDS = 0.02
BEAT_SECONDS = 0.05
LOOK_SECONDS = 0.25
COUNT_SECONDS = 1.0
SKIPPED = 1_000_000
SHARE_KEY = "share_of_calls"


def now_ms() -> int:
    """Return UTC milliseconds."""
    return time.time_ns() // 1_000_000


class Owner:
    """Built once, it follows, then leads, and gives to the next one that follows."""

    def __init__(self, settings: Settings, sockets: Mapping[str, socket.socket], wire: Wire) -> None:
        """Make all parts; nothing answers yet."""
        self._settings, self._wire = settings, wire
        self._folder = state_folder() / "screen"
        self._log_folder = Path(settings.log.folder) if settings.log.folder else self._folder / "log"
        self.metrics = Metrics()
        self._unwritten = Unwritten()
        self._writer = writer = Writer(self._log_folder, waiting=settings.log.waiting, days=settings.log.days)
        self.log = Log(writer)
        emergency = settings.emergency
        roaming = settings.roaming
        decider = Decider(
            EmergencyCalls(emergency.callees, emergency.help_lines, call_back_ms=1_000 * emergency.call_back_seconds),
            unproven=Treatment(roaming.unproven),
        )
        register = HttpRegister(roaming.url, wait_ms=roaming.wait_ms) if roaming.url else None
        self._roaming = Roaming(
            register,
            wait_ms=roaming.wait_ms,
            keep_ms=1_000 * roaming.keep_seconds,
            remembered=roaming.remembered,
        )
        self.screener = Screener(settings, decider, self._roaming, self.log, load_key(SHARE_KEY))
        with contextlib.suppress(OSError):  # a full disk stops no call
            write_trunks(settings.trunks)
        self.memory = Memory(decider, self.log, secrets.token_hex(8))
        self.served = Served(settings, decider, self.metrics, lambda text: wire.say("told", text))
        self._doors = Doors(settings, sockets, self.screener, self.memory, self.served, self.metrics)
        self.warnings = Warnings(
            settings.warn, gateway_of(settings.warn), self.memory.warned, self.log, self._count_warning
        )
        self._warning: asyncio.Task[None] | None = None
        self._giver: Giver | None = None
        self._saving = 0
        self._switched: tuple[int, int] | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._running: asyncio.Task[None] | None = None
        _measured(self.metrics, writer, self._roaming, self)

    @property
    def has_standby(self) -> bool:
        """Whether a standby follows."""
        return self._giver is not None and not self._giver.lost

    @property
    def standby_lag_seconds(self) -> float:
        """How long records wait to be sent to the standby."""
        return self._giver.lag_seconds if self._giver is not None and not self._giver.lost else 0.0

    def look_at_switches(self) -> None:
        """Act as the kill switches say, if their file changed; one that cannot be understood changes nothing."""
        try:
            found = switches_path().stat()
            state = found.st_mtime_ns, found.st_ino
        except FileNotFoundError:
            state = 0, 0
        if state != self._switched:
            self._switched = state
            with contextlib.suppress(WrongCall):
                switches = read_switches()
                self.screener.switch(switches)
                self.metrics.kill_switches.of().value = len(switches.thrown)

    def begin(self) -> None:
        """Keep up with what is published from now on, whoever leads."""
        self._running = asyncio.create_task(self.served.run())

    async def follow(self, own: socket.socket) -> bool:
        """Take the state over and every record after it; return when the owner has ended. False: that failed."""
        follower, lines = Follower(own), Lines()
        try:
            self.memory.restore(await follower.state())
            self._wire.say("following")
            while data := await follower.lines():
                self._unwritten.take(data)
                for record in lines.feed(data):
                    self.memory.apply(record)
        except (EOFError, OSError, ValueError) as error:  # DecodeError is a ValueError
            self._wire.say("lost", f"{type(error).__name__}: {error}")
            return False
        finally:
            follower.close()
        return True

    async def lead(self, *, alone: bool) -> None:
        """Answer from now on; `alone`: nobody was followed, so what the disk kept counts."""
        if alone:
            recall(self.memory, self._folder / "state", self._log_folder)
            self.memory.run = secrets.token_hex(8)
        self.look_at_switches()
        self.served.tell(self._find)
        self._warning = asyncio.create_task(self.warnings.run())
        self.screener.warn = self.warnings.call
        if not alone:
            self._write_what_is_missing()
            # Numbers that the last owner may have given out are not given out again.
            self._doors.ring.forgotten = self.log.sequence
            self.log.sequence += SKIPPED
        await self._doors.open()
        self.log.append(now_ms(), "begin", (self.memory.run, os.getpid()))
        self._wire.say("leading")
        every = asyncio.get_running_loop()
        self._each(every, FLUSH_SECONDS, self._flush)
        self._each(every, BEAT_SECONDS, lambda: self._wire.say("beat"))
        self._each(every, LOOK_SECONDS, self.look_at_switches)
        self._each(every, COUNT_SECONDS, lambda: self.served.count(now_ms()))
        self._each(every, self._settings.rules.seconds_between_saves, self._save)

    def _write_what_is_missing(self) -> None:
        """Write what the last owner handed over and did not come to write; what nobody has is counted as lost."""
        written = last_written(self._log_folder)
        if written is not None:
            lines, count, lost = self._unwritten.behind(written)
            self._writer.lose(lost)
            if count:
                self._writer.put(now_ms(), lines, count)

    def _find(self, finding: Finding) -> None:
        """Log what a rule found: who imports findings reads the log."""
        self.log.append(finding.found_at, "finding", finding)
        self.metrics.findings.of(finding.detector).value += 1
        if not self.screener.killed and finding.detector not in self.screener.decider.off_rules:
            self.warnings.victim(finding)

    def _count_warning(self, channel: str, end: str) -> None:
        self.metrics.warnings.of(channel, end).value += 1

    def give(self, own: socket.socket) -> None:
        """Give state and log to a standby."""
        if self._giver is not None:
            self._giver.close()
        self.log.flush(now_ms())
        self._giver = Giver(own, self.log, self.memory.save, asyncio.get_running_loop())

    async def stop(self) -> None:
        """Answer no more, write what is left, let the standby have it."""
        for timer in self._timers:
            timer.cancel()
        await self._doors.close()
        for task in (self._running, self._warning):
            if task is not None:
                task.cancel()
        self.warnings.close()
        if self.log.sequence and not self.has_standby:  # who stands by has the state
            self._save()
        self.log.close(now_ms())
        await asyncio.sleep(FLUSH_SECONDS)
        if self._giver is not None:
            self._giver.close()
        self._roaming.close()
        if self._saving:
            os.waitpid(self._saving, 0)

    def _flush(self) -> None:
        self._doors.pass_time(now_ms())
        self.log.flush(now_ms())

    def _save(self) -> None:
        if self._saving and os.waitpid(self._saving, os.WNOHANG)[0] == 0:
            return
        self._saving = keep(self.memory, self._folder / "state")

    def _each(self, loop: asyncio.AbstractEventLoop, seconds: float, work: Callable[[], None]) -> None:
        place = len(self._timers)

        def turn() -> None:
            self._timers[place] = loop.call_later(seconds, turn)
            with contextlib.suppress(Ended):
                work()

        self._timers.append(loop.call_later(seconds, turn))


def _measured(metrics: Metrics, writer: Writer, roaming: Roaming, owner: Owner) -> None:
    """Let the figures be read where they are kept."""
    metrics.log_lost.read(lambda: writer.lost)
    metrics.log_waiting.read(lambda: writer.waiting)
    metrics.snapshot_age.read(lambda: owner.served.age_seconds(now_ms()))
    metrics.standby_connected.read(lambda: float(owner.has_standby))
    metrics.standby_lag.read(lambda: owner.standby_lag_seconds)
    metrics.roaming.read(lambda: roaming.late, "late")
    metrics.roaming.read(lambda: roaming.failed, "failed")
