"""Looks are queued once, recorded with parts and findings, and handed on with their evidence."""

from pathlib import Path

import msgspec
import pytest
from django.utils import timezone
from tests.command.captures.looks_made import SCRIPT, URL, make_record, seen, write_evidence
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.captures.models import Capture, CapturedAsset, CaptureState
from fanzha.command.captures.services import (
    list_assets,
    open_site_process,
    record_outcomes,
    remove_orphans,
    request_look,
    request_looks_at_hosts,
)
from fanzha.command.processes.selectors import find_instances
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes.refusal import Refusal
from fanzha.store.look_queue import evidence_folder, open_look_queue
from fanzha.store.look_record import IconFacts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_look_is_queued_once_and_on_record(world: World) -> None:
    first = request_look(world["carrier"], URL, "report", about="r1")
    again = request_look(world["carrier"], URL, "watch")
    assert first.pk == again.pk and first.host == "login.bank-example.test"
    with open_look_queue() as queue:
        assert queue.count_waiting() == 1
        assert queue.begin(0) == (first.ref, URL)
    with unscoped("test"):
        assert LogEntry.objects.filter(kind="look_requested", about=first.ref).count() == 1


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "javascript:alert(1)", "http://", "http://a b/", "bank.example", "http://[x/"]
)
def test_what_is_no_page_is_refused(world: World, url: str) -> None:
    with pytest.raises(Refusal):
        request_look(world["carrier"], url, "desk")


def test_new_hosts_are_looked_at_once_a_day_where_looks_are_enabled(world: World, home: Path) -> None:
    now, hosts = timezone.now(), ["a.example", "b.example", "a.example"]
    assert request_looks_at_hosts(world["carrier"], hosts, now) == 0
    (home / "fanzha.toml").write_text("[look]\nenabled = true\n")
    assert request_looks_at_hosts(world["carrier"], hosts, now) == 2
    assert request_looks_at_hosts(world["carrier"], [*hosts, "c.example"], now) == 1
    assert request_looks_at_hosts(world["carrier"], ["-bank.example", "bank-.example", "d.example"], now) == 1


def test_a_look_that_was_lost_from_the_queue_is_queued_again(world: World, home: Path) -> None:
    request_look(world["carrier"], URL, "desk")
    (home / "look-queue" / "looks.sqlite3").unlink()
    record_outcomes(timezone.now())
    with open_look_queue() as queue:
        assert queue.count_waiting() == 1


def test_a_page_is_recorded_with_parts_and_findings(world: World, home: Path) -> None:
    capture = seen(world["carrier"])
    assert (capture.state, capture.is_cloaked, capture.asks) == (CaptureState.SEEN, True, ["card", "sms_code"])
    assert capture.brand == "bank.example" and capture.score == 0.95 and len(capture.manifest) == 64
    with unscoped("test"):
        assets = set(CapturedAsset.objects.values_list("kind", "value"))
    assert {("script", SCRIPT), ("target", "collector.example")} <= assets
    spooled = b"".join(path.read_bytes() for path in home.rglob("spool/**/*") if path.is_file())
    assert b"page-look" in spooled and f"script:{SCRIPT}".encode() in spooled


def test_a_harmless_page_has_no_finding_of_its_own(world: World) -> None:
    capture = seen(world["carrier"], make_record(asks=(), cloaked=False))
    assert capture.state == CaptureState.SEEN and not capture.asks and not capture.brand


def test_parts_of_harmless_pages_tie_nothing(world: World, home: Path) -> None:
    harmless = "http://shop.example/"
    seen(world["carrier"], make_record(harmless, asks=(), cloaked=False), harmless)
    with unscoped("test"):
        Capture.objects.update(score=None)
    before = set(home.rglob("spool/**/*"))
    seen(world["carrier"])
    after = set(home.rglob("spool/**/*")) - before
    spooled = b"".join(path.read_bytes() for path in after if path.is_file())
    assert f"script:{SCRIPT}".encode() not in spooled and b"target:collector.example" in spooled


