"""Verify the whole log in the database against outside anchors and the encrypted values."""

import time
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from fanzha.base.words import Words
from fanzha.command.audit.coverage import UNCOVERED
from fanzha.command.audit.digest_checks import check_digests
from fanzha.command.audit.long_tables import read_in_chunks
from fanzha.command.audit.models import LogBatch, LogCheck, LogEntry, LogHead
from fanzha.command.audit.outside_anchors import LoadedAnchors, load_anchors, unanchored_tail
from fanzha.command.audit.row_checks import RowCheck, check_all_rows
from fanzha.command.audit.row_digests import DIGESTED
from fanzha.command.audit.sealed_values import encrypted_value_faults
from fanzha.command.audit.timestamp_checks import check_timestamps
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.anchor import AnchorStatement
from fanzha.processes.log.batch import BatchHead
from fanzha.processes.log.entry import split_sequence_number
from fanzha.processes.log.verification import LogFault, LogRow, LogVerifier, StoredBatch

_UNSCOPED = unscoped("the log is verified as a whole")
#: The maximum number of faults to report; verification stops there.
MAX_FAULTS = 1_000
_NO_LOG = Words("日志为空，但锚点存在", "the log is empty, but there are anchors")
_OTHER_LOG = Words("锚点属于另一日志，本日志被重新开始", "an anchor belongs to another log: this one was started again")
_BEHIND = Words("末尾之后存在行", "there are rows after the end of the log")
_NO_OUTSIDE_ANCHOR = Words("最后一个外部锚点之后的批次", "batches after the last anchor outside")
_NO_OUTSIDE_COPY = Words("外部目录中缺少的锚点副本", "copies of anchors that the folders outside lack")
_BEFORE_DIGESTS = Words(
    "校验值启用之前的批次：当时写入的行在补记校验值之前的更改无法发现",
    "batches from before rows had digests: changes to their rows before the digests began are not found",
)
_TABLES = Words(
    "不逐行核对的表（名称与原因见 --json 及 docs/reference/evidence-log.md）",
    "tables whose rows are not compared (--json and docs/reference/evidence-log.md name them and say why)",
)
_STRAYS = """
SELECT (SELECT count(*) FROM evidence_logentry WHERE place >= (head.number + 1) * 1048576)
     + (SELECT count(*) FROM evidence_logbatch WHERE evidence_logbatch.number > head.number)
FROM evidence_loghead AS head
"""


class VerificationStatus(StrEnum):
    """The three outcomes of a verification."""

    VALID = "valid"
    NOT_VALID = "not_valid"
    NOT_ANCHORED_OUTSIDE = "not_anchored_outside"


class UncheckedKind(StrEnum):
    """What could not be checked."""

    ANCHORS = "anchors"
    TIMESTAMPS = "timestamps"
    ROWS = "rows"
    BEFORE = "before"
    TABLES = "tables"


class Unchecked(NamedTuple):
    """How many things could not be checked, and why."""

    quantity: int
    reason: Words
    kind: UncheckedKind = UncheckedKind.ROWS


class VerificationResult(NamedTuple):
    """The result of a verification. `unanchored` says why anchors outside do not confirm the log."""

    end: BatchHead
    entries: int
    faults: list[LogFault]
    anchors: int
    seconds: float
    unanchored: Sequence[Words] = ()
    unchecked: Sequence[Unchecked] = ()
    timestamps: int = 0

    @property
    def status(self) -> VerificationStatus:
        """Return the outcome. A fault counts more than a missing anchor."""
        if self.faults:
            return VerificationStatus.NOT_VALID
        return VerificationStatus.NOT_ANCHORED_OUTSIDE if self.unanchored else VerificationStatus.VALID


