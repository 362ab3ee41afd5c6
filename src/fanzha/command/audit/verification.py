"""Verify the whole log in the database against outside anchors and the encrypted values."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from fanzha.base.words import Words
from fanzha.command.audit.anchor_files import read_anchors
from fanzha.command.audit.anchors import anchor_of
from fanzha.command.audit.long_tables import read_in_chunks
from fanzha.command.audit.models import LogAnchor, LogBatch, LogCheck, LogEntry, LogHead
from fanzha.command.audit.sealed_values import encrypted_value_faults
from fanzha.command.web.configuration import configuration
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.anchor import AnchorStatement, NoAnchor
from fanzha.processes.log.batch import BatchHead
from fanzha.processes.log.verification import LogFault, LogRow, LogVerifier, StoredBatch

_UNSCOPED = unscoped("the log is verified as a whole")
#: The maximum number of faults to report; verification stops there.
MAX_FAULTS = 1_000
_NO_LOG = Words("日志为空，但锚点存在", "the log is empty, but there are anchors")
_OTHER_LOG = Words("锚点属于另一日志，本日志被重新开始", "an anchor belongs to another log: this one was started again")
_UNREADABLE = Words("锚点副本无法读取或被更改：{where}", "a copy of an anchor cannot be read or was changed: {where}")
_ROW_CHANGED = Words("数据库中的锚点被更改", "the anchor in the database was changed")
_BEHIND = Words("末尾之后存在行", "there are rows after the end of the log")
_STRAYS = """
SELECT (SELECT count(*) FROM evidence_logentry WHERE place >= (head.number + 1) * 1048576)
     + (SELECT count(*) FROM evidence_logbatch WHERE evidence_logbatch.number > head.number)
FROM evidence_loghead AS head
"""


class VerificationResult(NamedTuple):
    """The result of a verification."""

    end: BatchHead
    entries: int
    faults: list[LogFault]
    anchors: int
    seconds: float


def verify(anchors: Sequence[AnchorStatement] = ()) -> VerificationResult:
    """Verify the log up to its current end. Batches added meanwhile are left to the next run."""
    started = time.monotonic()
    head = LogHead.objects.first()
    if head is None:
        faults = [LogFault(0, None, _NO_LOG)] if anchors or LogBatch.objects.exists() else []
        return VerificationResult(BatchHead(0, ""), 0, faults, len(anchors), time.monotonic() - started)
    end = BatchHead(head.number, head.head)
    own_anchors = [anchor for anchor in anchors if anchor.log == head.identity]
    verifier = LogVerifier(head.identity, own_anchors, end)
    faults = [LogFault(0, None, _OTHER_LOG)] if len(own_anchors) < len(anchors) else []
    faults += islice(verifier.find_faults(_batches(end.number), _rows(end.number)), MAX_FAULTS)
    faults += [LogFault(end.number, None, _BEHIND)] if _count_strays() else []
    faults += islice(encrypted_value_faults(end.number), MAX_FAULTS)
    return VerificationResult(verifier.end, verifier.entries, faults, len(anchors), time.monotonic() - started)


def verify_and_store(paths: Sequence[Path] = ()) -> tuple[LogCheck, VerificationResult]:
    """Verify the log against all anchors, including those in the files `paths`, and store the result for the page.

    Raise NoAnchor or OSError for an unreadable file.
    """
    anchors, faults = load_anchors(paths)
    result = verify(anchors)
    result = result._replace(faults=faults + result.faults)
    row = LogCheck.objects.create(
        at=timezone.now(),
        seconds=result.seconds,
        number=result.end.number,
        head=result.end.head,
        entries=result.entries,
        anchors=result.anchors,
        faults=[[fault.batch, fault.position, *fault.message] for fault in result.faults[:100]],
    )
    return row, result


def load_anchors(paths: Sequence[Path] = ()) -> tuple[list[AnchorStatement], list[LogFault]]:
    """Return the statements of all anchors, and the faults of anchors that are invalid.

    Raise NoAnchor or OSError if one of the files passed in `paths` is invalid.
    """
    statements = {anchor.statement for anchor in read_anchors(paths)}
    faults: list[LogFault] = []
    for row in LogAnchor.objects.order_by("number"):
        try:
            statements.add(anchor_of(row).statement)
        except NoAnchor:
            faults.append(LogFault(row.number, None, _ROW_CHANGED))
    for folder in configuration().anchors:
        if Path(folder).is_dir():  # a missing folder is reported with the copies, not as a fault of the log
            try:
                statements |= {anchor.statement for anchor in read_anchors([Path(folder)])}
            except (NoAnchor, OSError):
                faults.append(LogFault(0, None, _UNREADABLE.format(where=folder)))
    return sorted(statements), faults


def _batches(last: int) -> Iterator[StoredBatch]:
    rows = LogBatch.objects.filter(number__lte=last).values_list("number", "entries", "root", "previous", "at", "head")
    return map(StoredBatch._make, read_in_chunks(rows, "number"))


def _rows(last: int) -> Iterator[LogRow]:
    rows = _UNSCOPED.rows(LogEntry).filter(place__lt=(last + 1) << 20).values_list("place", *LogRow._fields[1:])
    for row in map(LogRow._make, read_in_chunks(rows, "place")):
        yield row if type(row.leaf) is bytes else row._replace(leaf=bytes(row.leaf or b""))


def _count_strays() -> int:
    """Count rows behind the end of the log, in one statement, so that a concurrent batch is not counted."""
    with connection.cursor() as cursor:
        cursor.execute(_STRAYS)
        return sum(int(row[0]) for row in cursor.fetchall())
