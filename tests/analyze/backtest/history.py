"""Made-up history for backtests: calls of mobiles, one a minute, and the texts of rules that count them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from fanzha.analyze.event_order import Slice
from fanzha.events import all_events

START = 1_772_323_200_000  # 2026-03-01T00:00:00Z
MINUTE = 60_000

RULE = """
rule burst "群呼" "call burst"
  on call_ended
  when count(call_ended by caller, 1h) >= {limit}
  then find caller_or_trunk as other score 0.6
  again after 24h
"""


def rule(limit: int, name: str = "burst") -> bytes:
    return RULE.format(limit=limit).replace("burst", name, 1).encode()


def number(n: int) -> str:
    return f"+861700000{n:04}"


def calls(caller: str, count: int, *, start: int = START, trunk: str | None = None, proven: bool = True) -> Slice:
    """Return `count` calls of one number, a minute apart, each five seconds long."""
    offered, ended = [], []
    for n in range(count):
        call_id, moment = f"{caller} {start} {n}", start + n * MINUTE
        way_in = {"caller": caller, "proven_caller": caller if proven else None, "trunk": trunk, "ingress": "mobile"}
        offered.append({"call_id": call_id, "occurred_at": moment, "callee": number(9_000 + n), **way_in})
        ended.append({"call_id": call_id, "occurred_at": moment + 5_000, "answered": True, "talk_ms": 4_000})
    return {"call_offered": batch("call_offered", offered), "call_ended": batch("call_ended", ended)}


def batch(table: str, rows: Sequence[Mapping[str, object]]) -> pa.RecordBatch:
    """Return rows, sorted, with the envelope filled in."""
    event = all_events()[table]
    whole = [
        {"event_id": f"{table} {row['call_id']}", "observed_at": START, "source": "made-up", "simulated": True, **row}
        for row in rows
    ]
    whole.sort(key=lambda row: (row["occurred_at"], row["event_id"]))
    columns: dict[str, Any] = {
        name: [row.get(name, name == "simulated" or None) for row in whole] for name in event.schema.names
    }
    return event.conform(columns, len(whole))


def together(*pieces: Slice) -> Slice:
    """Put the calls of several numbers into one slice."""
    tables = {table for piece in pieces for table in piece}
    return {table: _sorted([piece[table] for piece in pieces if table in piece]) for table in sorted(tables)}


def _sorted(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    table = pa.Table.from_batches(batches).sort_by([("occurred_at", "ascending"), ("event_id", "ascending")])
    return table.combine_chunks().to_batches()[0]
