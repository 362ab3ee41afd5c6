"""Submit, ingest, approve and withdraw imports; each is logged. Other apps also check allowlist rows here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from django.db import IntegrityError, transaction
from django.utils import timezone

from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.imports import uploads
from fanzha.command.imports.ingest import ingest_import
from fanzha.command.imports.list_publisher import publish_lists
from fanzha.command.imports.log_drafts import build_draft
from fanzha.command.imports.models import ImportJob, ImportState
from fanzha.command.imports.tables import all_tables
from fanzha.command.imports.tables.allowlist import ALLOWLIST, InvalidCell, parse_entry
from fanzha.command.imports.tables.table import ImportColumn, ImportRow, ImportTable, RowError, TableWriter
from fanzha.command.organizations.selectors import as_person, responsible_person
from fanzha.command.processes.selectors import role_table_kind
from fanzha.command.web.job_queue import check_room
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.roles import role_table

if TYPE_CHECKING:
    from fanzha.command.organizations.models import ApiKey, Organization, Person


_UNSCOPED = unscoped("rows of the owner's own import, locked for update")

__all__ = [
    "ALLOWLIST",
    "ImportColumn",
    "ImportRow",
    "ImportTable",
    "InvalidCell",
    "RowError",
    "SubmittedImport",
    "Submitter",
    "TableWriter",
    "approve",
    "importable_tables",
    "ingest_import",
    "parse_entry",
    "publish_lists",
    "submit_file",
    "withdraw",
]

READER_ROLES = (Role.ADMINISTRATOR, Role.CLERK, Role.REVIEWER)

#: Who submits: a person, an API key, or None for the operator of the machine.
Submitter: TypeAlias = "Person | ApiKey | None"


class SubmittedImport(NamedTuple):
    """An import, and whether it is a new one: the same file is imported once."""

    job: ImportJob
    is_new: bool


def importable_tables(owner: Organization) -> list[ImportTable]:
    """Return the tables that an organisation may import."""
    table, kind = role_table(), role_table_kind(owner)
    return [
        candidate
        for candidate in all_tables().values()
        if any(kind in table.kinds_of(name) for name in candidate.owners)
    ]


def submit_file(
    owner: Organization, table: str, file_name: str, chunks: Iterable[bytes], submitter: Submitter = None
) -> SubmittedImport:
    """Store a file to be ingested in the background. Raise Refusal, UsageError, or QueueFull."""
    if table not in {importable.name for importable in importable_tables(owner)}:
        raise Refusal(Reason.UNKNOWN, Words("没有可导入的此类表", "you cannot import this table"))
    check_room(owner.ref)
    upload = uploads.store_upload(chunks)
    existing = _UNSCOPED.rows(ImportJob).filter(owner=owner, table=table, sha256=upload.sha256)
    existing = existing.exclude(state__in=(ImportState.FAILED, ImportState.WITHDRAWN))
    if (duplicate := existing.first()) is not None:
        uploads.discard_upload(upload)
        return SubmittedImport(duplicate, False)
    try:
        with recorded() as log, transaction.atomic():
            job = _UNSCOPED.rows(ImportJob).create(
                owner=owner,
                table=table,
                file_name=file_name[-200:],
                sha256=upload.sha256,
                size=upload.size,
                made_by=responsible_person(submitter),
            )
            facts = {"table": table, "sha256": upload.sha256, "size": upload.size}
            log.add(build_draft("import_handed_in", job, submitter, **facts))
            uploads.move_upload(upload, job.ref, file_name)
    except IntegrityError:  # the same file at the same moment
        uploads.discard_upload(upload)
        return SubmittedImport(existing.get(), False)
    return SubmittedImport(job, True)


def approve(job: ImportJob, approver: Submitter) -> None:
    """Approve an import that needs a second person. Raise Refusal if not allowed."""
    person = as_person(approver)
    if person is None or person.pk == job.made_by_id:
        raise Refusal(Reason.SAME_PERSON, Words("须由另一人同意", "another person must agree"))
    _decide(job, approver, ImportState.PROPOSED, ImportState.DONE, "import_approved")


def withdraw(job: ImportJob, person: Submitter) -> None:
    """Withdraw an import that awaits or has the approval of a second person. Raise Refusal if not allowed."""
    table = all_tables().get(job.table)
    if table is None or not table.second_person:
        raise Refusal(
            Reason.STATE,
            Words("此类导入不能撤回；请导入更正后的表", "this cannot be withdrawn; import the corrected table"),
        )
    _decide(job, person, job.state, ImportState.WITHDRAWN, "import_withdrawn")


def _decide(job: ImportJob, by: Submitter, before: str, after: ImportState, kind: str) -> None:
    now = timezone.now()
    if before not in (ImportState.PROPOSED, ImportState.DONE):
        raise Refusal(Reason.STATE, Words("现在不能办理", "this is not possible now"))
    with recorded() as log:
        counts = {"used": job.waiting, "waiting": 0} if after is ImportState.DONE else {}
        open_jobs = _UNSCOPED.rows(ImportJob).filter(pk=job.pk, state=before)
        if not open_jobs.update(state=after, decided_by=as_person(by), decided_at=now, **counts):
            raise Refusal(Reason.STATE, Words("已由他人办理", "somebody else has already decided"))
        log.add(build_draft(kind, job, by, rows=job.waiting or job.used))
    table = all_tables().get(job.table)
    note = table.apply_decisions() if table else None
    job.refresh_from_db()
    if note is not None:
        _UNSCOPED.rows(ImportJob).filter(pk=job.pk).update(note_zh=note.zh[:400], note_en=note.en[:400])
