"""An evidence file serves the organisation that uploaded it, or that may read it; unused files go."""

import os
from datetime import timedelta
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.utils import timezone
from tests.command.audit.rereviews import CARD, SUBJECT, limited, verifying
from tests.command.people import World
from tests.command.processes.orders_made import actor, issued
from tests.command.processes.test_api import Caller

from fanzha.base.words import Words
from fanzha.command.audit.services import erase_person
from fanzha.command.processes.models import EvidenceUpload, ProcessInstance, StepFile
from fanzha.command.processes.services import fire, open_process
from fanzha.command.processes.uploads import (
    FILE_GRACE,
    UNUSED_TIME,
    UPLOADERS,
    UploadQuotaExceeded,
    check_files,
    remove_unused,
    store_for_organization,
    store_upload,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scheduler import regular_jobs
from fanzha.command.web.scoping import unscoped
from fanzha.processes.catalog import all_processes
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.refusal import Refusal
from fanzha.store.evidence_files import find_file, store_file

FIELDS = {
    "papers": EvidenceField(title=Words("材料", "papers"), type=FieldType.FILE, many=True),
    "reason": EvidenceField(title=Words("理由", "reason"), type=FieldType.TEXT),
}


def problem(answer: Any, status: int) -> None:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def is_usable(world: World, name: str, file: str) -> bool:
    try:
        check_files(FIELDS, {"papers": (file,), "reason": "0" * 64}, world[name].ref)
    except Refusal as refused:
        assert list(refused.fields) == ["papers"]
        return False
    return True


def uploads() -> list[tuple[str, str, int | None]]:
    with unscoped("test"):
        rows = EvidenceUpload.objects.order_by("pk")
        return list(rows.values_list("owner__name_en", "name", "uploader"))


def proven(world: World, proof: bytes = b"refused") -> tuple[ProcessInstance, str]:
    """An order whose carrier reported with a proof."""
    order, file = issued(world), store_for_organization(proof, world["carrier"].pk)
    executor = actor(world, "carrier", Role.EXECUTOR)
    fire(order.ref, "acknowledge", executor, {}, leg="1")
    fire(
        order.ref,
        "report_executed",
        executor,
        {"executed_at": 1_796_083_200_000, "result": "done", "proof": file},
        leg="1",
    )
    return order, file


def set_age(file: str, age: timedelta) -> None:
    moment = timezone.now() - age
    with unscoped("test"):
        EvidenceUpload.objects.filter(name=file).update(uploaded_at=moment)
    path = find_file(file)
    assert path is not None
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def test_an_organisation_cannot_use_the_unattached_upload_of_another(world: World) -> None:
    file = store_upload(b"a paper of the police", world.viewer("police", Role.LIAISON))
    assert is_usable(world, "police", file)
    assert not is_usable(world, "carrier", file)


def test_the_refusal_does_not_tell_whether_a_file_exists(world: World) -> None:
    refusals = []
    for file in (store_upload(b"a paper", world.viewer("police", Role.LIAISON)), "0" * 64):
        with pytest.raises(Refusal) as refused:
            check_files(FIELDS, {"papers": (file,)}, world["carrier"].ref)
        refusals.append((str(refused.value), refused.value.fields))
    assert refusals[0] == refusals[1]


def test_a_case_cannot_be_opened_with_the_hash_of_anothers_upload(world: World) -> None:
    content = b"a police notice"
    hash_known = Caller(world, "police", "liaison").send(content).json()["sha256"]
    body = {
        "process": "card_rereview",
        "event": "flag",
        "evidence": {"cause": "dormant", "findings": ["odd"], "card": CARD},
    }
    carrier = Caller(world, "carrier", "analyst")
    ref = carrier.post("/instances", body).json()["ref"]
    carrier.post(f"/instances/{ref}/events/grade", {"evidence": {"grade": "a", "reason": "odd"}})
    propose = {
        "measure": "limit",
        "case_document": hash_known,
        "reason": "odd",
        "network": [world["carrier"].ref],
    }
    path = f"/instances/{ref}/events/propose_limit"
    refused = carrier.post(path, {"evidence": propose})
    assert refused.status_code == 422 and refused.json()["errors"][0]["pointer"] == "/evidence/case_document"
    problem(carrier.get(f"/instances/{ref}/files/{hash_known}"), 404)
    assert carrier.send(content).json()["sha256"] == hash_known
    assert carrier.post(path, {"evidence": propose}).status_code == 200


def test_a_file_that_is_evidence_of_a_readable_process_can_be_used_again(world: World) -> None:
    _order, file = proven(world)
    assert is_usable(world, "centre", file)
    assert not is_usable(world, "mvno", file) and not is_usable(world, "bank", file)


def test_a_hash_in_a_text_gives_no_right_to_a_file(world: World) -> None:
    file = store_upload(b"a paper of the police", world.viewer("police", Role.LIAISON))
    flag = {"cause": "dormant", "findings": (file,), "card": CARD}
    open_process("card_rereview", "flag", world["carrier"], actor(world, "carrier", Role.ANALYST), flag)
    assert StepFile.objects.filter(name=file).exists()
    assert not is_usable(world, "carrier", file)


def test_personal_files_are_used_again_only_by_who_gave_them(world: World) -> None:
    _review, face = limited(world, ("other_carrier",))
    assert not is_usable(world, "other_carrier", face)
    assert is_usable(world, "carrier", face)


def test_files_of_steps_from_before_uploads_had_owners_stay_usable(world: World, home: Path) -> None:
    (_order, proof), (_review, face) = proven(world), limited(world, ("other_carrier",))
    with unscoped("test"):
        EvidenceUpload.objects.all().delete()
    assert is_usable(world, "carrier", proof) and is_usable(world, "carrier", face)
    assert not is_usable(world, "mvno", proof) and not is_usable(world, "bank", face)
    for file in (proof, face):
        set_age(file, UNUSED_TIME * 10)
    assert remove_unused(timezone.now()) == 0


def test_an_upload_names_its_owner_and_uploader_and_is_stored_once_an_owner(world: World) -> None:
    viewer = world.viewer("carrier", Role.EXECUTOR)
    file = store_upload(b"a paper", viewer)
    store_upload(b"a paper", viewer)
    store_for_organization(b"a paper", world["bank"].pk)
    assert file == sha256(b"a paper").hexdigest()
    assert uploads() == [("Example carrier", file, viewer.person), ("Example bank", file, None)]
    with unscoped("test"):
        assert {upload.size for upload in EvidenceUpload.objects.all()} == {7}


def test_a_key_without_a_role_cannot_upload(world: World) -> None:
    problem(Caller(world, "carrier").send(b"a paper"), 403)
    problem(Caller(world, "carrier", "call_taker").send(b"a paper"), 403)
    assert uploads() == []


def test_the_roles_that_may_upload_are_those_of_the_process_definitions() -> None:
    machines = [machine for process in all_processes({}).values() for machine in (process, process.legs) if machine]
    named = {role.partition(".")[2] for machine in machines for event in machine.events.values() for role in event.who}
    assert {*UPLOADERS} == named - {""}


@pytest.mark.parametrize(
    ("setting", "most", "status"), [("UNUSED_UPLOADS_MAX", 2, 429), ("UNUSED_UPLOADS_MAX_BYTES", 16, 413)]
)
def test_unused_uploads_of_an_organisation_are_limited_in_number_and_size(
    world: World, home: Path, settings: LazySettings, setting: str, most: int, status: int
) -> None:
    setattr(settings, setting, most)
    carrier = Caller(world, "carrier", "executor")
    assert [carrier.send(content).status_code for content in (b"one-file", b"two-file")] == [201, 201]
    refused: Any = carrier.send(b"a third")
    problem(refused, status)
    assert "七日" in refused.json()["detail"]
    assert len(uploads()) == 2 and find_file(sha256(b"a third").hexdigest()) is None
    assert Caller(world, "bank", "clerk").send(b"a third").status_code == 201


def test_used_uploads_do_not_count_towards_the_quota(world: World, settings: LazySettings) -> None:
    settings.UNUSED_UPLOADS_MAX = 1
    proven(world)
    viewer = world.viewer("carrier", Role.EXECUTOR)
    store_upload(b"the next", viewer)
    with pytest.raises(UploadQuotaExceeded):
        store_upload(b"one too many", viewer)


def test_a_page_says_that_the_quota_is_used_up(world: World, settings: LazySettings) -> None:
    settings.UNUSED_UPLOADS_MAX = 0
    order = issued(world)
    fire(order.ref, "acknowledge", actor(world, "carrier", Role.EXECUTOR), {}, leg="1")
    client = world.client("carrier", Role.EXECUTOR)
    page = client.post(f"/orders/{order.ref}/legs/1/done/", {"result": "done", "pasted": "proof"}, follow=True)
    assert "uploads that no step uses" in page.content.decode()


def test_unused_uploads_are_removed_after_seven_days_and_used_ones_stay(world: World, home: Path) -> None:
    _order, used = proven(world)
    unused, recent = (store_for_organization(content, world["carrier"].pk) for content in (b"unused", b"recent"))
    for file in (used, unused):
        set_age(file, UNUSED_TIME + timedelta(minutes=1))
    remove_unused(timezone.now())
    assert not is_usable(world, "carrier", unused)
    assert is_usable(world, "carrier", used) and is_usable(world, "carrier", recent)


def test_a_file_outlives_its_upload_by_a_day_so_that_steps_in_progress_keep_it(world: World, home: Path) -> None:
    file = store_for_organization(b"unused", world["carrier"].pk)
    set_age(file, UNUSED_TIME + timedelta(minutes=1))
    assert remove_unused(timezone.now()) == 0 and find_file(file) is not None
    assert remove_unused(timezone.now() + FILE_GRACE) == 1 and find_file(file) is None


def test_files_without_any_upload_are_removed_unless_they_are_new(world: World, home: Path) -> None:
    old, new = store_file([b"old"]), store_file([b"new"])
    set_age(old, UNUSED_TIME + FILE_GRACE + timedelta(minutes=1))
    assert remove_unused(timezone.now()) == 1
    assert find_file(old) is None and find_file(new) is not None


def test_a_repeated_upload_renews_the_seven_days(world: World, home: Path) -> None:
    viewer = world.viewer("carrier", Role.EXECUTOR)
    file = store_upload(b"a paper", viewer)
    set_age(file, UNUSED_TIME * 2)
    store_upload(b"a paper", viewer)
    assert remove_unused(timezone.now()) == 0
    assert is_usable(world, "carrier", file)


def test_erasure_removes_the_uploads_of_the_process_and_keeps_another_organisations(world: World) -> None:
    _review, face = verifying(world)
    with unscoped("test"):
        erase_person(SUBJECT, basis="PIPL Art. 47", actor="", organization="")
    assert uploads() == [] and find_file(face) is None
    verifying(world)
    store_for_organization(b"a face", world["bank"].pk)
    with unscoped("test"):
        erase_person(SUBJECT, basis="PIPL Art. 47", actor="", organization="")
    assert not is_usable(world, "carrier", face) and is_usable(world, "bank", face)


def test_the_removal_of_unused_uploads_is_a_regular_job() -> None:
    assert regular_jobs()["remove unused uploads"].run is remove_unused


def test_references_of_fields_with_several_files_are_completed_for_existing_steps(world: World) -> None:
    file = store_for_organization(b"one of several", world["carrier"].pk)
    flag = {"cause": "dormant", "findings": (file, "odd"), "card": CARD}
    review = open_process("card_rereview", "flag", world["carrier"], actor(world, "carrier", Role.ANALYST), flag)
    recorded = StepFile.objects.filter(name=file, step__instance=review)
    assert recorded.count() == 1
    recorded.delete()
    migration = import_module("fanzha.command.processes.migrations.0003_complete_step_files")
    for _ in range(2):
        with unscoped("test"):
            migration.add_missing_references(apps, None)
        assert recorded.count() == 1
