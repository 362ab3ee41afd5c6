"""Ingest a submitted file in batches; each rejected row gets its column and reason.

If a worker is killed, another starts the import again after the lease; no row counts twice.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.db import OperationalError
from django.db.models import Q
from django.utils import timezone

from fanzha.base.errors import FanzhaError
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.imports import uploads
from fanzha.command.imports.log_drafts import build_draft
from fanzha.command.imports.models import ImportJob, ImportState
from fanzha.command.imports.tables import all_tables
from fanzha.command.imports.tables.table import ImportRow, ImportTable, RowError, TableWriter
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("one worker reads the imports of all organisations")

if TYPE_CHECKING:
    from fanzha.command.imports.file_rows import FileRow

logger = logging.getLogger(__name__)

BATCH_ROWS = 500
#: How long an import may be silent before another takes it over.
LEASE = timedelta(minutes=2)
_MISSING_COLUMNS = Words("缺少列：{names}；文件有：{there}", "columns are missing: {names}. The file has: {there}")
_NO_USABLE_ROW = Words(
    "没有一行可用；原因见不予采用的行", "no row could be used; see the rejected rows for the reasons"
)
_INTERNAL_ERROR = Words("本系统出错，已记入日志", "something went wrong on our side; see the log of the site")
_UNKNOWN_TABLE = Words("此类表已不存在", "this table no longer exists")


def ingest_import(pk: int) -> bool:
    """Ingest one import unless another worker holds it; return whether it was ingested."""
    with unscoped("imports of all organisations are read by one worker"):
        if not _claim(pk):
            return False
        job = _UNSCOPED.rows(ImportJob).select_related("owner", "made_by").get(pk=pk)
        table = all_tables().get(job.table)
        if table is None:
            _mark_failed(job, _UNKNOWN_TABLE)
            return True
        _ingest_file(job, table)
    return True


def pending_imports() -> list[tuple[int, str]]:
    """Return the imports that no worker holds, oldest first: primary key, and the ref of the owner."""
    free = Q(state=ImportState.WAITING) | Q(state=ImportState.RUNNING, held_until__lt=timezone.now())
    return list(_UNSCOPED.rows(ImportJob).filter(free).order_by("pk").values_list("pk", "owner__ref"))


def _claim(pk: int) -> bool:
    now = timezone.now()
    free = Q(state=ImportState.WAITING) | Q(state=ImportState.RUNNING, held_until__lt=now)
    claimable = _UNSCOPED.rows(ImportJob).filter(free, pk=pk)
    return bool(
        claimable.update(state=ImportState.RUNNING, held_until=now + LEASE, read=0, used=0, rejected=0, waiting=0)
    )


def _ingest_file(job: ImportJob, table: ImportTable) -> None:
    # imported here: the readers load DuckDB and all of Arrow, which pages do not need
    from fanzha.command.imports.file_rows import column_names, read_rows
    from fanzha.read import UnreadableSource

    uploads.rejects_path(job.ref).unlink(missing_ok=True)
    writer: TableWriter | None = None
    try:
        path = uploads.upload_path(job.ref)
        columns = _map_columns(table, column_names(path))
        writer = table.writer(job)
        for batch in _batches(read_rows(path)):
            _ingest_batch(job, table, writer, columns, batch)
        if not job.used + job.waiting:
            raise UnreadableSource(_NO_USABLE_ROW)
        _finish(job, table, writer.finish())
    except OperationalError:
        raise  # the database is away: another takes it over
    except UnreadableSource as error:
        _abort(job, writer, error.words)
    except FanzhaError as error:
        _abort(job, writer, Words(str(error), str(error)))
    except Exception:
        logger.exception("the import %s broke off", job.ref)
        _abort(job, writer, _INTERNAL_ERROR)


def _abort(job: ImportJob, writer: TableWriter | None, words: Words) -> None:
    if writer is not None:
        writer.abort()
    _mark_failed(job, words)


def _mark_failed(job: ImportJob, words: Words) -> None:
    """Mark an import as failed with a reason; none of its rows take effect."""
    _UNSCOPED.rows(ImportJob).filter(pk=job.pk).update(
        state=ImportState.FAILED, ended_at=timezone.now(), problem_zh=words.zh[:400], problem_en=words.en[:400]
    )


def _map_columns(table: ImportTable, names: Sequence[str]) -> dict[str, str]:
    from fanzha.read import UnreadableSource

    columns = table.columns_in(names)
    missing = [column.name for column in table.columns if column.required and column.name not in columns]
    if missing:
        raise UnreadableSource(_MISSING_COLUMNS.format(names=", ".join(missing), there=", ".join(names[:40])))
    return columns


def _ingest_batch(
    job: ImportJob, table: ImportTable, writer: TableWriter, columns: dict[str, str], batch: "list[FileRow]"
) -> None:
    errors = [RowError(row.number, "", row.problem) for row in batch if row.problem is not None]
    rows = [_map_row(table, columns, row) for row in batch if row.problem is None]
    with recorded():
        errors += writer.write(rows)
        accepted = len(batch) - len(errors)
        job.read += len(batch)
        job.rejected += len(errors)
        job.waiting += accepted if table.second_person else 0
        job.used += 0 if table.second_person else accepted
        _UNSCOPED.rows(ImportJob).filter(pk=job.pk).update(
            read=job.read,
            used=job.used,
            rejected=job.rejected,
            waiting=job.waiting,
            held_until=timezone.now() + LEASE,
        )
    uploads.append_rejects(job.ref, errors)


def _map_row(table: ImportTable, columns: dict[str, str], row: "FileRow") -> ImportRow:
    cells = {
        column.name: row.cells.get(columns[column.name], "") if column.name in columns else ""
        for column in table.columns
    }
    return ImportRow(row.number, cells)


def _finish(job: ImportJob, table: ImportTable, note: Words | None) -> None:
    state = ImportState.PROPOSED if table.second_person else ImportState.DONE
    note_fields = {"note_zh": note.zh[:400], "note_en": note.en[:400]} if note else {}
    with recorded() as log:
        _UNSCOPED.rows(ImportJob).filter(pk=job.pk).update(state=state, ended_at=timezone.now(), **note_fields)
        counts = {name: getattr(job, name) for name in ("read", "used", "rejected", "waiting")}
        log.add(build_draft("import_read", job, job.made_by, **counts))


def _batches(rows: "Iterable[FileRow]") -> "Iterator[list[FileRow]]":
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_ROWS)):
        yield batch
