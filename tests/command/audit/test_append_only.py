"""The database refuses to change or delete what is on record; Django refuses before it."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from tests.command.audit.records import record

from fanzha.command.audit.append_only import KEYS, LATER_TABLES, WRITTEN_ONCE, guard, unguard
from fanzha.command.audit.models import LogBatch, LogEntry, PersonKey, PublishedEvidence, RowDigests, WrittenOnce
from fanzha.command.audit.services import erase_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def guarded() -> Iterator[None]:
    record(2)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO evidence_loganchor VALUES (1, 0, '2026-03-01', 'line')")
    RowDigests(batch=1, table="subjects.verdictrow", nonce=b"n", packed=b"p").save()
    PublishedEvidence(batch=1, packed=b"p").save()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # checks that wait would refuse to truncate before we do
    guard(connection, (*WRITTEN_ONCE, KEYS))
    yield


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return "is append-only" in str(error)
    return False


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("table", [*WRITTEN_ONCE, KEYS])
def test_no_statement_changes_or_deletes_a_row(table: str) -> None:
    column = {"evidence_loganchor": "since", "evidence_logbatch": "root"}.get(table, "place")
    column = {"evidence_personalfield": "name", KEYS: "person"}.get(table, column)
    column = "packed" if table in LATER_TABLES else column
    assert refused(f"UPDATE {table} SET {column} = {column}")
    assert refused(f"DELETE FROM {table}")
    if connection.vendor == "postgresql":
        assert refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.usefixtures("guarded")
def test_of_a_key_only_its_destruction_is_allowed() -> None:
    assert refused("UPDATE evidence_personkey SET wrapped = sealed FROM evidence_personalfield")
    assert erase_person("subject-0", basis="PIPL Art. 47", actor="", organization="") == 1
    record(1)
    assert refused("UPDATE evidence_personkey SET wrapped = NULL, person = 'another'")


@pytest.mark.usefixtures("guarded")
def test_more_can_be_written() -> None:
    record(3, 1)
    assert LogBatch.objects.count() == 3
    unguard(connection)
    assert not refused("DELETE FROM evidence_personalfield")


def test_django_refuses_before_the_database_does() -> None:
    record(1)
    batch, entry = LogBatch.objects.get(), LogEntry._base_manager.get()
    for refuse in (batch.save, batch.delete, entry.save, entry.delete, LogBatch.objects.all().delete):
        with pytest.raises(WrittenOnce, match="written once"):
            refuse()
    with pytest.raises(WrittenOnce):
        LogBatch.objects.update(root="")
    with pytest.raises(WrittenOnce):
        LogBatch.objects.bulk_update([batch], ["root"])
    assert PersonKey.objects.count() == 1


def test_migrations_put_the_triggers_in_place() -> None:
    step: Any = MigrationLoader(connection).get_migration("evidence", "0002_append_only").operations[0]
    editor = SimpleNamespace(connection=connection)
    step.code(None, editor)
    record(1)
    assert refused("DELETE FROM evidence_logbatch")
    step.reverse_code(None, editor)
    assert not refused("DELETE FROM evidence_logbatch")