def test_the_icon_of_an_imitated_brand_ties_nothing(world: World, home: Path) -> None:
    phone = make_record().visits[1]
    icon = IconFacts(f"{URL}i.png", "cd" * 32, 7, "00" * 32)
    visits = (msgspec.structs.replace(phone, icon=icon),)
    for brands, is_tie in ((make_record().brands, False), ((), True)):
        before = set(home.rglob("spool/**/*"))
        seen(world["carrier"], visits=visits, brands=brands)
        spooled = b"".join(path.read_bytes() for path in set(home.rglob("spool/**/*")) - before if path.is_file())
        assert (f"icon:{icon.sha256}".encode() in spooled) is is_tie


def test_a_look_without_evidence_says_why(world: World) -> None:
    capture = request_look(world["carrier"], URL, "desk")
    with open_look_queue() as queue:
        queue.begin(0)
        queue.end(capture.ref, 1_795_998_000_000, "time")
    record_outcomes(timezone.now())
    capture.refresh_from_db()
    assert (capture.state, capture.problem) == (CaptureState.FAILED, "time")


def test_damaged_evidence_is_a_failure(world: World) -> None:
    capture = request_look(world["carrier"], URL, "desk")
    (write_evidence(capture.ref, make_record()) / "look.json").write_bytes(b"{")
    record_outcomes(timezone.now())
    capture.refresh_from_db()
    assert capture.state == CaptureState.FAILED


def test_a_page_is_handed_on_once_with_its_evidence(world: World) -> None:
    capture = seen(world["carrier"])
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        ref = open_site_process(viewer, capture, victims=True)
        capture.refresh_from_db()
        assert capture.process == ref
        with pytest.raises(Refusal):
            open_site_process(viewer, capture, victims=True)
    with scoped_to(viewer):
        assert find_instances().get(ref=ref).state == "analysed"


def test_two_clicks_at_once_open_one_process(world: World) -> None:
    capture, viewer = seen(world["carrier"]), world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        ref = open_site_process(viewer, capture, victims=False)
        assert capture.process == ""  # as the second request read it
        with pytest.raises(Refusal, match="handed on before"):
            open_site_process(viewer, capture, victims=False)
        capture.refresh_from_db()
        assert capture.process == ref and find_instances().count() == 1


def test_findings_are_there_before_the_look_is_recorded(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(_: Capture) -> None:
        raise OSError("killed")

    capture = request_look(world["carrier"], URL, "desk")
    write_evidence(capture.ref, make_record())
    with monkeypatch.context() as patch, pytest.raises(OSError, match="killed"):
        patch.setattr(Capture, "save", save)
        record_outcomes(timezone.now())
    before = [path.name for path in home.rglob("spool/**/*") if path.is_file()]
    record_outcomes(timezone.now())
    capture.refresh_from_db()
    assert before and before == [path.name for path in home.rglob("spool/**/*") if path.is_file()]
    assert capture.state == CaptureState.SEEN


def test_a_look_that_cannot_be_recorded_holds_up_no_other(world: World) -> None:
    bad, good = request_look(world["carrier"], URL, "desk"), request_look(world["carrier"], f"{URL}2", "desk")
    broken = make_record()
    visits = tuple(msgspec.structs.replace(visit, final_url="http://[x/") for visit in broken.visits)
    write_evidence(bad.ref, msgspec.structs.replace(broken, visits=visits))
    write_evidence(good.ref, make_record())
    record_outcomes(timezone.now())
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == (CaptureState.FAILED, CaptureState.SEEN)


def test_a_look_that_saw_nothing_is_not_handed_on(world: World) -> None:
    capture = request_look(world["carrier"], URL, "desk")
    with pytest.raises(Refusal):
        open_site_process(world.viewer("carrier", Role.ANALYST), capture, victims=False)


def test_evidence_goes_when_its_look_is_gone(world: World) -> None:
    import os

    capture = seen(world["carrier"])
    folder = evidence_folder(capture.ref)
    os.utime(folder, (0, 0))
    assert remove_orphans(timezone.now()) == 0
    with unscoped("test"):
        Capture.objects.all().delete()
    assert remove_orphans(timezone.now()) == 1 and not folder.exists()


def test_scripts_of_other_sites_are_no_parts() -> None:
    record = make_record("http://other.example/")
    visit = record.telling_visit
    assert visit is not None
    assert ("script", SCRIPT) in list_assets(record, visit)
    assert ("script", SCRIPT) not in list_assets(record, make_record(URL).visits[0])
