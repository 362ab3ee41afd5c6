"""The supervisor of a site: holds the sockets, runs an owner and standbys, and lets a standby take over.

The supervisor does nothing else, so that nothing else can make it fail. It kills an owner that ends or whose loop hangs
before a standby leads, so that two processes never answer at once. Datagrams wait meanwhile. The other standbys then
follow the new owner, and can take over with what they have before they have caught up. The processes of a killed
supervisor go on, and the next supervisor adopts them (fanzha.screen.site.adoption).
"""

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

from fanzha.base.errors import FanzhaError
from fanzha.screen.settings import ScreenSettings
from fanzha.screen.site import priority
from fanzha.screen.site.adoption import (
    AdoptableProcess,
    SupervisorLock,
    adopt_processes,
    processes_folder,
    remove_stale_sockets,
    settings_digest,
)
from fanzha.screen.site.child_process import BUSY_SECONDS, TAKEOVER_ORDER, ChildProcess
from fanzha.screen.site.control_channel import ChannelClosed, open_channel
from fanzha.screen.site.service_notifier import ServiceNotifier
from fanzha.screen.site.sockets import ListenAddress, describe_socket, open_sockets

POLL_SECONDS = 0.05
STOP_SECONDS = 20.0
PORTS_VARIABLE = (
    "FANZHA_SCREEN_PORTS_SECONDS"  # wait so long for ports that processes of a killed supervisor still hold
)
RETRY_SECONDS = (0.0, 0.5, 2.0, 10.0)  # delays before a failed process restarts


