"""Migrate the database, one process at a time on all machines."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection

from fanzha.store.private_files import lock_folder
from fanzha.store.state_folder import state_folder

#: An arbitrary number; PostgreSQL's advisory locks are numbers.
_ADVISORY_LOCK_ID = 0x66616E7A6861


#: Where the functions of tasks were in earlier versions: a task that waits in the database names its function.
FORMER_TASK_PATHS = {
    "fanzha.command.evidence.jobs.check_log": "fanzha.command.audit.tasks.check_log",
    "fanzha.command.exports.making.make_export": "fanzha.command.exports.export_builder.make_export",
    "fanzha.command.imports.jobs.read_import": "fanzha.command.imports.tasks.read_import",
}


def migrate() -> None:
    """Apply all migrations and rename waiting tasks; wait for another process that is migrating."""
    with lock_folder(state_folder() / "site"), _database_lock():
        call_command("migrate", interactive=False, verbosity=0)
        rename_waiting_tasks()
        pin_anchor_key()


def pin_anchor_key() -> None:
    """Pin the key of anchors at the first start, and print it, so that the operator keeps it elsewhere."""
    from fanzha.command.audit.services import pin_key

    if key := pin_key():
        print(
            f"证据日志锚点公钥，请另行保存 public key of the evidence log's anchors, keep it elsewhere: {key}",
            file=sys.stderr,
        )


def rename_waiting_tasks() -> None:
    """Replace the former path of a task's function in the tasks that have not run yet."""
    from django_tasks_db.models import DBTaskResult

    for former, path in FORMER_TASK_PATHS.items():
        DBTaskResult.objects.filter(task_path=former, finished_at=None).update(task_path=path)


@contextmanager
def _database_lock() -> Iterator[None]:
    """Hold an advisory lock of PostgreSQL; SQLite is used by one machine only and needs none."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK_ID])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK_ID])
