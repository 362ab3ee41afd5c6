"""Count a day's calls by subject and reason, so that an investigator gets one finding and not a million."""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.detect._gateway.judge import Judged
from fanzha.detect._gateway.reasons import Reason
from fanzha.kinds.phone_number import NumberClass, classify_many

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

DAY_MS = 86_400_000
CHINA_MS = 8 * 3_600_000  # a day is a day in Beijing
MOST_NUMBERS = 1_000  # different claimed numbers remembered for a subject
MOST_EVENTS = 9  # event ids kept beside the last one
MOST_SUBJECTS = {"trunk": 1_000_000, "phone_number": 1_000, "call": 20}  # a day, for one reason and ingress


class Tally(msgspec.Struct):
    """The calls of one subject, reason, ingress and day; times are UTC milliseconds."""

    subject_kind: str
    subject: str
    reason: int
    ingress: str
    day: int  # days since 1970-01-01 in Beijing
    count: int = 0
    spared: int = 0  # of these to emergency numbers, which are let through
    first_at: int = 0
    last_at: int = 0
    last_event: str = ""
    events: list[str] = []
    numbers: dict[str, int] = {}  # claimed number as written -> calls, in order of first appearance
    others: int = 0  # calls of further numbers
    simulated: bool = False
    bases: list[str] = []

    @property
    def event_ids(self) -> tuple[str, ...]:
        """The first event ids and, last, the trigger's."""
        return (*(event for event in self.events if event != self.last_event), self.last_event)


class Tallies(msgspec.Struct):
    """All that is remembered between batches."""

    open: dict[str, Tally] = {}
    subjects: dict[str, int] = {}  # kind, reason, ingress, day -> subjects counted
    more: dict[str, int] = {}  # the same -> calls of subjects beyond MOST_SUBJECTS
    calls: dict[str, int] = {}  # trunk, ingress, day -> all its calls

    def close(self, before: int | None = None) -> Iterator[Tally]:
        """Take out the tallies of days before a day (None: all), in a settled order."""
        done = {key: tally for key, tally in self.open.items() if before is None or tally.day < before}
        yield from sorted(done.values(), key=lambda t: (t.day, t.subject_kind, t.subject, t.reason, t.ingress))
        self.open = {key: tally for key, tally in self.open.items() if key not in done}
        for counts in (self.subjects, self.more, self.calls):
            for key in [key for key in counts if before is None or int(key.rpartition("\x1f")[2]) < before]:
                del counts[key]

    def calls_of(self, tally: Tally) -> int | None:
        """Return all calls of a trunk on the day, None for other subjects."""
        return self.calls.get(_key(tally.subject, tally.ingress, tally.day)) if tally.subject_kind == "trunk" else None

    def more_than(self, tally: Tally) -> int:
        """Return the calls of further subjects with the same reason, ingress and day."""
        return self.more.get(_key(tally.subject_kind, tally.reason, tally.ingress, tally.day), 0)

    def add(self, batch: pa.RecordBatch, judged: Judged) -> None:
        """Count a batch in."""
        days = (batch.column("occurred_at").to_numpy() + CHINA_MS) // DAY_MS
        self._count_trunks(batch, days)
        hits = np.flatnonzero(judged.reason)
        if hits.size:
            where: Any = pa.array(hits)
            self._count_hits(_Hits(batch.take(where), judged, hits, days[hits]))

    def _count_trunks(self, batch: pa.RecordBatch, days: NDArray[np.int64]) -> None:
        trunk, ingress = _Encoded(batch.column("trunk")), _Encoded(batch.column("ingress"))
        known = np.flatnonzero(trunk.codes >= 0)
        keys = np.stack([trunk.codes, ingress.codes, days], axis=1)[known]
        groups, counts = np.unique(keys, axis=0, return_counts=True)
        for (name, way, day), count in zip(groups.tolist(), counts.tolist(), strict=True):
            key = _key(trunk.values[name], ingress.values[way], day)
            self.calls[key] = self.calls.get(key, 0) + count

    def _count_hits(self, hits: "_Hits") -> None:
        for rows in hits.groups():
            key, shelf = hits.keys(int(rows[0]))
            if key not in self.open:
                kind = shelf.partition("\x1f")[0]
                if self.subjects.get(shelf, 0) >= MOST_SUBJECTS[kind]:
                    self.more[shelf] = self.more.get(shelf, 0) + rows.size
                    continue
                self.subjects[shelf] = self.subjects.get(shelf, 0) + 1
                self.open[key] = hits.tally(int(rows[0]))
            hits.count_into(self.open[key], rows)


class _Encoded:
    """A string column as codes and values; null is -1, which reads as ""."""

    def __init__(self, column: "pa.Array[Any]") -> None:
        encoded: Any = column.dictionary_encode()
        self.codes: NDArray[np.int64] = pc.fill_null(encoded.indices, -1).to_numpy().astype(np.int64)
        self.values: list[str] = [*encoded.dictionary.to_pylist(), ""]


