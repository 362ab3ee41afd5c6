"""Read a file that was handed in, piece by piece: what can be used is used, what cannot is told by row, column, reason.

Killed at any moment, it is begun again by whoever finds it: rows count once, whatever was done before.
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
from fanzha.command.audit.recording import recorded
from fanzha.command.imports import uploads
from fanzha.command.imports.models import ImportJob, ImportState
from fanzha.command.imports.services import failed, put_on_record
from fanzha.command.imports.tables import all_tables
from fanzha.command.imports.tables.table import Filled, ImportTable, Taker, Wrong
from fanzha.command.web.scoping import everything

if TYPE_CHECKING:
    from fanzha.command.imports.file_rows import Row

log = logging.getLogger(__name__)

PIECE = 500
#: How long an import may be silent before another takes it over.
LEASE = timedelta(minutes=2)
_MISSING = Words("缺少列：{names}；文件有：{there}", "columns are missing: {names}; there are: {there}")
_NOTHING = Words("没有一行可用；原因见不予采用的行", "not one row could be used; the rejects say why")
_OURS = Words("本系统出错，已记入日志", "something went wrong on our side; the log of the site tells")
_GONE = Words("此类表已不存在", "there is no such table any more")


def carry_in(pk: int) -> bool:
    """Read one import, unless another is at it; return whether it was read."""
    with everything("imports of all organisations are read by one worker"):
        if not _taken(pk):
            return False
        job = ImportJob._base_manager.select_related("owner", "made_by").get(pk=pk)
        table = all_tables().get(job.table)
        if table is None:
            failed(job, _GONE)
            return True
        _read(job, table)
    return True


def waiting_imports() -> list[int]:
    """Return the imports (primary keys) that nobody is at, the oldest first."""
    free = Q(state=ImportState.WAITING) | Q(state=ImportState.RUNNING, held_until__lt=timezone.now())
    return list(ImportJob._base_manager.filter(free).order_by("pk").values_list("pk", flat=True))


def _taken(pk: int) -> bool:
    now = timezone.now()
    free = Q(state=ImportState.WAITING) | Q(state=ImportState.RUNNING, held_until__lt=now)
    held = ImportJob._base_manager.filter(free, pk=pk)
    return bool(held.update(state=ImportState.RUNNING, held_until=now + LEASE, read=0, used=0, rejected=0, waiting=0))


def _read(job: ImportJob, table: ImportTable) -> None:
    # imported here: the readers load DuckDB and all of Arrow, which pages do not need
    from fanzha.command.imports.file_rows import names_of, rows_of
    from fanzha.read import UnreadableSource

    uploads.rejects_file(job.ref).unlink(missing_ok=True)
    taker: Taker | None = None
    try:
        path = uploads.table_file(job.ref)
        columns = _columns(table, names_of(path))
        taker = table.taker(job)
        for piece in _pieces(rows_of(path)):
            _take(job, table, taker, columns, piece)
        if not job.used + job.waiting:
            raise UnreadableSource(_NOTHING)
        _end(job, table, taker.finish())
    except OperationalError:
        raise  # the database is away: another takes it over
    except UnreadableSource as error:
        _give_up(job, taker, error.words)
    except FanzhaError as error:
        _give_up(job, taker, Words(str(error), str(error)))
    except Exception:
        log.exception("the import %s broke off", job.ref)
        _give_up(job, taker, _OURS)


def _give_up(job: ImportJob, taker: Taker | None, words: Words) -> None:
    if taker is not None:
        taker.give_up()
    failed(job, words)


def _columns(table: ImportTable, names: Sequence[str]) -> dict[str, str]:
    from fanzha.read import UnreadableSource

    found = table.columns_in(names)
    missing = [one.name for one in table.columns if one.required and one.name not in found]
    if missing:
        raise UnreadableSource(_MISSING.format(names=", ".join(missing), there=", ".join(names[:40])))
    return found


def _take(job: ImportJob, table: ImportTable, taker: Taker, columns: dict[str, str], piece: "list[Row]") -> None:
    wrong = [Wrong(row.number, "", row.problem) for row in piece if row.problem is not None]
    given = [_filled(table, columns, row) for row in piece if row.problem is None]
    with recorded():
        wrong += taker.take(given)
        taken = len(piece) - len(wrong)
        job.read += len(piece)
        job.rejected += len(wrong)
        job.waiting += taken if table.second_person else 0
        job.used += 0 if table.second_person else taken
        ImportJob._base_manager.filter(pk=job.pk).update(
            read=job.read,
            used=job.used,
            rejected=job.rejected,
            waiting=job.waiting,
            held_until=timezone.now() + LEASE,
        )
    uploads.add_rejects(job.ref, wrong)


def _filled(table: ImportTable, columns: dict[str, str], row: "Row") -> Filled:
    cells = {one.name: row.cells.get(columns[one.name], "") if one.name in columns else "" for one in table.columns}
    return Filled(row.number, cells)


def _end(job: ImportJob, table: ImportTable, note: Words | None) -> None:
    state = ImportState.PROPOSED if table.second_person else ImportState.DONE
    told = {"note_zh": note.zh[:400], "note_en": note.en[:400]} if note else {}
    with recorded() as log:
        ImportJob._base_manager.filter(pk=job.pk).update(state=state, ended_at=timezone.now(), **told)
        counts = {name: getattr(job, name) for name in ("read", "used", "rejected", "waiting")}
        put_on_record(log, "import_read", job, job.made_by, **counts)


def _pieces(rows: "Iterable[Row]") -> "Iterator[list[Row]]":
    left = iter(rows)
    while piece := list(islice(left, PIECE)):
        yield piece
