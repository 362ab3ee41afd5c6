"""The unit of a screen is one that systemd accepts, with priority, restart, limits and least privileges."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fanzha.screen.site.systemd_unit import UnitOptions, render_unit

OPTIONS = UnitOptions(
    command=(sys.executable, "-m", "fanzha", "screen", "run", "/etc/fanzha/a $creen %1.toml"),
    environment={"FANZHA_HOME": "/var/lib/fanzha"},
    writable=("/var/lib/fanzha",),
    user="root",
    cpus="0,1",
    memory_max="8G",
)


def assignments(text: str) -> dict[str, str]:
    """Return the assignments of a unit."""
    return dict(re.findall(r"^(\w+)=(.*)$", text, re.M))


def test_a_system_unit_has_priority_restart_watchdog_and_limits() -> None:
    unit = assignments(render_unit(OPTIONS))
    wanted = {
        "Type": "notify",
        "Restart": "always",
        "StartLimitIntervalSec": "0",
        "WatchdogSec": "10",
        "KillMode": "process",
        "CPUSchedulingPolicy": "rr",
        "LimitRTPRIO": unit["CPUSchedulingPriority"],
        "CPUAffinity": "0,1",
        "MemoryMax": "8G",
        "User": "root",
        "NoNewPrivileges": "yes",
        "AmbientCapabilities": "",
        "CapabilityBoundingSet": "",
        "WantedBy": "multi-user.target",
    }
    assert {name: unit.get(name) for name in wanted} == wanted
    assert unit["ExecStart"].endswith('"/etc/fanzha/a $$creen %%1.toml"')


def test_a_low_port_needs_one_capability_and_no_root() -> None:
    unit = assignments(render_unit(OPTIONS._replace(low_port=True)))
    assert unit["AmbientCapabilities"] == unit["CapabilityBoundingSet"] == "CAP_NET_BIND_SERVICE"


def test_a_user_unit_asks_for_nothing_that_a_user_may_not_have() -> None:
    unit = assignments(render_unit(OPTIONS._replace(system=False, cpus="")))
    assert not {"User", "CPUSchedulingPolicy", "CPUAffinity", "AmbientCapabilities", "ProtectSystem"} & {*unit}
    assert unit["WantedBy"] == "default.target" and unit["Restart"] == "always"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("system", [True, False])
def test_systemd_accepts_the_unit(tmp_path: Path, system: bool) -> None:
    path = tmp_path / "fanzha-screen.service"
    path.write_text(render_unit(OPTIONS._replace(system=system)), encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(path)]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)
    complaints = [line for line in verified.stderr.splitlines() if "fanzha-screen" in line]
    assert complaints == [] and verified.returncode == 0, verified.stderr
