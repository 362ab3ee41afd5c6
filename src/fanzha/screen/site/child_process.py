"""One owner process as its supervisor sees it: its role, its last message, and whether it hangs."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from fanzha.screen.site.control_channel import ControlChannel

SILENT_SECONDS = 0.25  # a silent, idle owner counts as hung after this
BUSY_SECONDS = 2.0  # a silent, busy owner counts as hung after this
ALONE_SECONDS = 10.0  # an owner without a standby counts as hung after this
#: Roles of a standby, the one that loses least first. `behind`: its owner ended; it has the state until then.
TAKEOVER_ORDER = ("following", "behind", "catching up", "ready", "starting")


class ProcessHandle(Protocol):
    """A started or adopted process, as subprocess.Popen has it."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def kill(self) -> None: ...


@dataclass
class ChildProcess:
    """One owner process: its role and its last message."""

    process: ProcessHandle
    channel: ControlChannel
    role: str = "starting"  # one of TAKEOVER_ORDER, taking over, leading, stopping
    has_followed: bool = False  # whether it has had the state of an owner
    last_heard: float = field(default_factory=time.monotonic)
    cpu_ticks: int = 0  # clock ticks of CPU at its last message

    def record_activity(self) -> None:
        """Record a received message."""
        self.last_heard, self.cpu_ticks = time.monotonic(), self._process_state()[1]

    def is_hung(self, now: float, *, alone: bool) -> bool:
        """Return whether the process is hung: silent for long, and neither working nor waiting for a CPU."""
        silent = now - self.last_heard
        if silent < SILENT_SECONDS or alone:
            return alone and silent > ALONE_SECONDS
        state, cpu_ticks = self._process_state()
        idle = state in "TtZX" or (state != "R" and cpu_ticks == self.cpu_ticks)
        return idle or silent > BUSY_SECONDS

    def is_stopped(self) -> bool:
        """Return whether the process was stopped by a signal, or has ended."""
        return self._process_state()[0] in "TtZX"

    def _process_state(self) -> tuple[str, int]:
        """Return the state of the process and its clock ticks of CPU (proc(5), stat)."""
        try:
            text = Path(f"/proc/{self.process.pid}/stat").read_text()
        except OSError:
            return "X", 0
        fields = text.rpartition(")")[2].split()
        return fields[0], int(fields[11]) + int(fields[12])

    def kill(self) -> None:
        """Kill the process and close the channel."""
        self.process.kill()
        self.process.wait()
        self.channel.socket.close()
