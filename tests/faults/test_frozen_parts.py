"""A part that is stopped (SIGSTOP) and not resumed: the others go on, and it is replaced."""

import os
import re
import signal
from pathlib import Path

import pytest
from tests.faults.screens import SETTINGS
from tests.faults.sites import check_complete, get, home, template, write_findings
from tests.faults.test_database import start_import
from tests.field.screens import Caller, Screen, publish, treatment, until
from tests.field.test_screen_snapshot import refuse
from tests.free_ports import free_port
from tests.run.running_site import start_site

pytestmark = pytest.mark.faults
__all__ = ["home", "template"]

LISTED = "+12125550100"
#: Within it a frozen part is noticed and five processes have started anew at once, on two cores that do other work too.
RESTART_SECONDS = 180


def test_frozen_parts_of_the_site_are_replaced_and_lose_nothing(home: Path, tmp_path: Path) -> None:
    port = free_port()
    with start_site(home, port) as site:
        site.wait_for_output("answering: (.*)")
        names = ("worker", "importer", "regular jobs", "后台任务 jobs")
        frozen = {name: site.pid(name) for name in names}
        web = web_worker(site.pid("site"))
        for pid in (*frozen.values(), web):
            os.kill(pid, signal.SIGSTOP)
        running = start_import(home, write_findings(tmp_path / "f.jsonl", 500))
        for name, pid in frozen.items():
            assert site.pid(name, 2) != pid
        until(lambda: not Path(f"/proc/{web}").exists(), RESTART_SECONDS)
        until(lambda: get(port, "/readyz", seconds=3)[0] == 200, RESTART_SECONDS)
        running.communicate(timeout=RESTART_SECONDS)  # what the importer handed over stays if it ended
        until(lambda: not any((home / "spool").rglob("*.jsonl")), RESTART_SECONDS)
    check_complete(home, 500)


def web_worker(pid: int) -> int:
    """Return the process that answers requests, a child of the site's process."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        if "resource_tracker" not in Path(f"/proc/{child}/cmdline").read_text():
            return int(child)
    raise AssertionError("the site has no worker")


def test_a_frozen_standby_delays_no_call_and_the_other_takes_over(tmp_path: Path) -> None:
    ports = free_port(), free_port()
    publish(tmp_path / "home", refuse(LISTED))
    caller = Caller(ports[0])
    with Screen(tmp_path, SETTINGS.format(*ports)) as screen:
        screen.wait_for_standby()
        standbys = list(map(int, re.findall(r"standby follows .*: pid (\d+)", screen.said())))
        os.kill(standbys[0], signal.SIGSTOP)
        assert [treatment(caller.call(LISTED)) for _ in range(20)] == ["603"] * 20
        os.kill(screen.owner, signal.SIGKILL)
        for _ in range(20):
            assert treatment(caller.call(LISTED)) == "603"
        os.kill(standbys[0], signal.SIGCONT)
    caller.close()


@pytest.mark.long
def test_a_frozen_supervisor_of_a_screen_delays_no_call(tmp_path: Path) -> None:
    ports = free_port(), free_port()
    publish(tmp_path / "home", refuse(LISTED))
    caller = Caller(ports[0])
    with Screen(tmp_path, SETTINGS.format(*ports)) as screen:
        screen.wait_for_standby()
        screen.signal(signal.SIGSTOP)
        assert [treatment(caller.call(LISTED)) for _ in range(50)] == ["603"] * 50
        screen.signal(signal.SIGCONT)
        os.kill(screen.owner, signal.SIGKILL)
        assert treatment(caller.call(LISTED)) == "603"
    caller.close()


@pytest.mark.long
def test_a_frozen_publisher_leaves_the_screens_what_they_have(home: Path) -> None:
    from tests.faults.commands import check_done, fanzha
    from tests.faults.killed import start

    check_done(fanzha(home, "snapshot", "build"))
    running = start(home, "snapshot", "build")
    running.send_signal(signal.SIGSTOP)
    check_done(fanzha(home, "snapshot", "verify"))
    running.send_signal(signal.SIGCONT)
    assert running.wait(60) == 0
    check_done(fanzha(home, "snapshot", "verify"))
