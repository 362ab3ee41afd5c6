"""One row a call -> the facts offered, answered and ended, as far as the source tells them."""

import pyarrow as pa

from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._arrow import compute as pc

Columns = dict[str, ArrowColumn]
_TELLS_AN_END = ("ended_at", "total_ms", "talk_ms", "answered", "answered_at", "release_cause", "released_by")


def call_facts(given: Columns, rows: int) -> dict[str, Columns]:
    """Return the columns of each fact that can be told; `given` has call_id, occurred_at and what the map names.

    A call is answered when the source says so, or names a moment of answering, or a talk time above zero.
    """
    call = dict(given)
    tells_end = any(name in call for name in _TELLS_AN_END)
    nothing = pa.nulls(rows, pa.int64())
    offered = call["occurred_at"]
    talk, ended, total = (call.get(name, nothing) for name in ("talk_ms", "ended_at", "total_ms"))
    ended = pc.coalesce(ended, pc.add(offered, total))
    answered_at = call.get("answered_at", nothing)
    answered = _answered(call, answered_at, talk, rows)
    yes = pc.fill_null(answered, False)
    answered_at = pc.coalesce(answered_at, pc.add(offered, call.get("ring_ms", nothing)), pc.subtract(ended, talk))
    answered_at = pc.if_else(yes, pc.max_element_wise(pc.coalesce(answered_at, offered), offered), None)
    ended = pc.coalesce(ended, pc.add(answered_at, talk), offered)
    talk = pc.if_else(pc.invert(pc.fill_null(answered, True)), 0, pc.coalesce(talk, _since(ended, answered_at)))
    ring = pc.coalesce(call.get("ring_ms", nothing), _ring(call, given, offered, answered_at, rows))
    facts: dict[str, Columns] = {"call_offered": call}
    answer = call | {"occurred_at": answered_at, "ring_ms": ring}
    facts["call_answered"] = {name: pc.filter(column, yes) for name, column in answer.items()}
    if tells_end:
        moment = pc.max_element_wise(ended, offered)
        facts["call_ended"] = call | {"occurred_at": moment, "answered": answered, "talk_ms": talk}
    return facts


def _answered(call: Columns, answered_at: ArrowColumn, talk: ArrowColumn, rows: int) -> ArrowColumn:
    said = call.get("answered", pa.nulls(rows, pa.bool_()))
    by_talk = pc.greater(talk, 0)
    by_moment = answered_at.is_valid() if "answered_at" in call else pa.nulls(rows, pa.bool_())
    return pc.coalesce(said, pc.if_else(pc.fill_null(by_talk, False), True, by_moment), by_talk)


def _ring(call: Columns, given: Columns, offered: ArrowColumn, answered_at: ArrowColumn, rows: int) -> ArrowColumn:
    """Ringing is known only when the moment of answering is: told, or from the whole and the talking time."""
    if "answered_at" in given or ("talk_ms" in given and ("ended_at" in given or "total_ms" in given)):
        return _since(answered_at, offered)
    return pa.nulls(rows, pa.int64())


def _since(later: ArrowColumn, earlier: ArrowColumn) -> ArrowColumn:
    return pc.max_element_wise(pc.subtract(later, earlier), 0, skip_nulls=False)
