"""A pack of a real process is checked offline by a bare Python, holds what may be shown, and is on record."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.command.audit.records import draft, record
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.processes.orders_made import issued
from tests.processes.log.packs import contents, zipped

from fanzha.base.errors import NothingUsable
from fanzha.base.marking import Marking
from fanzha.command.audit.models import LogAnchor, LogEntry
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.services import erase_person
from fanzha.command.audit.signing import public_key
from fanzha.command.audit.verification import verify
from fanzha.command.evidence.pack_builder import PACKED, LogNotValid, NeedsSecondPerson, PackRequest, make_pack
from fanzha.command.exports.models import Unmasking
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped


def pack(ref: str, *, personal: bool = False) -> bytes:
    with unscoped("test"):
        return make_pack(PackRequest(ref, "a hearing", "person-1", "organisation-1", personal)).zip


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of a state folder of this test alone."""
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path / "fanzha.toml"


def bare(tmp_path: Path, archive: bytes, *words: str) -> subprocess.CompletedProcess[str]:
    """Unpack the checker and run it as somebody without Fanzha would: no site packages, no environment."""
    (tmp_path / "pack.zip").write_bytes(archive)
    (tmp_path / "verify.py").write_bytes(contents(archive)["verify.py"])
    return subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "pack.zip", *words],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )


def test_anyone_checks_it_offline_with_a_bare_python(world: World, tmp_path: Path) -> None:
    order = issued(world)
    record(3)
    checked = bare(tmp_path, pack(order.ref, personal=True), "--key", public_key())
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "有效 VALID" in checked.stdout and "entries: 2" in checked.stdout and "personal: 1" in checked.stdout
    assert "left_out: []" in checked.stdout


def test_a_pack_that_was_changed_is_refused(world: World, tmp_path: Path) -> None:
    files = contents(pack(issued(world).ref))
    files["entries.jsonl"] = files["entries.jsonl"].replace(b'"event":"approve"', b'"event":"refused"')
    checked = bare(tmp_path, zipped(files), "--key", public_key())
    assert checked.returncode == 1 and "batch 2 entry 0 was changed" in checked.stdout


def test_personal_values_are_in_it_when_asked_for_and_not_erased(world: World) -> None:
    order = issued(world)
    assert b"17000001234" not in pack(order.ref)
    assert b"17000001234" in pack(order.ref, personal=True)
    with unscoped("test"):
        erase_person(order.ref, basis="PIPL Art. 47", actor="", organization="")
    assert b"17000001234" not in pack(order.ref, personal=True)
    assert verify().faults == []


def test_it_says_what_it_is_about_and_that_it_was_made_is_on_record(world: World) -> None:
    order = issued(world)
    about = json.loads(contents(pack(order.ref))["about.json"])
    assert (about["about"], about["purpose"], about["made_by"], about["entries"]) == (
        order.ref,
        "a hearing",
        "person-1",
        2,
    )
    last = LogEntry._base_manager.order_by("place").last()
    assert last is not None and (last.kind, last.about, last.actor) == (PACKED, order.ref, "person-1")
    assert json.loads(last.facts) == {"entries": 2, "personal": 0, "purpose": "a hearing"}


def test_entries_under_several_anchors_are_packed_together(world: World, tmp_path: Path) -> None:
    order = issued(world)
    pack(order.ref)
    second = pack(order.ref)
    assert LogAnchor.objects.count() == 2
    lines = contents(second)["anchors.txt"].decode().splitlines()
    assert len(lines) == 2, "the entry that the first pack left on record lies under the second anchor"
    assert bare(tmp_path, second, "--key", public_key()).returncode == 0


def test_a_receiver_packs_what_he_may_read_and_is_told_of_gaps(world: World, tmp_path: Path) -> None:
    order = issued(world)
    viewer = world.viewer("carrier", Role.REVIEWER)
    with scoped_to(viewer), pytest.raises(NothingUsable):
        make_pack(PackRequest(order.ref, "a hearing", "person-1", world["carrier"].ref), viewer)


