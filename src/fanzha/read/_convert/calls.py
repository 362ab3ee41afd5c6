"""One row a call -> the facts offered, answered and ended, as far as the source tells them."""

import pyarrow as pa

from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._arrow import compute as pc

Columns = dict[str, ArrowColumn]
_TELLS_AN_END = ("ended_at", "total_ms", "talk_ms", "answered", "answered_at", "release_cause", "released_by")


def call_facts(given: Columns, rows: int) -> dict[str, Columns]:
    """Return the columns of each fact that can be told; `given` has call_id, occurred_at and what the map names.

    A call is answered when the source says so, or names a moment of answering, or a talk time above zero. A partial
    record without an end tells no end. A call that was not answered ends when it has rung. No fact stands before one
    that it follows.
    """
    nothing = pa.nulls(rows, pa.int64())
    offered = given["occurred_at"]
    talk, ended, total = (given.get(name, nothing) for name in ("talk_ms", "ended_at", "total_ms"))
    ended = pc.coalesce(ended, pc.add(offered, total))
    answered = _answered(given, talk, rows)
    yes = pc.fill_null(answered, False)
    rung = pc.add(offered, given.get("ring_ms", nothing))
    answered_at = pc.coalesce(given.get("answered_at", nothing), rung, pc.subtract(ended, talk))
    answered_at = pc.if_else(yes, pc.max_element_wise(pc.coalesce(answered_at, offered), offered), None)
    answer = given | {"occurred_at": answered_at, "ring_ms": _ring(given, offered, answered_at, rows)}
    facts: dict[str, Columns] = {"call_offered": given, "call_answered": _only(answer, yes)}
    if any(name in given for name in _TELLS_AN_END):
        refused = pc.invert(pc.fill_null(answered, True))
        length = pc.if_else(refused, 0, pc.coalesce(talk, _since(ended, answered_at)))
        moment = pc.coalesce(ended, pc.add(answered_at, talk), answered_at, rung, offered)
        over = pc.max_element_wise(moment, answered_at, offered)
        end = {"occurred_at": over, "answered": answered, "talk_ms": length}
        still_open = pc.and_(pc.fill_null(given.get("partial", pa.nulls(rows, pa.bool_())), False), ended.is_null())
        facts["call_ended"] = _only(given | end, pc.invert(still_open))
    return facts


def _only(columns: Columns, rows: ArrowColumn) -> Columns:
    return {name: pc.filter(column, rows) for name, column in columns.items()}


def _answered(call: Columns, talk: ArrowColumn, rows: int) -> ArrowColumn:
    said = call.get("answered", pa.nulls(rows, pa.bool_()))
    by_talk = pc.greater(talk, 0)
    by_moment = call["answered_at"].is_valid() if "answered_at" in call else pa.nulls(rows, pa.bool_())
    return pc.coalesce(said, pc.if_else(pc.fill_null(by_talk, False), True, by_moment), by_talk)


def _ring(call: Columns, offered: ArrowColumn, answered_at: ArrowColumn, rows: int) -> ArrowColumn:
    """Ringing is told, or known from the moment of answering, or from the whole and the talking time."""
    if "ring_ms" in call:
        return call["ring_ms"]
    if "answered_at" in call or ("talk_ms" in call and ("ended_at" in call or "total_ms" in call)):
        return _since(answered_at, offered)
    return pa.nulls(rows, pa.int64())


def _since(later: ArrowColumn, earlier: ArrowColumn) -> ArrowColumn:
    return pc.max_element_wise(pc.subtract(later, earlier), 0, skip_nulls=False)
