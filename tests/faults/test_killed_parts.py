"""Parts killed (SIGKILL) anywhere: what they write is there whole or not at all, and the next run comes to the same."""

import os
import signal
from pathlib import Path

import pytest
from tests.faults.commands import check_done, fanzha
from tests.faults.killed import kill_anywhere, start
from tests.faults.sites import OWNER, check_complete, get, home, template, write_findings
from tests.faults.test_frozen_parts import web_worker
from tests.field.screens import until
from tests.free_ports import free_port
from tests.run.running_site import start_site

from fanzha.store.snapshots import SnapshotStore

pytestmark = pytest.mark.faults
__all__ = ["home", "template"]


@pytest.mark.long
def test_every_part_of_the_site_is_started_again_and_loses_nothing(home: Path, tmp_path: Path) -> None:
    port = free_port()
    with start_site(home, port) as site:
        site.wait_for_output("answering: (.*)")
        web = web_worker(site.pid("site"))
        file = write_findings(tmp_path / "f.jsonl", 2_000)
        running = start(home, "import", "findings", file, "--as", OWNER)
        until(lambda: any((home / "spool").rglob("*.jsonl")) or running.poll() is not None)
        for name in ("worker", "importer", "regular jobs", "后台任务 jobs"):
            os.kill(site.pid(name), signal.SIGKILL)
            assert site.pid(name, 2)
        os.kill(web, signal.SIGKILL)
        until(lambda: get(port, "/readyz", seconds=3)[0] == 200)
        until(lambda: not any((home / "spool").rglob("*.jsonl")))
        running.kill()
        running.wait()
    check_complete(home, 2_000)


@pytest.mark.long
def test_nothing_outlives_a_killed_supervisor_of_the_site_and_it_starts_again(home: Path) -> None:
    port = free_port()
    with start_site(home, port) as site:
        site.wait_for_output("answering: (.*)")
        pids = [site.pid(name) for name in ("site", "worker", "importer", "regular jobs", "后台任务 jobs")]
        pids.append(web_worker(pids[0]))
        site.process.kill()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))
    with start_site(home, port) as site:
        site.wait_for_output("answering: (.*)")
        assert get(port, "/readyz")[0] == 200


@pytest.mark.long
def test_a_killed_build_leaves_the_served_snapshot_whole(home: Path) -> None:
    store = SnapshotStore(home / "snapshots")
    for _ in kill_anywhere(home, "snapshot", "build", kills=12):
        assert store.intact_state() is not None
        current = store.current()
        assert current is not None and len(store.open(current)) == len(current.files)
    check_done(fanzha(home, "snapshot", "build"))
    check_done(fanzha(home, "snapshot", "verify"))


@pytest.mark.long
def test_a_killed_backup_leaves_no_file_that_looks_whole(home: Path, tmp_path: Path) -> None:
    recipient = check_done(fanzha(home, "backup-key", "new", tmp_path / "key")).split()[-1]
    sender = check_done(fanzha(home, "backup-key", "sender")).split()[-1]
    target, identity = tmp_path / "backups" / "site.backup", ("--identity", tmp_path / "key", "--sender", sender)
    target.parent.mkdir()
    for number, _ in enumerate(kill_anywhere(home, "backup", target, "--recipient", recipient, kills=6)):
        check_done(fanzha(tmp_path / f"restored{number}", "restore", target, *identity))
