"""One call out of its rows: who called whom, when it was offered, answered and over, and why it ended."""

from typing import NamedTuple

from fanzha.read._calls.record import Record

_TEXTS = ("original_callee", "diversion", "asserted_identity", "attestation", "presentation", "trunk")


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
    in_order = sorted(records, key=lambda one: (one.role, one.order, one.start, one.row))
    lead = in_order[0]
    answers = [one.answer for one in records if one.answer is not None and one.answered is not False]
    ends = [one.end for one in records if one.end is not None]
    answered = _answered(records, bool(answers))
    answer, end = min(answers, default=None), max(ends, default=None)
    start = min(one.start for one in records)
    talk = _talk(records, answer, end) if answered else 0 if answered is False else None
    known = answer is not None and all(one.ring_known for one in records)
    texts = {name: next((text for one in in_order if (text := getattr(one, name))), "") for name in _TEXTS}
    return Told(
        call_id=lead.keys[0],
        caller=next((one.caller for one in in_order if one.caller), ""),
        callee=next((one.callee for one in in_order if one.callee), ""),
        occurred_at=start,
        answered_at=answer if answered else None,
        ended_at=end,
        answered=answered,
        talk_ms=talk,
        ring_ms=answer - start if known and answer is not None and answered else None,
        release_cause=_cause(in_order, answered),
        released_by=_released_by(in_order),
        partial=end is None or all(one.partial for one in records),
        **texts,
    )


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
    if told := next((one.released_by for one in in_order if one.released_by), ""):
        return told
    begin, end = in_order[0].tag, in_order[-1].tag
    if in_order[-1].begins or not begin or not end:
        return ""
    return "caller" if begin == end else "callee"


def _cause(in_order: list[Record], answered: bool | None) -> int | None:
    """The leg that was answered tells how the call ended; when none was, the leg that came in."""
    causes = [one.cause for one in in_order if one.cause is not None and (not answered or one.answered is not False)]
    return causes[0] if causes else next((one.cause for one in in_order if one.cause is not None), None)