class Supervisor:
    """Runs until it gets a stop signal; `report` gets one line per event."""

    def __init__(
        self,
        command: list[str],
        settings: ScreenSettings,
        report: Callable[[str], None],
        read_settings: Callable[[], ScreenSettings],
    ) -> None:
        """`command` starts an owner process; `read_settings` re-reads the settings on SIGHUP."""
        self._command, self._settings, self._report, self._read_settings = command, settings, report, read_settings
        self._sockets: dict[ListenAddress, socket.socket] = {}
        self._notifier = ServiceNotifier()
        self._has_priority = False
        self._owner: ChildProcess | None = None
        self._standbys: list[ChildProcess] = []
        self._failures, self._owner_retry_at, self._standby_retry_at = 0, 0.0, 0.0
        self._handing_over = self._stopping = self._reload_requested = False
        self._selector = selectors.DefaultSelector()
        self.takeovers = 0

    def run(self) -> None:
        """Keep the site answering; return after a stop signal when all processes have ended."""
        self._listen_to_signals()
        folder = processes_folder()
        lock = SupervisorLock(folder)
        try:
            self._raise_own_priority()
            self._adopt(adopt_processes(folder))
            self._start()
            while not self._stopping:
                self._run_once()
        finally:
            self._stop()
            remove_stale_sockets(folder)
            lock.release()

    def _raise_own_priority(self) -> None:
        """Take a real-time priority; report where the system permits none."""
        if not self._settings.real_time:
            return
        self._has_priority = priority.raise_supervisor()
        if not self._has_priority:
            self._report(
                "no real-time priority: on a busy machine calls may pass unscreened; start it by the unit that "
                "`fanzha screen install` writes, or permit it (ulimit -r 3) "
                "未取得实时优先级：机器繁忙时部分呼叫可能未经筛查即放行；"
                "请用 fanzha screen install 生成的服务单元启动，或放开限制"
            )

    def _raise(self, child: ChildProcess, level: int) -> None:
        if self._has_priority:
            self._has_priority = priority.raise_process(child.process.pid, level) or child.process.poll() is not None

    def _request_stop(self, *_signal: object) -> None:
        self._stopping = True

    def _request_reload(self, *_signal: object) -> None:
        self._reload_requested = True

    def _listen_to_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._request_stop)
        signal.signal(signal.SIGHUP, self._request_reload)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # the end of a child wakes the selector
        read_end, write_end = socket.socketpair()
        for end in (read_end, write_end):
            end.setblocking(False)
        signal.set_wakeup_fd(write_end.fileno(), warn_on_full_buffer=False)
        self._wakeup_sockets = read_end, write_end
        self._selector.register(read_end, selectors.EVENT_READ, None)

    def _adopt(self, adopted: list[AdoptableProcess]) -> None:
        """Take over the processes and sockets of a supervisor that was killed; a standby leads if the owner is gone."""
        digest = settings_digest(self._settings)
        for found in sorted(adopted, key=lambda found: found.report.takeovers, reverse=True):
            child = ChildProcess(found.process, found.channel, found.report.role, found.report.has_followed)
            if child.role == "lost" or (child.role == "leading" and self._owner is not None):
                child.kill()
            else:
                self._selector.register(found.channel.socket, selectors.EVENT_READ, child)
                self._reload_requested |= found.report.settings != digest
                self.takeovers = max(self.takeovers, found.report.takeovers)
                self._add_adopted(child)
            for name, opened in found.sockets.items():
                if self._sockets.setdefault(describe_socket(name, opened), opened) is not opened:
                    opened.close()
        if self._owner is None and self._standbys:
            self._report("owner ended 主进程已退出")
            self._take_over(time.monotonic())

    def _add_adopted(self, child: ChildProcess) -> None:
        if child.role == "leading":
            self._owner = child
            self._report(f"answering still, adopted 继续应答，已接管: pid {child.process.pid}")
            self._notify_ready(child)
            return
        self._standbys.append(child)
        if child.role == "following":
            self._report(f"standby follows still 备用进程仍在跟随: pid {child.process.pid}")

    def _start(self) -> None:
        if not self._sockets:
            self._sockets = wait_for_sockets(self._settings)
        names = ", ".join(f"{address.name} {address.address}:{address.port}" for address in self._sockets)
        self._report(f"listening 监听: {names}")
        if self._owner is None:
            self._owner = self._spawn()

    def _run_once(self) -> None:
        self._notifier.beat()
        for key, _ in self._selector.select(POLL_SECONDS):
            if key.data is None:
                self._wakeup_sockets[0].recv(4_096)
            else:
                self._read_messages(key.data)
        self._check_owner()
        self._check_standbys()
        if self._reload_requested:
            self._reload_requested = False
            self._reload()

    def _read_messages(self, child: ChildProcess) -> None:
        try:
            while (received := child.channel.receive()) is not None:
                child.record_activity()
                if received.message.command != "beat":
                    self._handle_message(child, received.message.command, received.message.text)
        except ChannelClosed:
            self._selector.unregister(child.channel.socket)

    def _handle_message(self, child: ChildProcess, command: str, text: str) -> None:
        if command == "wrong":
            self._report(f"wrong 出错: {text}")
        elif command == "lost":
            if child is not self._owner:
                self._report(f"standby could not follow 备用进程未能跟上: {text}")
                child.process.kill()
        elif command == "told":
            if child is self._owner:
                self._report(text)
        elif command == "leading":
            self._failures = 0
            child.role = command
            self._notify_ready(child)
            self._report(f"answering 开始应答: pid {child.process.pid}")
        elif command == "following":
            self._handle_following(child)
        elif child is not self._owner or child.role == "starting":
            child.role = command
        if command == "ready" and child is self._owner:
            self._raise(child, priority.OWNER)
            child.channel.send("lead", str(self.takeovers))

    def _notify_ready(self, owner: ChildProcess) -> None:
        self._notifier.send("READY=1", f"STATUS=answering, pid {owner.process.pid}, takeovers {self.takeovers}")

    def _handle_following(self, child: ChildProcess) -> None:
        if child.role != "catching up":
            return  # it has the state of an owner that has ended
        child.role, child.has_followed = "following", True
        self._raise(child, priority.STANDBY)
        self._report(f"standby follows 备用进程已跟上: pid {child.process.pid}")
        if self._handing_over and self._owner:
            self._owner.role = "stopping"  # it writes the rest of its log and sends no heartbeat
            self._owner.channel.send("stop")

    def _check_owner(self) -> None:
        owner, now = self._owner, time.monotonic()
        if owner is None:
            if now >= self._owner_retry_at:
                self._owner = self._spawn()
            return
        ended = owner.process.poll() is not None
        alone = not any(standby.role in TAKEOVER_ORDER[:2] for standby in self._standbys)
        silent = owner.role == "leading" and owner.is_hung(now, alone=alone)
        if owner.role == "taking over" and not alone:
            silent = owner.is_stopped() or now - owner.last_heard > BUSY_SECONDS
        if not (ended or silent):
            return
        if not self._handing_over:
            self._report("owner ended 主进程已退出" if ended else "owner hangs 主进程无响应")
        self._discard(owner)
        self._take_over(now)

    def _take_over(self, now: float) -> None:
        """Let the standby lead that loses least and is not stopped; the others follow it later."""
        living = [standby for standby in self._standbys if standby.process.poll() is None]
        for standby in self._standbys:
            if standby not in living:
                self._discard(standby)
        self._standbys = living
        if not living:
            self._owner, self._handing_over = None, False
            self._owner_retry_at = now + RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS) - 1)]
            self._failures += 1
            return
        chosen = min(living, key=lambda standby: (standby.is_stopped(), TAKEOVER_ORDER.index(standby.role)))
        self._standbys.remove(chosen)
        self.takeovers += not self._handing_over
        self._owner, self._handing_over = chosen, False
        if chosen.role != "starting":  # else it leads when it is ready
            chosen.role = "taking over"
            chosen.record_activity()
            self._raise(chosen, priority.OWNER)
            chosen.channel.send("lead", str(self.takeovers))
        for standby in list(self._standbys):
            if standby.has_followed:
                standby.role = "behind"
            elif standby.role == "catching up":  # its state was of the owner that has ended
                self._discard(standby)
                self._standbys.remove(standby)

    def _check_standbys(self) -> None:
        """Start missing standbys and let them follow the owner, one after the other: each takes CPU from the calls."""
        for standby in list(self._standbys):
            if standby.process.poll() is not None:
                self._discard(standby)
                self._standbys.remove(standby)
                self._standby_retry_at = time.monotonic() + RETRY_SECONDS[-2]
        owner = self._owner
        if owner is None or owner.role != "leading":
            return
        roles = [standby.role for standby in self._standbys]
        wanted = 1 if self._handing_over else self._settings.standby_count
        if "catching up" not in roles:
            for role in ("behind", "ready"):
                if role in roles:
                    self._follow(owner, self._standbys[roles.index(role)])
                    return
        is_busy = "starting" in roles or "catching up" in roles
        if len(roles) < wanted and not is_busy and time.monotonic() >= self._standby_retry_at:
            self._standbys.append(self._spawn())

    @staticmethod
    def _follow(owner: ChildProcess, standby: ChildProcess) -> None:
        owner_end, standby_end = socket.socketpair()
        standby.role = "catching up"
        owner.channel.send("give", descriptor=owner_end.fileno())
        standby.channel.send("follow", descriptor=standby_end.fileno())
        owner_end.close()
        standby_end.close()

    def _reload(self) -> None:
        """Read the settings again and start a process that uses them in place of the current one."""
        try:
            settings = self._read_settings()
            sockets = open_sockets(settings, self._sockets)
        except FanzhaError as error:
            self._report(f"settings stay as they were 设置未变: {error}")
            return
        for removed in set(self._sockets) - set(sockets):
            self._sockets[removed].close()
        self._settings, self._sockets, self._handing_over = settings, sockets, True
        for standby in self._standbys:
            self._discard(standby)
        self._standbys = []
        self._report("settings read again; handing over 已重读设置，正在交接")

    def _spawn(self) -> ChildProcess:
        remove_stale_sockets(processes_folder())
        channel, child_end = open_channel()
        files = {address.name: opened.fileno() for address, opened in self._sockets.items()}
        variables = {"FANZHA_SCREEN_WIRE": str(child_end.fileno()), "FANZHA_SCREEN_SOCKETS": _encode_sockets(files)}
        process = subprocess.Popen(
            self._command,
            env={**os.environ, **variables},
            pass_fds=(child_end.fileno(), *files.values()),
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a terminal's Ctrl-C is for the supervisor
        )
        child_end.close()
        child = ChildProcess(process, channel)
        self._selector.register(channel.socket, selectors.EVENT_READ, child)
        return child

    def _discard(self, child: ChildProcess) -> None:
        if child.channel.socket in self._selector.get_map():
            self._selector.unregister(child.channel.socket)
        child.kill()

    def _stop(self) -> None:
        self._notifier.send("STOPPING=1")
        children = [process for process in (self._owner, *self._standbys) if process is not None]
        for child in children:
            try:
                child.channel.send("stop")
            except ChannelClosed:
                continue
        for child in children:
            try:
                child.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._report(f"had to be ended 被强制结束: pid {child.process.pid}")
            child.kill()
        for opened in self._sockets.values():
            opened.close()
        signal.set_wakeup_fd(-1)
        self._report("stopped 已停止")


def wait_for_sockets(settings: ScreenSettings) -> dict[ListenAddress, socket.socket]:
    """Open all sockets; wait for ports that the processes of a killed supervisor are about to free."""
    end = time.monotonic() + float(os.environ.get(PORTS_VARIABLE, "0"))
    while True:
        try:
            return open_sockets(settings)
        except FanzhaError:
            if time.monotonic() >= end:
                raise
        time.sleep(POLL_SECONDS)


def _encode_sockets(files: Mapping[str, int]) -> str:
    return ";".join(f"{name}={number}" for name, number in files.items())


def child_command() -> list[str]:
    """Return the command that starts an owner process of this installation."""
    return [sys.executable, "-m", "fanzha.screen.site.owner_process"]