def verify(
    anchors: Sequence[AnchorStatement] = (), progress: Callable[[Words, int], None] | None = None
) -> VerificationResult:
    """Verify the log up to its current end, then the rows that it recorded.

    Batches added meanwhile are left to the next run. `progress` is called with a kind of rows and how many were read.
    """
    started = time.monotonic()
    head = LogHead.objects.first()
    if head is None:
        faults = [LogFault(0, None, _NO_LOG)] if anchors or LogBatch.objects.exists() else []
        check = _check_rows(progress)
        faults += check.faults
        return VerificationResult(BatchHead(0, ""), 0, faults, len(anchors), time.monotonic() - started)
    end = BatchHead(head.number, head.head)
    own_anchors = [anchor for anchor in anchors if anchor.log == head.identity]
    verifier = LogVerifier(head.identity, own_anchors, end)
    faults = [LogFault(0, None, _OTHER_LOG)] if len(own_anchors) < len(anchors) else []
    faults += islice(verifier.find_faults(_batches(end.number), _rows(end.number)), MAX_FAULTS)
    faults += [LogFault(end.number, None, _BEHIND)] if _count_strays() else []
    faults += islice(encrypted_value_faults(end.number), MAX_FAULTS)
    check = _check_rows(progress)
    seconds = time.monotonic() - started
    unchecked = [Unchecked(number, reason) for reason, number in check.unchecked.items() if number]
    return VerificationResult(
        verifier.end, verifier.entries, faults + check.faults, len(anchors), seconds, unchecked=unchecked
    )


def _check_rows(progress: Callable[[Words, int], None] | None) -> RowCheck:
    check = RowCheck(MAX_FAULTS, progress)
    check_all_rows(check)
    check_digests(check)
    return check


def verify_and_store(
    paths: Sequence[Path] = (),
    key: str = "",
    progress: Callable[[Words, int], None] | None = None,
    *,
    ca_file: str = "",
) -> tuple[LogCheck, VerificationResult]:
    """Verify the log against all anchors, including those in the files `paths`, and store the result for the page.

    `key` is the public key of anchors to trust in place of the pinned one, `ca_file` the file of root certificates of
    time-stamps in place of the configured one. Raise NoAnchor, UsageError or OSError for an unreadable file.
    """
    anchors = load_anchors(paths, key)
    result, now = verify(anchors.statements, progress), timezone.now()
    behind = unanchored_tail(anchors.last_outside, result.end.number, now)
    stamps = check_timestamps(result.end.number, paths, ca_file)
    result = result._replace(
        faults=anchors.faults + stamps.faults + result.faults,
        unanchored=anchors.unanchored + behind,
        unchecked=[
            *_unchecked_anchors(anchors, result.end.number),
            *(Unchecked(number, words, UncheckedKind.TIMESTAMPS) for number, words in stamps.unchecked),
            *result.unchecked,
            *_unchecked_tables(),
        ],
        timestamps=stamps.valid,
    )
    row = LogCheck.objects.create(
        at=now,
        seconds=result.seconds,
        number=result.end.number,
        head=result.end.head,
        entries=result.entries,
        anchors=result.anchors,
        faults=[[fault.batch, fault.position, *fault.message] for fault in result.faults[:100]],
        is_anchored=not result.unanchored,
        unanchored=[list(reason) for reason in result.unanchored],
        unchecked=[[item.quantity, *item.reason] for item in result.unchecked],
    )
    return row, result


def _unchecked_anchors(anchors: LoadedAnchors, end: int) -> Iterator[Unchecked]:
    tail = end - anchors.last_outside
    if tail > 0:
        yield Unchecked(tail, _NO_OUTSIDE_ANCHOR, UncheckedKind.ANCHORS)
    if anchors.missing_copies:
        yield Unchecked(anchors.missing_copies, _NO_OUTSIDE_COPY, UncheckedKind.ANCHORS)


def _unchecked_tables() -> Iterator[Unchecked]:
    """Yield the batches from before rows had digests, and the tables whose rows are not compared."""
    digested = _UNSCOPED.rows(LogEntry).filter(kind=DIGESTED).order_by("place").values_list("place", flat=True).first()
    before = LogBatch.objects.count() if digested is None else split_sequence_number(digested)[0] - 1
    if before:
        yield Unchecked(before, _BEFORE_DIGESTS, UncheckedKind.BEFORE)
    yield Unchecked(len(UNCOVERED), _TABLES, UncheckedKind.TABLES)


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
