"""Find the call that another operator asks about among the calls in the own records."""

from collections.abc import Iterable
from typing import NamedTuple

from fanzha.base.errors import Malformed
from fanzha.kinds.phone_number import KIND as PHONE_NUMBER
from fanzha.store.call_records import KeptCall

#: Two calls whose times differ by less than this from the requested time cannot be distinguished by time (ms).
CLOSE_MS = 2_000


class CallQuestion(NamedTuple):
    """A call to be found. `at` is UTC ms by the clock of the own records; `calling` is "" if it was withheld."""

    called: str
    calling: str
    at: int
    duration_ms: int | None = None
    call_id: str = ""


class CallMatch(NamedTuple):
    """The result of a search.

    `record` is None if no call matches or if several match equally. `matched_by` is `call_id`, `number`, or
    `call` where called number, time and duration agree and the calling number does not.
    """

    record: KeptCall | None = None
    matched_by: str = ""
    candidates: int = 0
    caller_changed: bool = False


def canonical_number(text: str) -> str:
    """Return a number as E.164 where it has one, else the text without blanks."""
    try:
        return PHONE_NUMBER.normalise(text)
    except Malformed:
        return "".join(text.split())


def match_call(question: CallQuestion, records: Iterable[KeptCall], duration_tolerance_ms: int) -> CallMatch:
    """Return which record is the call.

    The records are calls to the called number within the tolerance of time. A duration that both know must agree.
    Where the calling number differs, both must know the duration, and the times must be close: else a call of somebody
    else would be taken for it, so that a person decides.
    """
    near = [record for record in records if _agrees(record, question.duration_ms, duration_tolerance_ms)]
    same_id = [record for record in near if question.call_id and record.call_id == question.call_id]
    calling = canonical_number(question.calling)
    same_caller = [record for record in near if calling and calling in _callers(record)]
    if same_id:
        return _pick(question, same_id, "call_id")
    if same_caller:
        return _pick(question, same_caller, "number")
    return _pick(question, near, "call") if near else CallMatch()


def _agrees(record: KeptCall, duration_ms: int | None, tolerance_ms: int) -> bool:
    return record.talk_ms is None or duration_ms is None or abs(record.talk_ms - duration_ms) <= tolerance_ms


def _callers(record: KeptCall) -> set[str]:
    """Return the calling numbers of a record: the one that was shown, and the one that the trunk proves."""
    return {canonical_number(text) for text in (record.caller, record.proven_caller) if text}


def _pick(question: CallQuestion, records: list[KeptCall], matched_by: str) -> CallMatch:
    ordered = sorted(records, key=lambda record: (abs(record.at - question.at), record.call_id))
    first, distance = ordered[0], abs(ordered[0].at - question.at)
    if matched_by == "call":
        is_known = question.duration_ms is not None and first.talk_ms is not None and distance < CLOSE_MS
        others = [record for record in ordered if record.trunk != first.trunk or _callers(record) != _callers(first)]
        is_sure = is_known and not others
    else:
        rivals = [record for record in ordered if record.trunk != first.trunk]
        is_sure = all(abs(record.at - question.at) - distance >= CLOSE_MS for record in rivals)
    if not is_sure:
        return CallMatch(None, matched_by, len(ordered))
    calling, callers = canonical_number(question.calling), _callers(first)
    return CallMatch(first, matched_by, len(ordered), bool(calling and callers) and calling not in callers)
