"""One call out of its rows: who called whom, when it was offered, answered and over, and why it ended."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from fanzha.read._calls.record import CallRecord

#: Calls kept open at once; when more wait, the oldest are told as they are.
MAX_OPEN_CALLS = 100_000
MAX_CALL_ROWS = 1_000


class OpenCall(msgspec.Struct):
    """Rows of one call, by any of the ids they share."""

    records: list[CallRecord]
    keys: set[str]


class CallAssembler:
    """Takes records in the file's order and gives back calls, each once nothing more of it is to be expected."""

    def __init__(self, max_open: int = MAX_OPEN_CALLS) -> None:
        self._max_open = max_open
        self._open: dict[int, OpenCall] = {}  # in the order in which calls were first seen
        self._number_by_key: dict[str, int] = {}
        self._next_number = 0

    def add(self, record: CallRecord) -> Iterator[list[CallRecord]]:
        """Take a record; yield the calls that are complete now."""
        number = self._assign(record)
        call = self._open[number]
        if record.last or len(call.records) >= MAX_CALL_ROWS:
            yield self._close(number)
        elif len(self._open) > self._max_open:
            yield self._close(next(iter(self._open)))

    def flush(self) -> Iterator[list[CallRecord]]:
        """Yield the calls that are still open."""
        while self._open:
            yield self._close(next(iter(self._open)))

    def _assign(self, record: CallRecord) -> int:
        """Find the call a record belongs to; a record that shares ids with two calls makes them one."""
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
    """What the rows of a call tell together; moments are UTC milliseconds, "" and None are not known."""

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
    """Put rows together: the leg that came in leads; the first answer and the last end count."""
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
    """One row says it itself; several: from the first answer to the last end (holding and transfers are talk)."""
    durations = [record.talk_ms for record in records if record.talk_ms is not None and record.answered]
    if len(durations) == 1:
        return durations[0]
    return max(0, end - answer) if answer is not None and end is not None else max(durations, default=None)


def _find_releaser(ordered: list[CallRecord]) -> str:
    """Told by a row, or by whose transaction the end was: a BYE with the caller's From tag is the caller's."""
    if releaser := _first_text([record.released_by for record in ordered]):
        return releaser
    first_tag, last_tag = ordered[0].tag, ordered[-1].tag
    if ordered[-1].begins or not first_tag or not last_tag:
        return ""
    return "caller" if first_tag == last_tag else "callee"


def _find_cause(ordered: list[CallRecord], answered: bool | None) -> int | None:
    """The leg that was answered tells how the call ended; when none was, the leg that came in."""
    causes = [
        record.cause
        for record in ordered
        if record.cause is not None and (not answered or record.answered is not False)
    ]
    return causes[0] if causes else next((record.cause for record in ordered if record.cause is not None), None)
