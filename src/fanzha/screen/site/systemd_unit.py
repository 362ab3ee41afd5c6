"""The systemd unit of a screen: real-time priority, CPUs, restart, memory limit, watchdog, least privileges."""

import shlex
from typing import NamedTuple

from fanzha.screen.site.priority import SUPERVISOR

#: Seconds: the watchdog ends a supervisor that is silent for so long; the first start compiles for minutes.
WATCHDOG_SECONDS, START_SECONDS, STOP_SECONDS = 10, 900, 45

_HEAD = """\
# Written by `fanzha screen install`. 由 fanzha screen install 生成。
[Unit]
Description=Fanzha screen of calls 反诈实时筛查
Documentation=man:sched(7) man:systemd.exec(5)
{after}StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
Environment={environment}
TimeoutStartSec={start_seconds}
TimeoutStopSec={stop_seconds}

# Restarted after every exit; a supervisor that hangs is killed.
Restart=always
RestartSec=100ms
WatchdogSec={watchdog_seconds}

# The owner keeps answering while its supervisor restarts and adopts it; alone it ends after half a minute.
KillMode=process

# When memory ends, one process is ended and another takes over.
MemoryMax={memory_max}
OOMPolicy=continue
"""

_AFTER = "After=network-online.target time-sync.target\nWants=network-online.target\n"

_REAL_TIME = """
# The supervisor raises the owner above its standbys; RLIMIT_RTPRIO permits it without root.
CPUSchedulingPolicy=rr
CPUSchedulingPriority={priority}
LimitRTPRIO={priority}
"""

_LEAST_PRIVILEGES = """
# Least privileges.
NoNewPrivileges=yes
UMask=0077
LimitCORE=0
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
"""

_SYSTEM_ONLY = """\
User={user}
AmbientCapabilities={capabilities}
CapabilityBoundingSet={capabilities}
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={writable}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
"""


class UnitOptions(NamedTuple):
    """What a unit depends on. `cpus` is a list such as `2,3` ("": all), `memory_max` a size or share of memory."""

    command: tuple[str, ...]
    environment: dict[str, str]
    writable: tuple[str, ...]
    system: bool = True
    user: str = "fanzha"
    cpus: str = ""
    memory_max: str = "75%"
    low_port: bool = False  # a listener's port is below 1024


def render_unit(options: UnitOptions) -> str:
    """Return the text of a unit; a unit of the user manager has no real-time priority of its own and no other user."""
    text = _HEAD.format(
        after=_AFTER if options.system else "",
        command=" ".join(map(_quote, options.command)),
        environment=" ".join(_quote(f"{name}={value}") for name, value in options.environment.items()),
        start_seconds=START_SECONDS,
        stop_seconds=STOP_SECONDS,
        watchdog_seconds=WATCHDOG_SECONDS,
        memory_max=options.memory_max,
    )
    if options.cpus:
        text += f"\nCPUAffinity={options.cpus}\n"
    if options.system:
        text += _REAL_TIME.format(priority=SUPERVISOR)
    text += _LEAST_PRIVILEGES
    if options.system:
        text += _SYSTEM_ONLY.format(
            user=options.user,
            capabilities="CAP_NET_BIND_SERVICE" if options.low_port else "",
            writable=" ".join(_quote(f"-{path}") for path in options.writable),
        )
    return f"{text}\n[Install]\nWantedBy={'multi-user.target' if options.system else 'default.target'}\n"


def _quote(word: str) -> str:
    """Return a word as a unit file writes it (systemd.syntax(7)): `%` and `$` have a meaning there."""
    word = word.replace("\\", "\\\\").replace("%", "%%")
    plain = shlex.quote(word) == word
    return word if plain else '"' + word.replace('"', '\\"').replace("$", "$$") + '"'
