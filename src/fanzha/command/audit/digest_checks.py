"""Compare rows with their digests: find rows that were changed, added or removed without an entry of the log."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.command.audit.long_tables import as_bytes, read_in_chunks
from fanzha.command.audit.models import LogEntry, LogHead, RowDigests
from fanzha.command.audit.row_checks import RowCheck, decode_facts
from fanzha.command.audit.row_digests import (
    DELETED,
    DIGESTED,
    PACKED_BYTES,
    DigestTable,
    derive_salt,
    digest_tables,
    hash_row,
    key_id,
    unpack_digests,
)
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import split_sequence_number
from fanzha.processes.log.verification import LogFault

_UNSCOPED = unscoped("rows of all organisations are compared with the log")

_MAX_ATTEMPTS = 5  # of reading a row that is being changed
_CHUNK = 20_000  # rows

_CHANGED = Words("“{title}”第 {key} 行被更改", "row {key} of {title} was changed")
_MISSING = Words("“{title}”第 {key} 行缺失", "row {key} of {title} is missing")
_ADDED = Words("“{title}”第 {key} 行不在日志中", "row {key} of {title} is not on record")
_DIGESTS_MISSING = Words("“{title}”的校验值缺失", "the digests of {title} are missing")
_DIGESTS_CHANGED = Words("“{title}”的校验值被更改", "the digests of {title} were changed")
_DIGESTS_ADDED = Words("“{title}”的校验值不在日志中", "digests of {title} are not on record")
_BEFORE = Words(
    "“{title}”中早于校验值启用的行：后台任务将补记，请稍后再校验",
    "rows of {title} from before their digests began: a job puts them on record, check again later",
)
_OTHER_KEY = Words(
    "“{title}”的校验值：本机没有生成校验值的密钥 keys/row-digests，请从备份恢复",
    "digests of {title}: this machine lacks their key keys/row-digests, restore it from a backup",
)


class _TableOnRecord(NamedTuple):
    """The digests of one table on record: by batch the hash of them and whether this machine has their key."""

    digest_by_batch: Mapping[int, str]
    foreign: frozenset[int]  # batches made under another key
    is_complete: bool


class _KnownDigests(NamedTuple):
    """The last digest of each row: sorted primary keys, their batches and digests."""

    keys: NDArray[np.int64]
    batches: NDArray[np.int64]
    digests: NDArray[np.uint8]

    def find(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the index of each key, -1 without a digest."""
        if not len(self.keys):
            return np.full(len(keys), -1, np.int64)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, places, -1)


def check_digests(check: RowCheck) -> None:
    """Compare the rows of all digest tables."""
    last_batch = _last_batch()
    on_record = _read_record(0, last_batch)
    for table in digest_tables().values():
        if check.is_full:
            return
        table_on_record = on_record.get(table.name, _TableOnRecord({}, frozenset(), False))
        _TableCheck(check, table, table_on_record).run(last_batch)


def _last_batch() -> int:
    return LogHead.objects.values_list("number", flat=True).first() or 0


def _read_record(after_batch: int, last_batch: int) -> dict[str, _TableOnRecord]:
    """Return what the log has on record of digests, by table, in batches after one up to another."""
    own_key = key_id()
    digest_by_batch: dict[str, dict[int, str]] = {}
    foreign: dict[str, set[int]] = {}
    complete: set[str] = set()
    places = {"place__gte": (after_batch + 1) << 20, "place__lt": (last_batch + 1) << 20}
    entries = _UNSCOPED.rows(LogEntry).filter(kind=DIGESTED, **places)
    for place, text in read_in_chunks(entries.values_list("place", "facts"), "place"):
        facts, batch = decode_facts(text), split_sequence_number(place)[0]
        complete.update(facts.get("complete", ()))
        for name, recorded in facts.get("tables", {}).items():
            digest_by_batch.setdefault(name, {})[batch] = str(recorded.get("digest"))
            if facts.get("key") != own_key:
                foreign.setdefault(name, set()).add(batch)
    return {
        name: _TableOnRecord(digest_by_batch.get(name, {}), frozenset(foreign.get(name, ())), name in complete)
        for name in digest_by_batch.keys() | complete
    }


