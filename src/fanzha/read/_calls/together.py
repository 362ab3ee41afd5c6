"""One call out of its rows: who called whom, when it was offered, answered and over, and why it ended."""

from typing import NamedTuple

from fanzha.read._calls.record import Record


class Told(NamedTuple):
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


def together(records: list[Record]) -> Told:
    """Put rows together: the leg that came in leads; the first answer and the last end count."""
    in_order = records
    if len(records) > 1:
        in_order = sorted(records, key=lambda one: (one.role, one.order, one.start, one.row))
    lead = in_order[0]
    answer = min([one.answer for one in records if one.answer is not None and one.answered is not False], default=None)
    end = max([one.end for one in records if one.end is not None], default=None)
    answered = _answered(records, answer is not None)
    start = min([one.start for one in records])
    rang = answer is not None and answered and all(one.ring_known for one in records)
    return Told(
        lead.keys[0],
        _first([one.caller for one in in_order]),
        _first([one.callee for one in in_order]),
        start,
        answer if answered else None,
        end,
        answered,
        _talk(records, answer, end) if answered else 0 if answered is False else None,
        answer - start if rang and answer is not None else None,
        _cause(in_order, answered),
        _released_by(in_order),
        end is None or all(one.partial for one in records),
        _first([one.original_callee for one in in_order]),
        _first([one.diversion for one in in_order]),
        _first([one.asserted_identity for one in in_order]),
        _first([one.attestation for one in in_order]),
        _first([one.presentation for one in in_order]),
        _first([one.trunk for one in in_order]),
    )


def _first(texts: list[str]) -> str:
    return texts[0] if texts[0] else next(filter(None, texts), "")


def _answered(records: list[Record], has_answer: bool) -> bool | None:
    said = [one.answered for one in records if one.answered is not None]
    return any(said) if said else True if has_answer else None


def _talk(records: list[Record], answer: int | None, end: int | None) -> int | None:
    """One row says it itself; several: from the first answer to the last end (holding and transfers are talk)."""
    told = [one.talk_ms for one in records if one.talk_ms is not None and one.answered]
    if len(told) == 1:
        return told[0]
    return max(0, end - answer) if answer is not None and end is not None else max(told, default=None)


def _released_by(in_order: list[Record]) -> str:
    """Told by a row, or by whose transaction the end was: a BYE with the caller's From tag is the caller's."""
    if told := _first([one.released_by for one in in_order]):
        return told
    begin, end = in_order[0].tag, in_order[-1].tag
    if in_order[-1].begins or not begin or not end:
        return ""
    return "caller" if begin == end else "callee"


def _cause(in_order: list[Record], answered: bool | None) -> int | None:
    """The leg that was answered tells how the call ended; when none was, the leg that came in."""
    causes = [one.cause for one in in_order if one.cause is not None and (not answered or one.answered is not False)]
    return causes[0] if causes else next((one.cause for one in in_order if one.cause is not None), None)
