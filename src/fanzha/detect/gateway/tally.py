"""Tallies of a day's calls by subject and reason, so that a day yields one finding for each and not a million."""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.detect.gateway.assessment import GatewayAssessment
from fanzha.detect.gateway.reasons import GatewayReason
from fanzha.kinds.phone_number import NumberClass, classify_many

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

DAY_MS = 86_400_000
CHINA_MS = 8 * 3_600_000  # offset of Beijing time, in which days are counted
MAX_NUMBERS = 1_000  # distinct claimed numbers stored for a subject
MAX_EVENTS = 9  # event ids stored in addition to the last one
MAX_SUBJECTS = {"trunk": 1_000_000, "phone_number": 1_000, "call": 20}  # for one day, reason and ingress

#: Names in saved states, which must stay readable.
_TALLY_KEYS = {"emergency_calls": "spared", "other_calls": "others"}
_TALLIES_KEYS = {
    "open_tallies": "open",
    "subject_counts": "subjects",
    "unlisted_calls": "more",
    "trunk_calls": "calls",
}


class Tally(msgspec.Struct, rename=_TALLY_KEYS):
    """The calls of one subject, reason, ingress and day; times are UTC milliseconds."""

    subject_kind: str
    subject: str
    reason: int
    ingress: str
    day: int  # days since 1970-01-01 in Beijing
    count: int = 0
    emergency_calls: int = 0  # calls to emergency numbers among these; they are let through
    first_at: int = 0
    last_at: int = 0
    last_event: str = ""
    last_call: str = ""  # call id of the last call
    events: list[str] = []
    numbers: dict[str, int] = {}  # claimed number as written -> calls, in order of first appearance
    other_calls: int = 0  # calls of claimed numbers beyond MAX_NUMBERS
    simulated: bool = False
    bases: list[str] = []

    @property
    def event_ids(self) -> tuple[str, ...]:
        """The first event ids, followed by that of the last event, which is the trigger."""
        return (*(event for event in self.events if event != self.last_event), self.last_event)


class Tallies(msgspec.Struct, rename=_TALLIES_KEYS):
    """The state of the detector between batches."""

    open_tallies: dict[str, Tally] = {}
    subject_counts: dict[str, int] = {}  # by kind, reason, ingress and day
    unlisted_calls: dict[str, int] = {}  # calls of subjects beyond MAX_SUBJECTS, by kind, reason, ingress and day
    trunk_calls: dict[str, int] = {}  # all calls, by trunk, ingress and day

    def close(self, before: int | None = None) -> Iterator[Tally]:
        """Remove and yield the tallies of days before a day (None: all), in a fixed order."""
        closed = {key: tally for key, tally in self.open_tallies.items() if before is None or tally.day < before}
        yield from sorted(closed.values(), key=lambda t: (t.day, t.subject_kind, t.subject, t.reason, t.ingress))
        self.open_tallies = {key: tally for key, tally in self.open_tallies.items() if key not in closed}
        for counts in (self.subject_counts, self.unlisted_calls, self.trunk_calls):
            for key in [key for key in counts if before is None or int(key.rpartition("\x1f")[2]) < before]:
                del counts[key]

    def calls_of(self, tally: Tally) -> int | None:
        """Return the count of all calls of the tally's trunk on its day; None if its subject is no trunk."""
        return (
            self.trunk_calls.get(_key(tally.subject, tally.ingress, tally.day))
            if tally.subject_kind == "trunk"
            else None
        )

    def unlisted_calls_of(self, tally: Tally) -> int:
        """Return how many calls of the same kind, reason, ingress and day belong to subjects without a tally."""
        return self.unlisted_calls.get(_key(tally.subject_kind, tally.reason, tally.ingress, tally.day), 0)

    def add(self, batch: pa.RecordBatch, assessment: GatewayAssessment) -> None:
        """Count the calls of a batch."""
        days = (batch.column("occurred_at").to_numpy() + CHINA_MS) // DAY_MS
        self._count_trunks(batch, days)
        flagged = np.flatnonzero(assessment.reasons)
        if flagged.size:
            indices: Any = pa.array(flagged)
            self._count_flagged(_FlaggedCalls(batch.take(indices), assessment, flagged, days[flagged]))

    def _count_trunks(self, batch: pa.RecordBatch, days: NDArray[np.int64]) -> None:
        trunk, ingress = _EncodedColumn(batch.column("trunk")), _EncodedColumn(batch.column("ingress"))
        rows_with_trunk = np.flatnonzero(trunk.codes >= 0)
        keys = np.stack([trunk.codes, ingress.codes, days], axis=1)[rows_with_trunk]
        groups, counts = np.unique(keys, axis=0, return_counts=True)
        for (trunk_code, ingress_code, day), count in zip(groups.tolist(), counts.tolist(), strict=True):
            key = _key(trunk.values[trunk_code], ingress.values[ingress_code], day)
            self.trunk_calls[key] = self.trunk_calls.get(key, 0) + count

    def _count_flagged(self, flagged_calls: "_FlaggedCalls") -> None:
        for rows in flagged_calls.groups():
            key, group_key = flagged_calls.keys(int(rows[0]))
            if key not in self.open_tallies:
                kind = group_key.partition("\x1f")[0]
                if self.subject_counts.get(group_key, 0) >= MAX_SUBJECTS[kind]:
                    self.unlisted_calls[group_key] = self.unlisted_calls.get(group_key, 0) + rows.size
                    continue
                self.subject_counts[group_key] = self.subject_counts.get(group_key, 0) + 1
                self.open_tallies[key] = flagged_calls.tally(int(rows[0]))
            flagged_calls.count_into(self.open_tallies[key], rows)


