"""Verify a log from its beginning and report every row that was changed, dropped, moved or inserted."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from fanzha.base.words import Words
from fanzha.processes.log.anchor import AnchorStatement
from fanzha.processes.log.batch import BatchHead, SealedBatch
from fanzha.processes.log.entry import POSITION_BITS, SealedEntry, encode, split_sequence_number
from fanzha.processes.log.merkle import leaf_hash, root

_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class LogRow(NamedTuple):
    """A stored entry with its stored `leaf`, which shows whether the entry was changed."""

    sequence_number: int
    at: int
    kind: str
    actor: str
    organisation: str
    process: str
    step: int
    about: str
    facts: str
    personal: str
    leaf: bytes


class StoredBatch(NamedTuple):
    """A stored batch; `head` is its chain hash, the other fields are what the chain hash is computed from."""

    number: int
    entry_count: int
    root: str
    previous: str
    at: int
    head: str


class LogFault(NamedTuple):
    """One fault in the log; `position` is None if the whole batch is affected."""

    batch: int
    position: int | None
    message: Words

    def __str__(self) -> str:
        """Return the batch, entry and fault in both languages."""
        return " | ".join(self.located_message)

    @property
    def located_message(self) -> Words:
        """Return the fault with its batch and entry, in both languages. Batch 0 means no batch."""
        if not self.batch:
            return self.message
        zh, en = f"批次 {self.batch}", f"batch {self.batch}"
        if self.position is not None:
            zh, en = f"{zh} 条目 {self.position}", f"{en} entry {self.position}"
        return Words(f"{zh}：{self.message.zh}", f"{en}: {self.message.en}")


CHANGED = Words("条目内容或其摘要被更改", "the entry or its digest was changed")
DROPPED = Words("条目缺失", "the entry is missing")
ADDED = Words("条目为后来插入", "the entry was inserted later")
DUPLICATE = Words("条目重复", "the entry appears twice")
REPLACED = Words(
    "条目与其摘要一并被更改，根不符", "entries were changed together with their digests: the root does not match"
)
BATCH_CHANGED = Words("批次记录或其链式哈希被更改", "the record of the batch or its chain hash was changed")
BATCH_DROPPED = Words("批次记录缺失", "the record of the batch is missing")
BATCH_ADDED = Words("批次在日志末尾之后插入", "the batch was inserted after the end of the log")
BATCH_DUPLICATE = Words("批次记录重复", "the record of the batch appears twice")
UNCHAINED = Words("与上一批次不衔接", "it does not continue the previous batch")
CUT = Words("日志在此之后被截断", "the log was cut off after this batch")
REWRITTEN = Words("与已签名锚点不符，日志被改写", "it does not match the signed anchor: the log was rewritten")


class LogVerifier:
    """Verifies a log once. After `find_faults` is exhausted, `batches`, `entries` and `end` describe the whole log."""

    def __init__(
        self, log: str, anchors: Iterable[AnchorStatement] = (), expected_end: BatchHead | None = None
    ) -> None:
        """Set the identity of the log, the anchors to compare with, and the recorded end of the log."""
        self.batches, self.entries, self.end = 0, 0, BatchHead(0, log)
        self._expected_end = expected_end
        self._expected_heads = [BatchHead(anchor.number, anchor.head) for anchor in anchors] + (
            [expected_end] if expected_end and expected_end.number else []
        )
        self._anchored_numbers = {head.number for head in self._expected_heads}
        self._heads: dict[int, str] = {}
        self._next_row: LogRow | None = None

    def find_faults(self, batches: Iterable[StoredBatch], rows: Iterable[LogRow]) -> Iterator[LogFault]:
        """Yield every fault in log order. `batches` are sorted by number, `rows` by sequence number."""
        remaining_rows = iter(rows)
        self._next_row = next(remaining_rows, None)
        for stored in batches:
            if stored.number <= self.end.number:
                yield LogFault(stored.number, None, BATCH_DUPLICATE)
                continue
            yield from self._batch_faults(stored)
            yield from self._orphan_faults(remaining_rows, stored.number)
            yield from self._entry_faults(stored, list(self._rows_through(remaining_rows, stored.number)))
        yield from self._orphan_faults(remaining_rows, None)
        yield from self._anchor_faults()

    def _batch_faults(self, stored: StoredBatch) -> Iterator[LogFault]:
        """Check one batch record against the chain, and advance `end`."""
        for missing in range(self.end.number + 1, stored.number):
            yield LogFault(missing, None, BATCH_DROPPED)
        head = SealedBatch(
            number=stored.number, count=stored.entry_count, root=stored.root, previous=stored.previous, at=stored.at
        ).head
        if head != stored.head:
            yield LogFault(stored.number, None, BATCH_CHANGED)
        if stored.number == self.end.number + 1 and stored.previous != self.end.head:
            yield LogFault(stored.number, None, UNCHAINED)
        self.batches += 1
        self.end = BatchHead(stored.number, head)
        if stored.number in self._anchored_numbers:
            self._heads[stored.number] = head

    def _rows_through(self, rows: Iterator[LogRow], number: int | None) -> Iterator[LogRow]:
        """Yield the rows up to and including a batch; all remaining rows if `number` is None."""
        row = self._next_row
        while row is not None and (number is None or row.sequence_number >> POSITION_BITS <= number):
            yield row
            row = next(rows, None)
        self._next_row = row

    def _orphan_faults(self, rows: Iterator[LogRow], number: int | None) -> Iterator[LogFault]:
        """Report the rows before a batch that belong to no batch."""
        for row in self._rows_through(rows, None if number is None else number - 1):
            yield LogFault(*split_sequence_number(row.sequence_number), ADDED)

    def _entry_faults(self, stored: StoredBatch, rows: Sequence[LogRow]) -> Iterator[LogFault]:
        """Compare the entries of a batch with its record."""
        number, count, first_number = stored.number, stored.entry_count, stored.number << POSITION_BITS
        leaves, expected, faulty = [], first_number, False
        for row in rows:
            if row.sequence_number != expected:
                faulty = True
                yield from self._order_faults(row.sequence_number, expected, first_number + count)
            expected = max(expected, row.sequence_number + 1)
            leaf = _leaf(number, row)
            leaves.append(leaf)
            if leaf != row.leaf:
                faulty = True
                yield LogFault(*split_sequence_number(row.sequence_number), CHANGED)
            elif row.sequence_number - first_number >= count:
                faulty = True
                yield LogFault(*split_sequence_number(row.sequence_number), ADDED)
        self.entries += len(rows)
        for position in range(expected - first_number, count):
            faulty = True
            yield LogFault(number, position, DROPPED)
        if not faulty and root(leaves).hex() != stored.root:
            yield LogFault(number, None, REPLACED)

    @staticmethod
    def _order_faults(sequence_number: int, expected: int, stop: int) -> Iterator[LogFault]:
        if sequence_number < expected:
            yield LogFault(*split_sequence_number(sequence_number), DUPLICATE)
        for missing in range(expected, min(sequence_number, stop)):
            yield LogFault(*split_sequence_number(missing), DROPPED)

    def _anchor_faults(self) -> Iterator[LogFault]:
        if self._expected_end is not None and self.end.number > self._expected_end.number:
            yield LogFault(self._expected_end.number + 1, None, BATCH_ADDED)
        for number, head in self._expected_heads:
            if number > self.end.number:
                yield LogFault(self.end.number, None, CUT)
            elif self._heads.get(number) != head:
                yield LogFault(number, None, REWRITTEN)


def _leaf(number: int, row: LogRow) -> bytes:
    """Return the recomputed leaf of a row, or b"" if the row is malformed.

    Facts and personal fields must be JSON objects, so that text cannot move from one column to the other.
    """
    sequence_number, at, kind, actor, organisation, process, step, about, facts, personal, _ = row
    try:
        public, hidden = facts.encode(), personal.encode()
        _decode_object(public), _decode_object(hidden)
        entry = SealedEntry(
            number,
            sequence_number & ((1 << POSITION_BITS) - 1),
            at,
            kind,
            actor,
            organisation,
            process,
            step,
            about,
            msgspec.Raw(public),
            msgspec.Raw(hidden),
        )
        return leaf_hash(encode(entry))
    except (AttributeError, TypeError, ValueError):
        return b""
