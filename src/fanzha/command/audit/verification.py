"""Read the whole log in the database, compare it with anchors from outside and with the sealed values, tell faults."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from fanzha.base.words import Words
from fanzha.command.audit.anchor_lookup import load_anchors
from fanzha.command.audit.long_tables import in_chunks
from fanzha.command.audit.models import LogBatch, LogCheck, LogEntry, LogHead
from fanzha.command.audit.sealed_values import encrypted_value_faults
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.anchor import Statement
from fanzha.processes.log.batch import BatchHead
from fanzha.processes.log.verification import LogFault, LogRow, StoredBatch, Verification

_UNSCOPED = unscoped("the log is verified as a whole")

#: Faults that are told; a log with more is read no further.
MOST_FAULTS = 1_000
_NO_LOG = Words("日志为空，但锚点存在", "there is no log, but there are anchors")
_OTHER_LOG = Words("锚点属于另一日志，本日志被重新开始", "an anchor is of another log: this one was begun anew")
_BEHIND = Words("末尾之后存在行", "rows stand behind the end of the log")

_STRAYS = """
SELECT (SELECT count(*) FROM evidence_logentry WHERE place >= (head.number + 1) * 1048576)
     + (SELECT count(*) FROM evidence_logbatch WHERE evidence_logbatch.number > head.number)
FROM evidence_loghead AS head
"""


class VerificationResult(NamedTuple):
    """What came of reading the log."""

    end: BatchHead
    entries: int
    faults: list[LogFault]
    anchors: int
    seconds: float


def verify(anchors: Sequence[Statement] = ()) -> VerificationResult:
    """Read everything up to the present end. What is added meanwhile is left for the next time."""
    began = time.monotonic()
    head = LogHead.objects.first()
    if head is None:
        faults = [LogFault(0, None, _NO_LOG)] if anchors or LogBatch.objects.exists() else []
        return VerificationResult(BatchHead(0, ""), 0, faults, len(anchors), time.monotonic() - began)
    end = BatchHead(head.number, head.head)
    own = [one for one in anchors if one.log == head.identity]
    reading = Verification(head.identity, own, end)
    found = [LogFault(0, None, _OTHER_LOG)] if len(own) < len(anchors) else []
    found += islice(reading.faults(_batches(end.number), _rows(end.number)), MOST_FAULTS)
    found += [LogFault(end.number, None, _BEHIND)] if _strays() else []
    found += islice(encrypted_value_faults(end.number), MOST_FAULTS)
    return VerificationResult(reading.end, reading.entries, found, len(anchors), time.monotonic() - began)


def verify_and_store(given: Sequence[Path] = ()) -> tuple[LogCheck, VerificationResult]:
    """Read the log, compare it with all anchors and those in files given, and keep what came of it, for the page.

    Raises NoAnchor or OSError for a file that cannot be read.
    """
    anchors, faults = load_anchors(given)
    reading = verify(anchors)
    reading = reading._replace(faults=faults + reading.faults)
    row = LogCheck.objects.create(
        at=timezone.now(),
        seconds=reading.seconds,
        number=reading.end.number,
        head=reading.end.head,
        entries=reading.entries,
        anchors=reading.anchors,
        faults=[[fault.batch, fault.position, *fault.words] for fault in reading.faults[:100]],
    )
    return row, reading


def _batches(last: int) -> Iterator[StoredBatch]:
    rows = LogBatch.objects.filter(number__lte=last).values_list("number", "entries", "root", "previous", "at", "head")
    return map(StoredBatch._make, in_chunks(rows, "number"))


def _rows(last: int) -> Iterator[LogRow]:
    rows = _UNSCOPED.rows(LogEntry).filter(place__lt=(last + 1) << 20).values_list("place", *LogRow._fields[1:])
    for row in map(LogRow._make, in_chunks(rows, "place")):
        yield row if type(row.leaf) is bytes else row._replace(leaf=bytes(row.leaf or b""))


def _strays() -> int:
    """Count what stands behind the end; one statement, so that a batch that is just written is no stray."""
    with connection.cursor() as cursor:
        cursor.execute(_STRAYS)
        return sum(int(row[0]) for row in cursor.fetchall())
