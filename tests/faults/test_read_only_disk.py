"""A disk that fails and turns read-only: what runs goes on or says so, and nothing is changed."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults.calls import write_calls
from tests.faults.commands import check_done, check_told, fanzha
from tests.faults.disks import FailingDisk
from tests.faults.screens import SETTINGS, metric
from tests.faults.sites import OWNER, check_complete, get, template, write_findings
from tests.field.screens import Caller, Screen, publish, treatment, until
from tests.field.test_screen_snapshot import refuse
from tests.free_ports import free_port
from tests.run.running_site import start_site

pytestmark = pytest.mark.faults
__all__ = ["template"]

MakeDisk = Callable[[str, int], FailingDisk]
LISTED = "+12125550100"


def test_analyze_says_that_it_cannot_write(make_failing_disk: MakeDisk, tmp_path: Path) -> None:
    disk = make_failing_disk("disk", 16)
    disk.fail()
    done = fanzha(tmp_path / "home", "analyze", write_calls(tmp_path / "calls.csv", 10), "--out", disk.folder / "out")
    check_told(done, "results cannot be written there", "name another folder", code=2)


def test_a_screen_answers_and_also_starts_anew(make_failing_disk: MakeDisk, tmp_path: Path) -> None:
    disk, ports = make_failing_disk("screen/home", 32), (free_port(), free_port())
    publish(disk.folder, refuse(LISTED))
    caller = Caller(ports[0])
    settings = "standby = false\n" + SETTINGS.format(*ports)
    with Screen(tmp_path / "screen", settings) as screen:
        assert treatment(caller.call(LISTED)) == "603"
        assert metric(screen, ports[1], "log_lost_total") == 0
        disk.fail()
        assert [treatment(caller.call(number)) for number in (LISTED, "+12125550199")] == ["603", "label"]
        until(lambda: metric(screen, ports[1], "log_lost_total") > 0)
    with Screen(tmp_path / "screen", settings):
        assert [treatment(caller.call(number)) for number in (LISTED, "+12125550199")] == ["603", "label"]
    caller.close()


def test_commands_that_change_the_state_folder_say_so_and_change_nothing(make_failing_disk: MakeDisk) -> None:
    disk = make_failing_disk("home", 16)
    publish(disk.folder, refuse(LISTED))
    disk.fail()
    for words in (
        ("snapshot", "build"),
        ("screen", "key", "add", "first", "--scope", "metrics", "--by", "test"),
        ("screen", "off", "all", "--by", "test", "--why", "test"),
    ):
        check_told(fanzha(disk.folder, *words), "mount it for writing")
    check_done(fanzha(disk.folder, "snapshot", "verify"))


@pytest.mark.long
def test_a_site_answers_503_until_the_disk_is_repaired_and_loses_nothing(
    make_failing_disk: MakeDisk, template: Path, tmp_path: Path
) -> None:
    disk, port = make_failing_disk("disk", 96), free_port()
    home = Path(shutil.copytree(template, disk.folder / "home"))
    os.sync()  # a copy that no program flushed would be lost with the disk
    first, second = write_findings(tmp_path / "first.jsonl", 300), write_findings(tmp_path / "second.jsonl", 500)
    with start_site(home, port) as site:
        site.wait_for_output("answering: (.*)")
        check_done(fanzha(home, "import", "findings", first, "--as", OWNER))
        disk.fail()
        until(lambda: get(port, "/readyz")[0] == 503)
        assert get(port, "/healthz")[0] == 200
        done = fanzha(home, "import", "findings", second, "--as", OWNER)
        assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    disk.repair()
    check_complete(home, 300)
    with start_site(home, port) as site:
        site.wait_for_output("answering: (.*)")
        assert get(port, "/readyz")[0] == 200