@pytest.mark.parametrize("why", ["values", "campaign"])
def test_one_person_takes_out_no_list_of_people(world: World, own_settings: Path, why: str) -> None:
    order, viewer = issued(world), world.viewer("centre", Role.REVIEWER)
    pack_request = PackRequest(order.ref, "a hearing", "person-1", world["centre"].ref, personal=True)
    if why == "values":
        own_settings.write_text("[exports]\npersonal_values = 0\n", "utf-8")
    else:
        pack_request = pack_request._replace(ref=campaign(world["centre"]).ref)
        ProcessInstance._base_manager.update(campaign=pack_request.ref)
    with scoped_to(viewer):
        with pytest.raises(NeedsSecondPerson) as needs:
            make_pack(pack_request, viewer)
        assert needs.value.values == 1 and not Unmasking._base_manager.exists()
        assert contents(make_pack(pack_request._replace(personal=False), viewer).zip)["personal.jsonl"] == b""
        archive = make_pack(pack_request._replace(approved=1), viewer)
        assert b"17000001234" in contents(archive.zip)["personal.jsonl"] and archive.values == 1
    assert Unmasking._base_manager.get().subject == pack_request.ref


def test_of_a_process_for_named_readers_only_a_supervisor_makes_no_pack(world: World) -> None:
    order, viewer = issued(world), world.viewer("administration", Role.REVIEWER)
    ProcessInstance._base_manager.update(marking=Marking.RED)
    with scoped_to(viewer), pytest.raises(NothingUsable):
        make_pack(PackRequest(order.ref, "a hearing", "person-1", world["administration"].ref, personal=True), viewer)


def test_of_a_log_that_was_changed_no_pack_is_made(world: World) -> None:
    order = issued(world)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE evidence_logentry SET actor = 'person-9' WHERE step = 2")
    with pytest.raises(LogNotValid, match="entry 0 was changed"):
        pack(order.ref)


def test_what_a_pack_asks_does_not_grow_with_its_batches(db: None) -> None:
    query_counts = []
    for process, batches in (("a", 3), ("b", 60)):
        for number in range(batches):
            with recorded() as log:
                log.add(draft(number, process=process))
        pack(process)  # anchored from here on
        with CaptureQueriesContext(connection) as queries:
            pack(process)
        query_counts.append(len(queries))
    assert query_counts[1] <= query_counts[0]


@pytest.mark.parametrize("max_leaves", [1, 2, 5, 100])
def test_batches_are_read_in_portions_and_none_is_left_out(
    db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, max_leaves: int
) -> None:
    monkeypatch.setattr("fanzha.command.audit.proofs._MAX_LEAVES", max_leaves)
    monkeypatch.setattr("fanzha.command.audit.proofs._BATCHES_PER_QUERY", 2)
    record(1, 4, 2, 3, 1)
    archive = pack("process-0")
    checked = bare(tmp_path, archive, "--key", public_key())
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "entries: 7" in checked.stdout


def test_of_a_log_that_lost_a_batch_no_pack_is_made(db: None) -> None:
    record(1, 2)
    pack("process-0")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM evidence_logbatch WHERE number = 2")
    with pytest.raises(LogNotValid):
        pack("process-0")


def test_an_entry_added_to_a_batch_afterwards_is_seen(db: None) -> None:
    record(2)
    pack("process-0")
    with connection.cursor() as cursor:
        columns = "at, kind, actor, organisation, process, step, about, facts, personal, leaf"
        cursor.execute(
            f"INSERT INTO evidence_logentry (place, {columns}) SELECT place + 1, {columns} FROM evidence_logentry"
            " WHERE place = (SELECT MAX(place) FROM evidence_logentry WHERE process = 'process-1')"
        )
    with pytest.raises(LogNotValid):
        pack("process-0")
