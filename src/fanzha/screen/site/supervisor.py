"""Keeps the sockets of a site and somebody who answers on them: an owner, and a standby that takes over when it fails.

The supervisor does nothing else, so that nothing else can make it fail. An owner that ends, or whose loop does not come
round for a while, is ended for good before the standby may lead: two never answer at once. Datagrams wait meanwhile.
"""

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fanzha.base.errors import FanzhaError
from fanzha.screen.settings import Settings
from fanzha.screen.site.control_channel import Ended, Wire, pair
from fanzha.screen.site.sockets import Wanted, open_all

BEAT_SECONDS = 0.05
SILENT_SECONDS = 0.25  # a loop that has not come round for so long and does not work either is taken for dead
BUSY_SECONDS = 2.0  # one that works, or wants to, has so long
ALONE_SECONDS = 10.0  # and one that nobody stands by for
STOP_SECONDS = 20.0
AGAIN_SECONDS = (0.0, 0.5, 2.0, 10.0)  # before a child that failed is started again


@dataclass
class Child:
    """One process: what it is and what it last said."""

    process: subprocess.Popen[bytes]
    wire: Wire
    role: str = "starting"  # starting, ready, following, leading
    heard: float = field(default_factory=time.monotonic)
    worked: int = 0  # clock ticks of CPU at its last word

    def hears(self) -> None:
        """Note that it said something."""
        self.heard, self.worked = time.monotonic(), self._work()[1]

    def hangs(self, now: float, *, alone: bool) -> bool:
        """Say whether it is to be taken for dead: silent for long, and neither working nor waiting for a processor."""
        silent = now - self.heard
        if silent < SILENT_SECONDS or alone:
            return alone and silent > ALONE_SECONDS
        state, worked = self._work()
        idle = state in "TtZX" or (state != "R" and worked == self.worked)
        return idle or silent > BUSY_SECONDS

    def _work(self) -> tuple[str, int]:
        """Return the state of the process and the clock ticks it has worked (proc(5), stat)."""
        try:
            text = Path(f"/proc/{self.process.pid}/stat").read_text()
        except OSError:
            return "X", 0
        fields = text.rpartition(")")[2].split()
        return fields[0], int(fields[11]) + int(fields[12])

    def end(self) -> None:
        """End it at once and for good."""
        self.process.kill()
        self.process.wait()
        self.wire.socket.close()


