"""Say again and again, signed, how far the log goes, and put that where the log's keepers cannot reach it."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.errors import FanzhaError
from fanzha.command.audit.anchor_files import write_anchor
from fanzha.command.audit.log_writer import locked_head
from fanzha.command.audit.long_tables import in_chunks
from fanzha.command.audit.models import AnchorCopy, LogAnchor, LogBatch
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.signing import fits, public_key, sign
from fanzha.command.web.configuration import configuration
from fanzha.processes.log.anchor import Anchor, NoAnchor, build_statement, parse_anchor, sign_statement
from fanzha.processes.log.batch import BatchHead, SealedBatch

log = logging.getLogger(__name__)


class BrokenChain(FanzhaError):
    """What came since the last anchor is not one chain: nothing of it is signed (exit 1)."""

    exit_code = 1


def anchor_and_copy(now: datetime) -> None:
    """Make an anchor if there is something new, then copy what is not yet in every folder."""
    try:
        make_anchor(now)
    finally:
        copy_anchors(now)


def make_anchor(now: datetime) -> LogAnchor | None:
    """Anchor the present end of the log; None when the last anchor says all. Raises Broken, NoAnchor."""
    with recorded():
        head = locked_head()
        last = LogAnchor.objects.order_by("number").last()
        since = last.number if last else 0
        if head.number == since:
            return None
        before = anchor_of(last).statement.head if last else head.identity
        heads = list(_chained(since, head.number, before))
        if not heads or heads[-1] != head.head:
            raise _broken(since, head.number)
        statement = build_statement(head.identity, BatchHead(head.number, head.head), since, heads, to_ms(now))
        anchor = sign_statement(statement, public_key(), sign)
        row = LogAnchor(number=head.number, since=since, at=from_ms(statement.at), line=anchor.line)
        row.save()
    return row


def copy_anchors(now: datetime) -> None:
    """Write each anchor into each folder that lacks it, and keep what came of it."""
    for folder in configuration().anchors:
        there = AnchorCopy.objects.filter(folder=folder).exclude(written_at=None)
        for row in LogAnchor.objects.exclude(number__in=there.values("anchor")):
            try:
                write_anchor(anchor_of(row), Path(folder))
            except (OSError, NoAnchor) as problem:
                log.error("anchor %s was not copied to %s: %s", row.number, folder, problem)
                _keep(row, folder, problem=str(problem)[:400])
                if not Path(folder).is_dir():
                    break  # what is away for one is away for the next; all are tried again the next time
            else:
                _keep(row, folder, problem="", written_at=now)


def _keep(row: LogAnchor, folder: str, **told: object) -> None:
    AnchorCopy.objects.update_or_create(anchor=row, folder=folder, defaults=told)


def anchor_of(row: LogAnchor) -> Anchor:
    """Return a row as an anchor. Raises NoAnchor when it is not what was signed."""
    return parse_anchor(row.line, fits)


def span_heads(row: LogAnchor) -> Sequence[str]:
    """Return the chain hashes of the batches that an anchor covers."""
    rows = LogBatch.objects.filter(number__gt=row.since, number__lte=row.number)
    return [head for _, head in in_chunks(rows.values_list("number", "head"), "number")]


def _chained(since: int, last: int, before: str) -> Iterator[str]:
    """Yield the chain hashes behind `before`, each made again from its record."""
    rows = LogBatch.objects.filter(number__gt=since, number__lte=last)
    for row in in_chunks(rows.values_list("number", "entries", "root", "previous", "at", "head"), "number"):
        made = SealedBatch(*row[:5])
        if made.number != since + 1 or made.previous != before or made.head != row[5]:
            raise _broken(since, last)
        since, before = made.number, made.head
        yield before


def _broken(since: int, last: int) -> BrokenChain:
    return BrokenChain(
        f"批次 {since} 至 {last} 不成链，未签发锚点 batches {since} to {last} are no chain: nothing was anchored",
        fix="fanzha audit verify names what was changed",
    )