def _key(*parts: str | int) -> str:
    return "\x1f".join(map(str, parts))


class _Hits:
    """The calls of a batch that have a reason."""

    def __init__(self, batch: pa.RecordBatch, judged: Judged, rows: NDArray[np.int64], days: NDArray[np.int64]) -> None:
        where: Any = pa.array(rows)
        self.reasons, self.days = judged.reason[rows], days
        claimed, proven = judged.claimed.take(where), judged.proven.take(where)
        self.kinds, self.subjects = _subjects(batch, claimed, proven, self.reasons)
        self.subject, self.ingress = _Encoded(self.subjects), _Encoded(batch.column("ingress"))
        self.written = _Encoded(batch.column("caller"))
        self.events = [str(event) for event in batch.column("event_id").to_pylist()]
        self.moments: NDArray[np.int64] = batch.column("occurred_at").to_numpy()
        self.simulated: NDArray[np.bool_] = batch.column("simulated").to_numpy(zero_copy_only=False)
        self.basis = _Encoded(batch.column("basis"))
        callee: Any = classify_many(batch.column("callee"))["number_class"]
        emergency = pc.fill_null(pc.equal(callee.cast(pa.string()), NumberClass.EMERGENCY.value), False)
        self.to_emergency: NDArray[np.bool_] = emergency.to_numpy()

    def groups(self) -> list[NDArray[np.int64]]:
        """Return the rows of each subject, reason, ingress and day, in order of first appearance."""
        keys = np.stack([self.kinds, self.subject.codes, self.reasons, self.ingress.codes, self.days], axis=1)
        _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        order = np.argsort(group.reshape(-1), kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(group.reshape(-1)[order])) + 1)
        return [parts[place] for place in np.argsort(first)]

    def keys(self, row: int) -> tuple[str, str]:
        """Return the key of a row's tally, and that of all tallies of its kind, reason, ingress and day."""
        kind, ingress = _KINDS[self.kinds[row]], self.ingress.values[self.ingress.codes[row]]
        reason, day = int(self.reasons[row]), int(self.days[row])
        subject = self.subject.values[self.subject.codes[row]]
        return _key(kind, subject, reason, ingress, day), _key(kind, reason, ingress, day)

    def tally(self, row: int) -> Tally:
        """Open the tally of a row."""
        return Tally(
            subject_kind=_KINDS[self.kinds[row]],
            subject=self.subject.values[self.subject.codes[row]],
            reason=int(self.reasons[row]),
            ingress=self.ingress.values[self.ingress.codes[row]],
            day=int(self.days[row]),
            first_at=int(self.moments[row]),
        )

    def count_into(self, tally: Tally, rows: NDArray[np.int64]) -> None:
        """Count rows of one group, which stand in order of time."""
        last = int(rows[-1])
        tally.count += rows.size
        tally.spared += int(self.to_emergency[rows].sum())
        tally.last_at, tally.last_event = int(self.moments[last]), self.events[last]
        tally.events += [self.events[row] for row in rows[: MOST_EVENTS - len(tally.events)]]
        tally.simulated = tally.simulated or bool(self.simulated[rows].any())
        bases = {self.basis.values[code] for code in np.unique(self.basis.codes[rows])} - {""}
        tally.bases = sorted(bases.union(tally.bases))
        codes, first, counts = np.unique(self.written.codes[rows], return_index=True, return_counts=True)
        for place in np.argsort(first):
            self._count_number(tally, self.written.values[codes[place]], int(counts[place]))

    @staticmethod
    def _count_number(tally: Tally, number: str, count: int) -> None:
        if number in tally.numbers or len(tally.numbers) < MOST_NUMBERS:
            tally.numbers[number] = tally.numbers.get(number, 0) + count
        else:
            tally.others += count


_KINDS = ("trunk", "phone_number", "call")


def _subjects(
    batch: pa.RecordBatch, claimed: "pa.Array[Any]", proven: "pa.Array[Any]", reasons: NDArray[np.int64]
) -> "tuple[NDArray[np.int64], pa.Array[Any]]":
    """Say to whom each call is laid: the proven number when it claims another, else the trunk, else the call alone.

    A claimed number is never accused; a proven one also when it is an IoT number that calls (design §2).
    """
    iot = pa.array(reasons == Reason.IOT_CALLS)
    accused = pc.and_(pc.is_valid(proven), pc.or_(pc.fill_null(pc.not_equal(proven, claimed), True), iot))
    number = pc.if_else(accused, proven, pa.scalar(None, pa.string()))
    trunk = pc.if_else(pc.not_equal(batch.column("trunk"), ""), batch.column("trunk"), pa.scalar(None, pa.string()))
    subjects = pc.coalesce(number, trunk, batch.column("call_id"))
    has_number, has_trunk = (pc.is_valid(column).to_numpy(zero_copy_only=False) for column in (number, trunk))
    return np.where(has_number, 1, np.where(has_trunk, 0, 2)), subjects
