"""A full disk: what was there stays, what fails says so, and the same command afterwards comes to the same."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.base.test_kernel_cache import run as call_kernel
from tests.faults.calls import findings, write_calls
from tests.faults.commands import check_done, check_told, fanzha, leftovers
from tests.faults.disks import SmallDisk
from tests.faults.screens import SETTINGS, metric
from tests.faults.sites import OWNER, check_complete, get, template, write_findings
from tests.field.screens import Caller, Screen, publish, treatment, until
from tests.field.test_screen_snapshot import refuse
from tests.free_ports import free_port
from tests.run.running_site import migrate_site, start_site

from fanzha.store.evidence_files import find_file, store_file
from fanzha.store.snapshots import SnapshotStore

pytestmark = pytest.mark.faults
__all__ = ["template"]

MakeDisk = Callable[[str, int], SmallDisk]
LISTED = "+12125550100"


def test_analyze_stops_in_words_and_resumes_to_the_same_findings(make_disk: MakeDisk, tmp_path: Path) -> None:
    source, home = write_calls(tmp_path / "calls.csv", 20_000), tmp_path / "home"
    chosen = (source, "--detector", "gateway-guard", "--json", "--out")
    disk = make_disk("disk", 16)
    check_done(fanzha(home, "analyze", *chosen, tmp_path / "whole"))
    for leave in (100_000, 1_500_000):
        disk.fill(leave)
        check_told(fanzha(home, "analyze", *chosen, disk.folder / "out"), "make room")
        disk.free()
    assert not (disk.folder / "out" / "findings.parquet").exists()
    check_done(fanzha(home, "analyze", *chosen, disk.folder / "out"))
    assert findings(disk.folder / "out") == findings(tmp_path / "whole") != []
    assert not leftovers(disk.folder)


def test_a_full_cache_of_compiled_code_stops_nothing(make_disk: MakeDisk, tmp_path: Path) -> None:
    disk = make_disk("cache", 1)
    disk.fill()
    output, errors = call_kernel(tmp_path)
    assert output == "10 1" and "No space left" in errors and "XDG_CACHE_HOME" in errors
    disk.free()
    assert call_kernel(tmp_path) == ("10 1", "")
    assert call_kernel(tmp_path) == ("10 0", "")


def test_a_snapshot_is_published_whole_or_not_at_all(make_disk: MakeDisk) -> None:
    disk = make_disk("home", 4)
    publish(disk.folder, refuse(LISTED))
    disk.fill(2_000)
    check_told(fanzha(disk.folder, "snapshot", "build"), "make room")
    store = SnapshotStore(disk.folder / "snapshots")
    current = store.current()
    assert current is not None and current.sequence == 1 and not leftovers(disk.folder)
    disk.free()
    check_done(fanzha(disk.folder, "snapshot", "build"))
    current = store.current()
    assert current is not None and current.sequence == 2


def test_a_screen_answers_every_call_and_counts_the_records_that_it_cannot_write(
    make_disk: MakeDisk, tmp_path: Path
) -> None:
    disk, ports = make_disk("screen/home", 16), (free_port(), free_port())
    publish(disk.folder, refuse(LISTED))
    caller = Caller(ports[0])
    with Screen(
        tmp_path / "screen", "standby = false\n[rules]\nseconds_between_saves = 1\n" + SETTINGS.format(*ports)
    ) as screen:
        assert treatment(caller.call(LISTED)) == "603"
        assert metric(screen, ports[1], "log_lost_total") == 0
        disk.fill()
        for number in range(40):
            assert treatment(caller.call(LISTED if number % 2 else "+12125550199")) == (
                "603" if number % 2 else "label"
            )
        until(lambda: metric(screen, ports[1], "log_lost_total") > 0)
        until(lambda: "state not saved" in screen.said())
        assert not leftovers(disk.folder)
        disk.free()
        lost = metric(screen, ports[1], "log_lost_total")
        before = screen.logged().count("+12125550177")
        assert treatment(caller.call("+12125550177")) == "label"
        until(lambda: screen.logged().count("+12125550177") > before)
        assert metric(screen, ports[1], "log_lost_total") == lost
    caller.close()


def test_settings_of_a_screen_stay_as_they_were(make_disk: MakeDisk) -> None:
    disk = make_disk("home", 1)
    words = ("screen", "key", "add", "--scope", "metrics", "--by", "test")
    check_done(fanzha(disk.folder, *words, "first"))
    before = {path: path.read_bytes() for path in (disk.folder / "keys").iterdir()}
    disk.fill()
    check_told(fanzha(disk.folder, *words, "second"), "make room")
    check_told(fanzha(disk.folder, "screen", "off", "all", "--by", "test", "--why", "test"), "make room")
    assert {path: path.read_bytes() for path in (disk.folder / "keys").iterdir()} == before
    disk.free()
    check_done(fanzha(disk.folder, *words, "second"))


def test_a_backup_is_written_whole_or_not_at_all(make_disk: MakeDisk, tmp_path: Path) -> None:
    home, disk = tmp_path / "home", make_disk("backups", 2)
    migrate_site(home)
    recipient = check_done(fanzha(home, "backup-key", "new", tmp_path / "key")).split()[-1]
    disk.fill(20_000)
    target = disk.folder / "site.backup"
    check_told(fanzha(home, "backup", target, "--recipient", recipient), "make room")
    assert [path.name for path in disk.folder.iterdir()] == ["filler"]
    disk.free()
    check_done(fanzha(home, "backup", target, "--recipient", recipient))
    assert target.is_file()


def test_evidence_is_kept_whole_or_not_at_all(make_disk: MakeDisk) -> None:
    disk = make_disk("home", 1)
    kept = store_file([b"a photo" * 1_000], disk.folder)
    disk.fill(20_000)
    with pytest.raises(OSError, match="No space left"):
        store_file([b"another" * 10_000], disk.folder)
    assert find_file(kept, disk.folder) and not leftovers(disk.folder)
    disk.free()
    assert find_file(store_file([b"another" * 10_000], disk.folder), disk.folder)


def test_a_site_answers_503_until_there_is_room_and_loses_nothing(
    make_disk: MakeDisk, template: Path, tmp_path: Path
) -> None:
    disk, port = make_disk("disk", 64), free_port()
    home = Path(shutil.copytree(template, disk.folder / "home"))
    file = write_findings(tmp_path / "f.jsonl", 300)
    with start_site(home, port) as site:
        site.wait_for_output("answering: (.*)")
        disk.fill()
        until(lambda: get(port, "/readyz")[0] == 503)
        assert get(port, "/healthz")[0] == 200
        check_told(fanzha(home, "import", "findings", file, "--as", OWNER), "make room")
        disk.free()
        until(lambda: get(port, "/readyz")[0] == 200)
        check_done(fanzha(home, "import", "findings", file, "--as", OWNER))
    check_complete(home, 300)
