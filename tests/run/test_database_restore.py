"""A backup of a newer version is refused; a backup of an older version gets the tables of its migrations."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from tests.run.running_site import migrate_site, read_tables, run_module

from fanzha.base.errors import UsageError
from fanzha.run.archive import FORMAT, BackupManifest, encode_manifest
from fanzha.run.database_restore import refuse_unknown_migrations

KNOWN = (("organizations", "0001_initial"), ("evidence", "0001_initial"))


def manifest(migrations: tuple[tuple[str, str], ...]) -> BackupManifest:
    return BackupManifest(FORMAT, "0.1.0", "2026-03-02T00:00:00Z", "postgresql", "included", migrations, {})


@pytest.mark.django_db
def test_what_this_program_has_made_is_taken_and_what_only_a_newer_one_knows_is_named() -> None:
    applied = tuple(MigrationRecorder(connection).applied_migrations())
    assert set(KNOWN) < set(applied)
    refuse_unknown_migrations(applied)
    for newer in (("evidence", "0099_more"), ("an_app_of_tomorrow", "0001_initial")):
        with pytest.raises(UsageError, match=rf"made by a newer Fanzha .*: {'.'.join(newer)} is not known here"):
            refuse_unknown_migrations((*applied, newer))


@pytest.mark.postgres
def test_an_older_backup_gets_the_tables_that_it_had_and_the_next_start_brings_it_up_to_date(
    tmp_path: Path, new_database: Callable[[], str]
) -> None:
    url, tables = new_database(), tmp_path / "database"
    tables.mkdir()
    applied = "1\tevidence\t0001_initial\t2026-03-02 00:00:00+00\n"
    (tables / "django_migrations.copy").write_text(f'"id", "app", "name", "applied"\n{applied}')
    (tmp_path / "manifest.json").write_bytes(encode_manifest(manifest((("evidence", "0001_initial"),))))
    completed = run_module(
        tmp_path, "fanzha.run.component", "restore_database", str(tables), str(tmp_path / "manifest.json"), "", url=url
    )
    assert completed.returncode == 0, completed.stderr
    assert {name.partition("_")[0] for name in read_tables(tmp_path, url)} == {"django", "evidence"}
    migrate_site(tmp_path, url)
    assert "organizations_person" in read_tables(tmp_path, url)


@pytest.mark.postgres
def test_a_database_that_holds_something_is_refused_unless_forced(
    tmp_path: Path, new_database: Callable[[], str]
) -> None:
    url = new_database()
    migrate_site(tmp_path, url)
    (tmp_path / "manifest.json").write_bytes(encode_manifest(manifest(KNOWN)))
    command = ("fanzha.run.component", "restore_database", str(tmp_path / "none"), str(tmp_path / "manifest.json"))
    refused = run_module(tmp_path, *command, "", url=url)
    assert refused.returncode == 1 and "on PostgreSQL is not empty" in refused.stderr
    assert run_module(tmp_path, *command, "force", url=url).returncode == 0
    assert "flows_step" not in read_tables(tmp_path, url)
