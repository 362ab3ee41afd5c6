"""Read a log from its beginning and find every row that was changed, dropped, moved or put in, by batch and entry."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from fanzha.base.words import Words
from fanzha.processes.log.anchor import Statement
from fanzha.processes.log.batch import Batch, Head
from fanzha.processes.log.entry import POSITION_BITS, Entry, encode, where
from fanzha.processes.log.merkle import leaf_hash, root

_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Row(NamedTuple):
    """An entry as a table keeps it; `leaf` is kept beside it so that a changed entry can be named."""

    place: int
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


class Kept(NamedTuple):
    """A batch as a table keeps it, with its chain hash."""

    number: int
    entries: int
    root: str
    previous: str
    at: int
    head: str


class Fault(NamedTuple):
    """Something is not as it was written; `position` is None where the batch as a whole is meant."""

    batch: int
    position: int | None
    words: Words

    def __str__(self) -> str:
        """Name batch and entry, and say what is wrong, in both languages."""
        return " | ".join(self.told)

    @property
    def told(self) -> Words:
        """Return the same, in words."""
        zh, en = f"批次 {self.batch}", f"batch {self.batch}"
        if self.position is not None:
            zh, en = f"{zh} 条目 {self.position}", f"{en} entry {self.position}"
        return Words(f"{zh}：{self.words.zh}", f"{en}: {self.words.en}")


CHANGED = Words("条目内容或其摘要被更改", "the entry or its digest was changed")
DROPPED = Words("条目缺失", "the entry is missing")
ADDED = Words("条目为后来插入", "the entry was put in afterwards")
MOVED = Words("条目顺序错误或重复", "the entry is out of order or stands twice")
REPLACED = Words(
    "条目与其摘要一并被更改，根不符", "entries were changed together with their digests: the root does not fit"
)
BATCH_CHANGED = Words("批次记录或其链式哈希被更改", "the record of the batch or its chain hash was changed")
BATCH_DROPPED = Words("批次记录缺失", "the record of the batch is missing")
BATCH_ADDED = Words("批次在日志末尾之后插入", "the batch stands behind the end of the log")
BATCH_MOVED = Words("批次记录顺序错误或重复", "the record of the batch is out of order or stands twice")
UNCHAINED = Words("与上一批次不衔接", "it does not follow the batch before")
CUT = Words("日志在此之后被截断", "the log was cut off after this batch")
WRITTEN_ANEW = Words("与已签名锚点不符，日志被改写", "it is not what was anchored: the log was written anew")


class Verification:
    """One reading of a log. After `faults` was read to its end, `batches`, `entries` and `end` say how far it went."""

    def __init__(self, log: str, anchors: Iterable[Statement] = (), end: Head | None = None) -> None:
        """Take the identity of the log, anchors to compare with, and where the log says that it ends."""
        self.batches, self.entries, self.end = 0, 0, Head(0, log)
        self._last = end
        self._stated = [Head(one.number, one.head) for one in anchors] + ([end] if end and end.number else [])
        self._wanted = {one.number for one in self._stated}
        self._seen: dict[int, str] = {}
        self._ahead: Row | None = None

    def faults(self, batches: Iterable[Kept], rows: Iterable[Row]) -> Iterator[Fault]:
        """Tell each fault, in the order of the log. Both tables come by number and place, as they lie in a table."""
        waiting = iter(rows)
        self._ahead = next(waiting, None)
        for kept in batches:
            if kept.number <= self.end.number:
                yield Fault(kept.number, None, BATCH_MOVED)
                continue
            yield from self._follows(kept)
            yield from self._without_batch(waiting, kept.number)
            yield from self._inside(kept, list(self._of_batch(waiting, kept.number)))
        yield from self._without_batch(waiting, None)
        yield from self._against_what_was_stated()

    def _follows(self, kept: Kept) -> Iterator[Fault]:
        """Go on by one record of a batch."""
        for missing in range(self.end.number + 1, kept.number):
            yield Fault(missing, None, BATCH_DROPPED)
        head = Batch(*kept[:5]).head
        if head != kept.head:
            yield Fault(kept.number, None, BATCH_CHANGED)
        if kept.number == self.end.number + 1 and kept.previous != self.end.head:
            yield Fault(kept.number, None, UNCHAINED)
        self.batches += 1
        self.end = Head(kept.number, head)
        if kept.number in self._wanted:
            self._seen[kept.number] = head

    def _of_batch(self, rows: Iterator[Row], number: int | None) -> Iterator[Row]:
        """Take the rows up to and with a batch; None: all that are left."""
        row = self._ahead
        while row is not None and (number is None or row.place >> POSITION_BITS <= number):
            yield row
            row = next(rows, None)
        self._ahead = row

    def _without_batch(self, rows: Iterator[Row], number: int | None) -> Iterator[Fault]:
        """Take the rows that stand before a batch but belong to none."""
        for row in self._of_batch(rows, None if number is None else number - 1):
            yield Fault(*where(row.place), ADDED)

    def _inside(self, kept: Kept, rows: Sequence[Row]) -> Iterator[Fault]:
        """Compare the entries of a batch with its record."""
        number, count, first = kept.number, kept.entries, kept.number << POSITION_BITS
        leaves, due, faulty = [], first, False
        for row in rows:
            if row.place != due:
                faulty = True
                yield from self._misplaced(row.place, due, first + count)
            due = max(due, row.place + 1)
            leaf = _leaf(number, row)
            leaves.append(leaf)
            if leaf != row.leaf:
                faulty = True
                yield Fault(*where(row.place), CHANGED)
            elif row.place - first >= count:
                faulty = True
                yield Fault(*where(row.place), ADDED)
        self.entries += len(rows)
        for position in range(due - first, count):
            faulty = True
            yield Fault(number, position, DROPPED)
        if not faulty and root(leaves).hex() != kept.root:
            yield Fault(number, None, REPLACED)

    @staticmethod
    def _misplaced(place: int, due: int, end: int) -> Iterator[Fault]:
        if place < due:
            yield Fault(*where(place), MOVED)
        for missing in range(due, min(place, end)):
            yield Fault(*where(missing), DROPPED)

    def _against_what_was_stated(self) -> Iterator[Fault]:
        if self._last is not None and self.end.number > self._last.number:
            yield Fault(self._last.number + 1, None, BATCH_ADDED)
        for number, head in self._stated:
            if number > self.end.number:
                yield Fault(self.end.number, None, CUT)
            elif self._seen.get(number) != head:
                yield Fault(number, None, WRITTEN_ANEW)


def _leaf(number: int, row: Row) -> bytes:
    """Return the leaf of a row as it is now; nothing when it cannot be one.

    Facts and personal fields must be objects each: else text could move from one column to the other unseen.
    """
    place, at, kind, actor, organisation, process, step, about, facts, personal, _ = row
    try:
        public, hidden = facts.encode(), personal.encode()
        _object(public), _object(hidden)
        entry = Entry(
            number,
            place & ((1 << POSITION_BITS) - 1),
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
