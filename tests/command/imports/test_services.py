"""A file is taken once; what needs two persons counts when a second one agrees; all of it is on record."""

import json

import pytest
from tests.command.imports.factories import PORTED, SPARED, counts, handed_in
from tests.command.people import World

from fanzha.base.errors import UsageError
from fanzha.command.audit.models import LogEntry
from fanzha.command.imports.ingest import ingest_import
from fanzha.command.imports.models import ImportJob
from fanzha.command.imports.services import approve, importable_tables, submit_file, withdraw
from fanzha.command.organizations.models import ApiKey
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal
from fanzha.store.allowlist import load_allowlist


def test_an_organization_imports_what_is_its_business(world: World) -> None:
    assert {table.name for table in importable_tables(world["carrier"])} >= {
        "portability",
        "spared",
        "registration",
        "iot_card",
        "number_signals",
    }
    expected = {
        "portability",
        "address_ranges",
        "name_registrars",
        "allocation",
        "spared",
        "outlines",
        "public_reports",
    }
    assert {table.name for table in importable_tables(world["centre"])} == expected
    assert {table.name for table in importable_tables(world["bank"])} == {"outside_numbers"}
    with pytest.raises(Refusal):
        submit_file(world["bank"], "portability", "t.csv", [b"x"])


def test_the_same_file_is_imported_once(world: World) -> None:
    first = submit_file(world["carrier"], "portability", "a.csv", [PORTED.encode()])
    again = submit_file(world["carrier"], "portability", "b.csv", [PORTED[:20].encode(), PORTED[20:].encode()])
    assert first.is_new and not again.is_new and again.job.pk == first.job.pk
    assert submit_file(world["other_carrier"], "portability", "a.csv", [PORTED.encode()]).is_new


def test_a_file_that_failed_may_come_again(world: World) -> None:
    assert handed_in(world, "portability", "number,operator\nrubbish,x\n").state == "failed"
    assert submit_file(world["carrier"], "portability", "a.csv", [b"number,operator\nrubbish,x\n"]).is_new


def test_an_empty_file_is_refused(world: World) -> None:
    with pytest.raises(UsageError, match="empty"):
        submit_file(world["carrier"], "portability", "a.csv", [])
    assert not ImportJob._base_manager.exists()


def test_spared_numbers_count_when_another_person_agrees(world: World) -> None:
    job = handed_in(world, "spared", SPARED)
    assert counts(job) == ("proposed", 0, 0, 1) and len(load_allowlist()) == 0
    for approver in (None, world.person("carrier", Role.CLERK)):
        with pytest.raises(Refusal, match="another person"):
            approve(job, approver)
    approve(job, world.person("carrier", Role.REVIEWER))
    assert counts(job) == ("done", 1, 0, 0)
    (spared,) = load_allowlist().numbers
    assert (spared.number, spared.origin, spared.owner) == ("+8617000001234", "MSC-1", "示例医院")
    with pytest.raises(Refusal):
        approve(job, world.person("carrier", Role.REVIEWER))
    withdraw(job, world.person("carrier", Role.REVIEWER))
    assert job.state == "withdrawn" and len(load_allowlist()) == 0


def test_whoever_made_the_key_that_handed_in_may_not_agree(world: World) -> None:
    reviewer = world.person("carrier", Role.REVIEWER)
    key, _ = ApiKey.make(world["carrier"], "system", made_by=reviewer)
    job = submit_file(world["carrier"], "spared", "t.csv", [SPARED.encode()], key).job
    ingest_import(job.pk)
    job.refresh_from_db()
    with pytest.raises(Refusal, match="another person"):
        approve(job, reviewer)
    assert LogEntry._base_manager.get(kind="import_handed_in").actor == f"key:{world['carrier'].ref}:{key.pk}"


def test_of_two_who_decide_at_once_one_does(world: World) -> None:
    job = handed_in(world, "spared", SPARED)
    stale = ImportJob._base_manager.select_related("owner").get(pk=job.pk)
    approve(job, world.person("carrier", Role.REVIEWER))
    with pytest.raises(Refusal, match="somebody else"):
        approve(stale, world.person("carrier", Role.REVIEWER))


def test_a_numbering_table_is_mended_not_taken_back(world: World) -> None:
    with pytest.raises(Refusal, match="import the corrected table"):
        withdraw(handed_in(world, "portability", PORTED), world.person("carrier", Role.REVIEWER))


def test_every_act_is_on_record_without_a_number(world: World) -> None:
    job = handed_in(world, "spared", SPARED)
    approve(job, world.person("carrier", Role.REVIEWER))
    with unscoped("test"):
        entries = list(LogEntry.objects.filter(about=job.ref).order_by("pk"))
    assert [entry.kind for entry in entries] == ["import_handed_in", "import_read", "import_approved"]
    assert entries[1].actor == world.person("carrier", Role.CLERK).ref
    facts = json.dumps([str(entry.facts) for entry in entries])
    assert "17000001234" not in facts
