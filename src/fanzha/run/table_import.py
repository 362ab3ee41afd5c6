"""`fanzha import tables`: submit a file, and read it here or wait for the worker that reads it."""

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from fanzha.analyze.terminal import Progress
from fanzha.base.errors import UsageError
from fanzha.command.imports import uploads
from fanzha.command.imports.ingest import ingest_import
from fanzha.command.imports.models import ImportJob, ImportState
from fanzha.command.imports.services import importable_tables, submit_file
from fanzha.command.organizations.models import Organization
from fanzha.command.organizations.selectors import find_organization
from fanzha.processes.refusal import Refusal

_CHUNK = 1 << 20
_POLL_SECONDS = 0.5
_MAX_REASONS = 10
_STATES = {ImportState.PROPOSED: "待第二人同意 waits for a second person", ImportState.DONE: "已完成 done"}


def import_table(table: str, path: Path, owner: str, progress: Progress) -> ImportJob:
    """Submit a file for an organisation (ref or name) and read it. Raise UsageError."""
    organization = find_organization(owner)
    if organization is None:
        raise UsageError(f"there is no organisation {owner!r}", fix="give its ref or its name")
    progress.stage(f"{path.name}", None)
    try:
        submission = submit_file(organization, table, path.name, _chunks(path))
    except Refusal:
        raise UsageError(f"{organization} does not import {table!r}", fix=_importable_tables(organization)) from None
    job = submission.job
    while not ingest_import(job.pk) and job.state in (ImportState.WAITING, ImportState.RUNNING):
        time.sleep(_POLL_SECONDS)
        job.refresh_from_db()
    job.refresh_from_db()
    if job.state == ImportState.FAILED:
        raise UsageError(f"{path.name}: {job.problem_zh} {job.problem_en}")
    return job


def import_as_json(job: ImportJob) -> dict[str, Any]:
    """Return the result of an import as JSON-compatible values."""
    counts = {name: getattr(job, name) for name in ("ref", "table", "state", "read", "used", "rejected", "waiting")}
    return counts | {"rejects": str(uploads.rejects_path(job.ref)) if job.rejected else ""}


def print_import(console: Console, job: ImportJob) -> None:
    """Print the counts, and the reasons of the first rejected rows."""
    state = _STATES.get(ImportState(job.state), job.state)
    counts = f"采用 used {job.used:,}, 待同意 waiting {job.waiting:,}, 未采用 rejected {job.rejected:,}"
    console.print(f"{job.table}: {state}; {counts}")
    if job.note_en:
        console.print(f"{job.note_zh}\n{job.note_en}")
    if job.rejected:
        table = Table("行 row", "列 column", "原因 why", "原值 value")
        for reject in islice(uploads.read_rejects(job.ref), _MAX_REASONS):
            table.add_row(
                str(reject["row"]),
                str(reject["column"]),
                f"{reject['reason_zh']}\n{reject['reason']}",
                str(reject["value"]),
            )
        console.print(table)
        console.print(f"全部 all of them: {uploads.rejects_path(job.ref)}")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _importable_tables(organization: Organization) -> str:
    names = [table.name for table in importable_tables(organization)]
    return f"one of: {', '.join(names)}" if names else "nothing is imported by an organisation of this kind"
