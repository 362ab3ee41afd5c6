"""Sign the current end of the log at intervals, and copy these anchors to folders outside the database."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.errors import FanzhaError
from fanzha.command.audit.anchor_files import write_anchor
from fanzha.command.audit.log_writer import lock_head
from fanzha.command.audit.long_tables import read_in_chunks
from fanzha.command.audit.models import AnchorCopy, LogAnchor, LogBatch, LogHead
from fanzha.command.audit.pinned_key import check_signing_key, copy_changes
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.signing import is_valid_signature, public_key, sign
from fanzha.command.web.configuration import configuration
from fanzha.processes.log.anchor import Anchor, NoAnchor, build_statement, parse_anchor, sign_statement
from fanzha.processes.log.batch import BatchHead, SealedBatch

logger = logging.getLogger(__name__)

#: Anchors are created every ten minutes. Batches without an anchor outside for longer are not confirmed.
MAX_ANCHOR_DELAY = timedelta(hours=1)


class BrokenChain(FanzhaError):
    """The batches since the last anchor do not form one chain, so no anchor is signed (exit 1)."""

    exit_code = 1


def anchor_and_copy(now: datetime) -> None:
    """Create an anchor if the log has grown, then copy missing anchors to every folder."""
    try:
        make_anchor(now)
    finally:
        copy_anchors(now)


def anchor_when_due(now: datetime) -> None:
    """Anchor the log if a batch is to be anchored at once: one anchor for all batches since the last one.

    A request that fails is not repeated; the batch is then anchored with the next regular anchor.
    """
    due = LogHead.objects.filter(anchor_due__gt=0).values_list("anchor_due", flat=True).first()
    if due is None:
        return
    LogHead.objects.filter(anchor_due__lte=due).update(anchor_due=0)
    if not LogAnchor.objects.filter(number__gte=due).exists():
        anchor_and_copy(now)


def make_anchor(now: datetime) -> LogAnchor | None:
    """Anchor the current end of the log. Return None if the log has not grown.

    Raise BrokenChain, NoAnchor, or ForeignSigningKey if the signing key is not the pinned one.
    """
    with recorded():
        head = lock_head()
        last = LogAnchor.objects.order_by("number").last()
        since = last.number if last else 0
        if head.number == since:
            return None
        check_signing_key(head.identity)
        previous_head = anchor_of(last).statement.head if last else head.identity
        heads = list(_verified_heads(since, head.number, previous_head))
        if not heads or heads[-1] != head.head:
            raise _broken_chain(since, head.number)
        statement = build_statement(head.identity, BatchHead(head.number, head.head), since, heads, to_ms(now))
        anchor = sign_statement(statement, public_key(), sign)
        row = LogAnchor(number=head.number, since=since, at=from_ms(statement.at), line=anchor.line)
        row.save()
    return row


def copy_anchors(now: datetime) -> None:
    """Write each anchor and each change of the key to every folder that lacks it; store the result of each copy."""
    for folder in configuration().anchors:
        try:
            copy_changes(Path(folder))
        except (OSError, NoAnchor) as problem:
            logger.error("the changes of the anchor key were not copied to %s: %s", folder, problem)
        written_copies = AnchorCopy.objects.filter(folder=folder).exclude(written_at=None)
        for row in LogAnchor.objects.exclude(number__in=written_copies.values("anchor")):
            try:
                write_anchor(anchor_of(row), Path(folder))
            except (OSError, NoAnchor) as problem:
                logger.error("anchor %s was not copied to %s: %s", row.number, folder, problem)
                _store_copy(row, folder, problem=str(problem)[:400])
                if not Path(folder).is_dir():
                    break  # the folder is missing for the other anchors as well; the next run tries again
            else:
                _store_copy(row, folder, problem="", written_at=now)


def _store_copy(row: LogAnchor, folder: str, **fields: object) -> None:
    AnchorCopy.objects.update_or_create(anchor=row, folder=folder, defaults=fields)


def anchor_of(row: LogAnchor) -> Anchor:
    """Parse the anchor of a row. Raise NoAnchor if its signature is invalid."""
    return parse_anchor(row.line, is_valid_signature)


def span_heads(row: LogAnchor) -> Sequence[str]:
    """Return the chain hashes of the batches that an anchor covers."""
    rows = LogBatch.objects.filter(number__gt=row.since, number__lte=row.number)
    return [head for _, head in read_in_chunks(rows.values_list("number", "head"), "number")]


def _verified_heads(since: int, last: int, previous_head: str) -> Iterator[str]:
    """Recompute the chain hash of each batch after `since`, compare it with the stored one and yield it."""
    rows = LogBatch.objects.filter(number__gt=since, number__lte=last)
    for row in read_in_chunks(rows.values_list("number", "entries", "root", "previous", "at", "head"), "number"):
        batch = SealedBatch(*row[:5])
        if batch.number != since + 1 or batch.previous != previous_head or batch.head != row[5]:
            raise _broken_chain(since, last)
        since, previous_head = batch.number, batch.head
        yield previous_head


def _broken_chain(since: int, last: int) -> BrokenChain:
    return BrokenChain(
        f"批次 {since} 至 {last} 不成链，未签发锚点 batches {since} to {last} are no chain: nothing was anchored",
        fix="fanzha audit verify names what was changed",
    )
