"""A wall clock that steps forward or back: no right comes back, nothing is deleted, the same is found."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.faults.calls import findings, write_calls
from tests.faults.clocks import fake_clock
from tests.faults.commands import check_done, fanzha
from tests.faults.sites import OWNER, check_complete, get, home, template, write_findings
from tests.field.screens import until
from tests.free_ports import free_port
from tests.run.running_site import TOP, environment, start_site

pytestmark = pytest.mark.faults
__all__ = ["home", "template"]

DAY = 86_400
STEPS = [pytest.param(2 * DAY, id="forward"), pytest.param(-2 * DAY, id="back")]


@pytest.mark.long
@pytest.mark.parametrize("seconds", STEPS)
def test_an_analysis_finds_the_same(seconds: int, tmp_path: Path) -> None:
    source, home = write_calls(tmp_path / "calls.csv", 5_000), tmp_path / "home"
    chosen = ("analyze", source, "--detector", "gateway-guard", "--json", "--out")
    check_done(fanzha(home, *chosen, tmp_path / "whole"))
    with fake_clock(tmp_path / "clock") as clock:
        command = [sys.executable, "-m", "fanzha", *map(str, chosen), str(tmp_path / "out")]
        running = subprocess.Popen(command, env=environment(home), cwd=TOP, stdout=subprocess.DEVNULL)
        until(lambda: (tmp_path / "out" / ".work").exists() or running.poll() is not None)
        clock.step(seconds)
        assert running.wait(240) == 0
    assert findings(tmp_path / "out") == findings(tmp_path / "whole") != []


@pytest.mark.long
@pytest.mark.parametrize("seconds", STEPS)
def test_a_site_goes_on_and_imports_each_finding_once(seconds: int, home: Path, tmp_path: Path) -> None:
    port, file = free_port(), write_findings(tmp_path / "f.jsonl", 300)
    with fake_clock(tmp_path / "clock") as clock, start_site(home, port) as site:
        site.wait_for_output("answering: (.*)")
        check_done(fanzha(home, "import", "findings", file, "--as", OWNER))
        clock.step(seconds)
        assert get(port, "/readyz")[0] == 200
        check_done(fanzha(home, "import", "findings", file, "--as", OWNER))
        check_done(fanzha(home, "snapshot", "build"))
        clock.step(0)
        assert get(port, "/readyz")[0] == 200
        check_done(fanzha(home, "snapshot", "build"))
        assert not [line for line in site.lines if " ended (" in line]
        assert site.stop(signal.SIGTERM) == 0
    check_complete(home, 300)