class _EncodedColumn:
    """A dictionary-encoded string column; the code of null is -1, its value ""."""

    def __init__(self, column: "pa.Array[Any]") -> None:
        encoded: Any = column.dictionary_encode()
        self.codes: NDArray[np.int64] = pc.fill_null(encoded.indices, -1).to_numpy().astype(np.int64)
        self.values: list[str] = [*encoded.dictionary.to_pylist(), ""]


def _key(*parts: str | int) -> str:
    return "\x1f".join(map(str, parts))


class _FlaggedCalls:
    """The calls of a batch that have a reason code."""

    def __init__(
        self, batch: pa.RecordBatch, assessment: GatewayAssessment, rows: NDArray[np.int64], days: NDArray[np.int64]
    ) -> None:
        indices: Any = pa.array(rows)
        self.reasons, self.days = assessment.reasons[rows], days
        claimed, proven = assessment.claimed.take(indices), assessment.proven.take(indices)
        self.kinds, self.subjects = _subjects(batch, claimed, proven, self.reasons)
        self.subject_codes, self.ingress_codes = _EncodedColumn(self.subjects), _EncodedColumn(batch.column("ingress"))
        self.caller_numbers = _EncodedColumn(batch.column("caller"))
        self.events = [str(event) for event in batch.column("event_id").to_pylist()]
        self.calls = [call or "" for call in batch.column("call_id").to_pylist()]
        self.occurred_at: NDArray[np.int64] = batch.column("occurred_at").to_numpy()
        self.simulated: NDArray[np.bool_] = batch.column("simulated").to_numpy(zero_copy_only=False)
        self.basis = _EncodedColumn(batch.column("basis"))
        callee: Any = classify_many(batch.column("callee"))["number_class"]
        emergency = pc.fill_null(pc.equal(callee.cast(pa.string()), NumberClass.EMERGENCY.value), False)
        self.to_emergency: NDArray[np.bool_] = emergency.to_numpy()

    def groups(self) -> list[NDArray[np.int64]]:
        """Return the row indices of each subject, reason, ingress and day, in order of first appearance."""
        keys = np.stack(
            [self.kinds, self.subject_codes.codes, self.reasons, self.ingress_codes.codes, self.days], axis=1
        )
        _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        order = np.argsort(group.reshape(-1), kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(group.reshape(-1)[order])) + 1)
        return [parts[index] for index in np.argsort(first)]

    def keys(self, row: int) -> tuple[str, str]:
        """Return the key of a row's tally, and the key of its kind, reason, ingress and day."""
        kind, ingress = _KINDS[self.kinds[row]], self.ingress_codes.values[self.ingress_codes.codes[row]]
        reason, day = int(self.reasons[row]), int(self.days[row])
        subject = self.subject_codes.values[self.subject_codes.codes[row]]
        return _key(kind, subject, reason, ingress, day), _key(kind, reason, ingress, day)

    def tally(self, row: int) -> Tally:
        """Return a new, empty tally for a row."""
        return Tally(
            subject_kind=_KINDS[self.kinds[row]],
            subject=self.subject_codes.values[self.subject_codes.codes[row]],
            reason=int(self.reasons[row]),
            ingress=self.ingress_codes.values[self.ingress_codes.codes[row]],
            day=int(self.days[row]),
            first_at=int(self.occurred_at[row]),
        )

    def count_into(self, tally: Tally, rows: NDArray[np.int64]) -> None:
        """Add the rows of one group, in time order, to its tally."""
        last = int(rows[-1])
        tally.count += rows.size
        tally.emergency_calls += int(self.to_emergency[rows].sum())
        tally.last_at, tally.last_event = int(self.occurred_at[last]), self.events[last]
        tally.last_call = self.calls[last]
        tally.events += [self.events[row] for row in rows[: MAX_EVENTS - len(tally.events)]]
        tally.simulated = tally.simulated or bool(self.simulated[rows].any())
        bases = {self.basis.values[code] for code in np.unique(self.basis.codes[rows])} - {""}
        tally.bases = sorted(bases.union(tally.bases))
        codes, first, counts = np.unique(self.caller_numbers.codes[rows], return_index=True, return_counts=True)
        for index in np.argsort(first):
            self._count_number(tally, self.caller_numbers.values[codes[index]], int(counts[index]))

    @staticmethod
    def _count_number(tally: Tally, number: str, count: int) -> None:
        if number in tally.numbers or len(tally.numbers) < MAX_NUMBERS:
            tally.numbers[number] = tally.numbers.get(number, 0) + count
        else:
            tally.other_calls += count


_KINDS = ("trunk", "phone_number", "call")


def _subjects(
    batch: pa.RecordBatch, claimed: "pa.Array[Any]", proven: "pa.Array[Any]", reasons: NDArray[np.int64]
) -> "tuple[NDArray[np.int64], pa.Array[Any]]":
    """Return kind (index into _KINDS) and value of the subject of each call.

    It is the proven number if the call claims another one or is placed by an IoT number, else the trunk, else the
    call. A claimed number is never a subject.
    """
    iot = pa.array(reasons == GatewayReason.IOT_CALLS)
    accused = pc.and_(pc.is_valid(proven), pc.or_(pc.fill_null(pc.not_equal(proven, claimed), True), iot))
    number = pc.if_else(accused, proven, pa.scalar(None, pa.string()))
    trunk = pc.if_else(pc.not_equal(batch.column("trunk"), ""), batch.column("trunk"), pa.scalar(None, pa.string()))
    subjects = pc.coalesce(number, trunk, batch.column("call_id"))
    has_number, has_trunk = (pc.is_valid(column).to_numpy(zero_copy_only=False) for column in (number, trunk))
    return np.where(has_number, 1, np.where(has_trunk, 0, 2)), subjects
