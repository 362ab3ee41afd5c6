"""Assemble calls from records: group legs, partial records, offers and ends by shared ids; merge each group."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from fanzha.read._calls.record import CallRecord

#: The maximum number of open calls. Beyond it, the oldest open call is completed.
MAX_OPEN_CALLS = 100_000
MAX_CALL_ROWS = 1_000


class OpenCall(msgspec.Struct):
    """The records of one call so far, and all their ids."""

    records: list[CallRecord]
    keys: set[str]


class CallAssembler:
    """Groups records into calls by shared ids, and returns each call when it is complete."""

    def __init__(self, max_open: int = MAX_OPEN_CALLS) -> None:
        self._max_open = max_open
        self._open: dict[int, OpenCall] = {}  # in order of each call's first record
        self._number_by_key: dict[str, int] = {}
        self._next_number = 0

    def add(self, record: CallRecord) -> Iterator[list[CallRecord]]:
        """Add a record; yield the calls that it completes."""
        number = self._assign(record)
        call = self._open[number]
        if record.last or len(call.records) >= MAX_CALL_ROWS:
            yield self._close(number)
        elif len(self._open) > self._max_open:
            yield self._close(next(iter(self._open)))

    def flush(self) -> Iterator[list[CallRecord]]:
        """Yield the calls that are still open, and close them."""
        while self._open:
            yield self._close(next(iter(self._open)))

    def _assign(self, record: CallRecord) -> int:
        """Add a record to its call and return the call's number. Calls that share an id with it are merged."""
        numbers = sorted({self._number_by_key[key] for key in record.keys if key in self._number_by_key})
        if not numbers:
            numbers = [self._next_number]
            self._open[self._next_number] = OpenCall([], set())
            self._next_number += 1
        first, *other_numbers = numbers
        call = self._open[first]
        for number in other_numbers:
            absorbed = self._open.pop(number)
            call.records += absorbed.records
            call.keys |= absorbed.keys
        call.records.append(record)
        call.keys.update(record.keys)
        for key in call.keys if other_numbers else record.keys:
            self._number_by_key[key] = first
        return first

    def _close(self, number: int) -> list[CallRecord]:
        call = self._open.pop(number)
        for key in call.keys:
            self._number_by_key.pop(key, None)
        return call.records


class AssembledCall(NamedTuple):
    """One call merged from its records. Times are UTC milliseconds; "" and None are unknown."""

    call_id: str
    caller: str
    callee: str
    occurred_at: int
    answered_at: int | None
    ended_at: int | None
    answered: bool | None
    talk_ms: int | None
    ring_ms: int | None
    release_cause: int | None
    released_by: str
    partial: bool
    original_callee: str
    diversion: str
    asserted_identity: str
    attestation: str
    presentation: str
    trunk: str


def merge_records(records: list[CallRecord]) -> AssembledCall:
    """Merge the records of a call. The incoming leg has precedence; the first answer and the last end count."""
    ordered = records
    if len(records) > 1:
        ordered = sorted(records, key=lambda record: (record.role, record.order, record.start, record.row))
    lead = ordered[0]
    answer = min(
        [record.answer for record in records if record.answer is not None and record.answered is not False],
        default=None,
    )
    end = max([record.end for record in records if record.end is not None], default=None)
    answered = _merge_answered(records, answer is not None)
    start = min([record.start for record in records])
    rang = answer is not None and answered and all(record.ring_known for record in records)
    return AssembledCall(
        lead.keys[0],
        _first_text([record.caller for record in ordered]),
        _first_text([record.callee for record in ordered]),
        start,
        answer if answered else None,
        end,
        answered,
        _merge_talk_ms(records, answer, end) if answered else 0 if answered is False else None,
        answer - start if rang and answer is not None else None,
        _find_cause(ordered, answered),
        _find_releaser(ordered),
        end is None or all(record.partial for record in records),
        _first_text([record.original_callee for record in ordered]),
        _first_text([record.diversion for record in ordered]),
        _first_text([record.asserted_identity for record in ordered]),
        _first_text([record.attestation for record in ordered]),
        _first_text([record.presentation for record in ordered]),
        _first_text([record.trunk for record in ordered]),
    )


def _first_text(texts: list[str]) -> str:
    return texts[0] if texts[0] else next(filter(None, texts), "")


def _merge_answered(records: list[CallRecord], has_answer: bool) -> bool | None:
    flags = [record.answered for record in records if record.answered is not None]
    return any(flags) if flags else True if has_answer else None


def _merge_talk_ms(records: list[CallRecord], answer: int | None, end: int | None) -> int | None:
    """Return the talk time of a single answered record, else the time from the first answer to the last end."""
    durations = [record.talk_ms for record in records if record.talk_ms is not None and record.answered]
    if len(durations) == 1:
        return durations[0]
    return max(0, end - answer) if answer is not None and end is not None else max(durations, default=None)


def _find_releaser(ordered: list[CallRecord]) -> str:
    """Return the releasing side from a record, else from the From tag of the BYE, which is that of its sender."""
    if releaser := _first_text([record.released_by for record in ordered]):
        return releaser
    first_tag, last_tag = ordered[0].tag, ordered[-1].tag
    if ordered[-1].begins or not first_tag or not last_tag:
        return ""
    return "caller" if first_tag == last_tag else "callee"


def _find_cause(ordered: list[CallRecord], answered: bool | None) -> int | None:
    """Return the release cause of the answered leg, or of the incoming leg if no leg was answered."""
    causes = [
        record.cause
        for record in ordered
        if record.cause is not None and (not answered or record.answered is not False)
    ]
    return causes[0] if causes else next((record.cause for record in ordered if record.cause is not None), None)
