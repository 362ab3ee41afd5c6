"""Tell a service manager that the screen is ready and alive (sd_notify(3)), without a library."""

import contextlib
import os
import socket
import time
from collections.abc import Mapping

_SEND_SECONDS = 0.2  # a manager with a full queue may delay the supervisor by so much


class ServiceNotifier:
    """Sends states to the socket in NOTIFY_SOCKET; does nothing where there is none."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        """Read NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID."""
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._interval_seconds = _watchdog_seconds(environment) / 2
        self._next_beat = 0.0

    @property
    def enabled(self) -> bool:
        """Whether a service manager listens."""
        return bool(self._address)

    def send(self, *states: str) -> None:
        """Send states such as `READY=1`; a service manager that does not listen is no reason to stop."""
        if not self._address:
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.settimeout(_SEND_SECONDS)
            sender.sendto("\n".join(states).encode(), address)

    def beat(self) -> None:
        """Tell the watchdog that the process is alive, if it is time to."""
        now = time.monotonic()
        if self._interval_seconds and now >= self._next_beat:
            self._next_beat = now + self._interval_seconds
            self.send("WATCHDOG=1")


def _watchdog_seconds(environment: Mapping[str, str]) -> float:
    """Return the interval within which the watchdog wants a sign of life, 0 for none (sd_watchdog_enabled(3))."""
    microseconds, pid = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if not microseconds.isdecimal() or (pid and pid != str(os.getpid())):
        return 0.0
    return int(microseconds) / 1_000_000