class _TableCheck:
    """Compares one table with its digests."""

    def __init__(self, check: RowCheck, table: DigestTable, on_record: _TableOnRecord) -> None:
        self._check, self._table, self._on_record = check, table, on_record
        self._salts: dict[int, bytes] = {}
        self._last_batch = 0

    def run(self, last_batch: int) -> None:
        """Report rows that were changed, are missing, or are not on record, as of a batch."""
        known = self._read_digests(self._on_record.digest_by_batch, last_batch)
        seen = np.zeros(len(known.keys), np.bool_)
        suspects: list[int] = []
        for rows in self._chunks():
            keys = np.array([row[0] for row in rows], np.int64)
            places = known.find(keys)
            seen[places[places >= 0]] = True
            suspects += self._find_differences(known, rows, places)
            self._check.advance(self._table.title, len(rows))
            if len(suspects) > _CHUNK:
                break
        is_deleted = ~known.digests.any(axis=1) if len(known.keys) else seen
        suspects += known.keys[~seen & ~is_deleted].tolist()
        self._report(known, sorted(set(suspects)))

    def _chunks(self) -> Iterator[list[tuple[Any, ...]]]:
        rows, after = self._table.rows.order_by("pk").values_list("pk", *self._table.columns), 0
        while chunk := list(rows.filter(pk__gt=after)[:_CHUNK]):
            yield chunk
            after = chunk[-1][0]

    def _find_differences(
        self, known: _KnownDigests, rows: Sequence[tuple[Any, ...]], places: NDArray[np.int64]
    ) -> Iterator[int]:
        batches, digests = known.batches, known.digests
        for row, place in zip(rows, places.tolist(), strict=True):
            salt = self._salts.get(int(batches[place])) if place >= 0 else None
            if salt is None or hash_row(salt, row) != digests[place].tobytes():
                yield row[0]

    def _report(self, known: _KnownDigests, suspects: Sequence[int]) -> None:
        """Report suspects. A row that changed while it was read is compared again, with its newer digest."""
        for _ in range(_MAX_ATTEMPTS):
            before = self._last_batch
            rows = self._current_rows(suspects)
            newer = self._read_newer()
            known = _merge([known, newer]) if len(newer.keys) else known
            suspects = [key for key in suspects if not self._is_consistent(known, key, rows.get(key))]
            if not suspects or self._last_batch == before:
                break
        for key in suspects:
            if self._check.is_full:
                return
            self._report_row(known, key, rows.get(key))

    def _current_rows(self, keys: Sequence[int]) -> dict[int, tuple[Any, ...]]:
        rows: dict[int, tuple[Any, ...]] = {}
        for start in range(0, len(keys), _CHUNK):
            some = self._table.rows.filter(pk__in=in_list(keys[start : start + _CHUNK]))
            rows |= {row[0]: row for row in some.values_list("pk", *self._table.columns)}
        return rows

    def _is_consistent(self, known: _KnownDigests, key: int, row: tuple[Any, ...] | None) -> bool:
        place = int(known.find(np.array([key], np.int64))[0])
        if place < 0:
            return row is None
        digest: bytes = known.digests[place].tobytes()
        if row is None:
            return digest == DELETED
        salt = self._salts.get(int(known.batches[place]))
        return salt is not None and hash_row(salt, row) == digest

    def _report_row(self, known: _KnownDigests, key: int, row: tuple[Any, ...] | None) -> None:
        place = int(known.find(np.array([key], np.int64))[0])
        batch = int(known.batches[place]) if place >= 0 else 0
        if place < 0 and not self._on_record.is_complete:
            self._count(_BEFORE)
        elif batch in self._on_record.foreign:
            self._count(_OTHER_KEY)
        elif batch not in self._salts and batch:
            return  # the digests of the batch were reported
        else:
            words = _MISSING if row is None else _ADDED if place < 0 else _CHANGED
            self._fault(batch, words, key=key)

    def _read_newer(self) -> _KnownDigests:
        last = _last_batch()
        on_record = _read_record(self._last_batch, last).get(self._table.name)
        return self._read_digests(on_record.digest_by_batch if on_record else {}, last)

    def _read_digests(self, digest_by_batch: Mapping[int, str], last_batch: int) -> _KnownDigests:
        """Return the digests up to a batch, and report those that are not what the log has on record."""
        parts: list[_KnownDigests] = []
        found: set[int] = set()
        rows = RowDigests.objects.filter(table=self._table.name, batch__gt=self._last_batch)
        for row in rows.filter(batch__lte=last_batch).order_by("batch").iterator():
            found.add(row.batch)
            packed = as_bytes(row.packed)
            if row.batch not in digest_by_batch:
                self._fault(row.batch, _DIGESTS_ADDED)
            elif sha256(packed).hexdigest() != digest_by_batch[row.batch] or len(packed) % PACKED_BYTES:
                self._fault(row.batch, _DIGESTS_CHANGED)
            else:
                self._salts[row.batch] = derive_salt(self._table, as_bytes(row.nonce))
                digests = unpack_digests(packed)
                parts.append(_KnownDigests(digests.keys, np.full(len(digests.keys), row.batch), digests.digests))
        for batch in sorted(digest_by_batch.keys() - found):
            self._fault(batch, _DIGESTS_MISSING)
        self._last_batch = last_batch
        return _merge(parts)

    def _fault(self, batch: int, words: Words, **names: object) -> None:
        title = self._table.title
        message = Words(words.zh.format(title=title.zh, **names), words.en.format(title=title.en, **names))
        self._check.faults.append(LogFault(batch, None, message))

    def _count(self, words: Words) -> None:
        title = self._table.title
        self._check.unchecked[Words(words.zh.format(title=title.zh), words.en.format(title=title.en))] += 1


def _merge(parts: Sequence[_KnownDigests]) -> _KnownDigests:
    """Return the last digest of each row of digests in the order of batches."""
    if not parts:
        return _KnownDigests(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 32), np.uint8))
    keys = np.concatenate([part.keys for part in parts])
    batches = np.concatenate([part.batches for part in parts])
    digests = np.concatenate([part.digests for part in parts])
    order = np.lexsort((batches, keys))
    is_last = np.append(keys[order][1:] != keys[order][:-1], [True]) if len(keys) else np.zeros(0, np.bool_)
    last = order[is_last]
    return _KnownDigests(keys[last], batches[last], digests[last])
