"""The event columns that a map can fill: own columns of a table and its time, or those of all three call tables."""

from functools import cache

import pyarrow as pa

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.events import CALL_FACTS, Column, source_events

#: The table of maps with one row per call, split into call_offered, call_answered and call_ended.
CALLS = "calls"

#: Headers of serial numbers of records. Two records of a call may have one call id, but have two serial numbers.
_ID = Column(
    "event_id",
    pa.string(),
    Words("事件编号", "event id"),
    aliases=(
        "event_id", "record_id", "record_no", "record_number", "cdr_id", "cdr_no", "cdr_seq", "ticket_id", "ticket_no",
        "serial_no", "serial_number", "sequence_number", "pkid", "事件编号", "话单序号", "话单id", "话单编号",
        "话单标识", "话单流水号", "记录序号", "记录编号", "记录流水号",
    ),
)  # fmt: skip
_CALL_TIMES = (
    Column(
        "answered_at",
        pa.int64(),
        Words("应答时间", "answered at"),
        unit="ms",
        aliases=(
            "answered_at", "answer_time", "answer_stamp", "answer", "answer_date", "ans_time", "ans_date",
            "connect_time", "conn_time", "time_answered", "call_answered_time", "date_time_connect",
            "h323_connect_time", "应答时间", "接通时间", "应答开始时间", "通话开始时刻", "摘机时间",
        ),
    ),
    Column(
        "ended_at",
        pa.int64(),
        Words("结束时间", "ended at"),
        unit="ms",
        aliases=(
            "ended_at", "end_time", "end_stamp", "end_date", "end", "etime", "stop_time", "hangup_time",
            "release_time", "disconnect_time", "time_end", "call_end_time", "date_time_disconnect",
            "h323_disconnect_time", "结束时间", "通话结束时间", "呼叫结束时间", "挂机时间", "释放时间",
            "终止时间", "截止时间",
        ),
    ),
    Column(
        "total_ms",
        pa.int64(),
        Words("总时长(含振铃)", "whole duration with ringing"),
        unit="ms",
        low=0,
        high=7 * 86_400_000,
        aliases=("total_duration", "call_duration", "信令时长", "呼叫时长", "占用时长", "总时长"),
    ),
)  # fmt: skip


@cache
def target_columns(table: str) -> dict[str, Column]:
    """Return the columns that a map of this table can fill, by name. Raise UsageError if the table is unknown."""
    events = source_events()
    if table == CALLS:
        facts = [events[name] for name in reversed(CALL_FACTS)]  # call_offered has precedence for shared columns
        columns = {column.name: column for fact in facts for column in fact.own}
        times = {column.name: column for column in _CALL_TIMES}
        return _with_envelope(table) | columns | times
    if table not in events:
        raise UsageError(f"no event table is called {table!r}", fix=f"one of: {', '.join([CALLS, *events])}")
    return _with_envelope(table) | {column.name: column for column in events[table].own}


def _with_envelope(table: str) -> dict[str, Column]:
    columns = source_events()[CALL_FACTS[0] if table == CALLS else table].columns
    return {"occurred_at": next(column for column in columns if column.name == "occurred_at"), "event_id": _ID}