class Supervisor:
    """Runs until it is told to stop; `say` tells the operator what happens, a line each."""

    def __init__(
        self, command: list[str], settings: Settings, say: Callable[[str], None], reread: Callable[[], Settings]
    ) -> None:
        """`command` starts a child; `reread` gives the settings anew when the operator asks (SIGHUP)."""
        self._command, self._settings, self._say, self._reread = command, settings, say, reread
        self._sockets: dict[Wanted, socket.socket] = open_all(settings)
        self._owner: Child | None = None
        self._standby: Child | None = None
        self._failed, self._again_at, self._standby_at = 0, 0.0, 0.0
        self._handing_over = self._stopping = self._rereads = False
        self._selector = selectors.DefaultSelector()
        self.takeovers = 0

    def run(self) -> None:
        """Keep the site answering; returns when it was told to stop and all have ended."""
        self._listen_to_signals()
        try:
            self._start()
            while not self._stopping:
                self._turn()
        finally:
            self._stop()

    def _listen_to_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(self, "_stopping", True))
        signal.signal(signal.SIGHUP, lambda *_: setattr(self, "_rereads", True))
        signal.signal(signal.SIGCHLD, lambda *_: None)  # a child's end wakes the selector
        own, other = socket.socketpair()
        for one in (own, other):
            one.setblocking(False)
        signal.set_wakeup_fd(other.fileno(), warn_on_full_buffer=False)
        self._woken = own, other
        self._selector.register(own, selectors.EVENT_READ, None)

    def _start(self) -> None:
        names = ", ".join(f"{one.name} {one.address}:{one.port}" for one in self._sockets)
        self._say(f"listening 监听: {names}")
        self._owner = self._spawn()

    def _turn(self) -> None:
        for key, _ in self._selector.select(BEAT_SECONDS):
            if key.data is None:
                self._woken[0].recv(4_096)
            else:
                self._hear(key.data)
        self._look_after_owner()
        self._look_after_standby()
        if self._rereads:
            self._rereads = False
            self._renew()

    def _hear(self, child: Child) -> None:
        try:
            while (heard := child.wire.hear()) is not None:
                child.hears()
                if heard.word.says != "beat":
                    self._told(child, heard.word.says, heard.word.text)
        except Ended:
            self._selector.unregister(child.wire.socket)

    def _told(self, child: Child, says: str, text: str) -> None:
        if says == "wrong":
            self._say(f"wrong 出错: {text}")
        elif says == "lost":
            self._say(f"standby could not follow 备用进程未能跟上: {text}")
            child.process.kill()
        elif says == "told":
            if child is self._owner:
                self._say(text)
        elif says == "leading":
            self._failed = 0
            child.role = says
            self._say(f"answering 开始应答: pid {child.process.pid}")
        else:
            child.role = says
        if says == "ready" and child is self._owner:
            child.wire.say("lead", str(self.takeovers))
        if says == "following":
            self._say(f"standby follows 备用进程已跟上: pid {child.process.pid}")
            if self._handing_over and self._owner:
                self._owner.role = "stopping"  # it writes what is left, and says nothing
                self._owner.wire.say("stop")

    def _look_after_owner(self) -> None:
        owner, now = self._owner, time.monotonic()
        if owner is None:
            if now >= self._again_at:
                self._owner = self._spawn()
            return
        ended = owner.process.poll() is not None
        alone = self._standby is None or self._standby.role != "following"
        silent = owner.role == "leading" and owner.hangs(now, alone=alone)
        if not (ended or silent):
            return
        if not self._handing_over:
            self._say("owner ended 主进程已退出" if ended else "owner hangs 主进程无响应")
        self._forget(owner)
        self._take_over(now)

    def _take_over(self, now: float) -> None:
        standby, self._standby = self._standby, None
        if standby is not None and standby.role == "following" and standby.process.poll() is None:
            standby.role = "taking over"
            self.takeovers += not self._handing_over
            standby.wire.say("lead", str(self.takeovers))
            self._owner = standby
            self._handing_over = False
            return
        if standby is not None:
            self._forget(standby)
        self._owner, self._handing_over = None, False
        self._again_at = now + AGAIN_SECONDS[min(self._failed, len(AGAIN_SECONDS) - 1)]
        self._failed += 1

    def _look_after_standby(self) -> None:
        owner, standby = self._owner, self._standby
        if standby is not None and standby.process.poll() is not None:
            self._forget(standby)
            self._standby, standby = None, None
            self._standby_at = time.monotonic() + AGAIN_SECONDS[-2]
        if owner is None or owner.role != "leading" or not (self._settings.standby or self._handing_over):
            return
        if standby is None:
            if time.monotonic() >= self._standby_at:
                self._standby = self._spawn()
        elif standby.role == "ready":
            giver, follower = socket.socketpair()
            standby.role = "catching up"
            owner.wire.say("give", file=giver.fileno())
            standby.wire.say("follow", file=follower.fileno())
            giver.close()
            follower.close()

    def _renew(self) -> None:
        """Read the settings again and hand over to a process that has them."""
        try:
            settings = self._reread()
            sockets = open_all(settings, self._sockets)
        except FanzhaError as error:
            self._say(f"settings stay as they were 设置未变: {error}")
            return
        for gone in set(self._sockets) - set(sockets):
            self._sockets[gone].close()
        self._settings, self._sockets, self._handing_over = settings, sockets, True
        if self._standby is not None:
            self._forget(self._standby)
            self._standby = None
        self._say("settings read again; handing over 已重读设置，正在交接")

    def _spawn(self) -> Child:
        wire, theirs = pair()
        files = {one.name: made.fileno() for one, made in self._sockets.items()}
        given = {"FANZHA_SCREEN_WIRE": str(theirs.fileno()), "FANZHA_SCREEN_SOCKETS": _names(files)}
        process = subprocess.Popen(
            self._command,
            env={**os.environ, **given},
            pass_fds=(theirs.fileno(), *files.values()),
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a terminal's Ctrl-C is for the supervisor
        )
        theirs.close()
        child = Child(process, wire)
        self._selector.register(wire.socket, selectors.EVENT_READ, child)
        return child

    def _forget(self, child: Child) -> None:
        if child.wire.socket in self._selector.get_map():
            self._selector.unregister(child.wire.socket)
        child.end()

    def _stop(self) -> None:
        children = [one for one in (self._owner, self._standby) if one is not None]
        for child in children:
            try:
                child.wire.say("stop")
            except Ended:
                continue
        for child in children:
            try:
                child.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._say(f"had to be ended 被强制结束: pid {child.process.pid}")
            child.end()
        for made in self._sockets.values():
            made.close()
        signal.set_wakeup_fd(-1)
        self._say("stopped 已停止")


def _names(files: Mapping[str, int]) -> str:
    return ";".join(f"{name}={number}" for name, number in files.items())


def child_command() -> list[str]:
    """Return the command that starts a child of this installation."""
    return [sys.executable, "-m", "fanzha.screen.site.owner_process"]
