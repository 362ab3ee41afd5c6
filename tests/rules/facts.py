"""Small event batches for tests of the engine."""

from collections.abc import Mapping

import pyarrow as pa

from fanzha.events import all_events

START = 1_767_196_800_000  # 2026-01-01 00:00 in China
MINUTE = 60_000
HOUR = 60 * MINUTE

Row = Mapping[str, object]


def batch(table: str, *rows: Row) -> pa.RecordBatch:
    """Return events of one table; `at` are ms after the start, ids are made up from table and place."""
    full = []
    for row in rows:
        at = START + int(str(row["at"]))
        own = {name: value for name, value in row.items() if name != "at"}
        name = f"{table}-{own.get('call_id', '')}-{at}"
        full.append({"event_id": name, "occurred_at": at, "observed_at": at, "source": "here", "simulated": True} | own)
    return pa.RecordBatch.from_pylist(full, schema=all_events()[table].schema)


def calls(count: int, *, every: int = MINUTE, talk_ms: int = 5_000, first: int = 0) -> dict[str, pa.RecordBatch]:
    """Return answered calls of one caller to different callees by one trunk, one every so many ms."""
    numbers = range(first, first + count)
    offered = [
        {
            "at": n * every,
            "call_id": f"c{n}",
            "caller": "+8617000000001",
            "callee": f"+86170001{n:05d}",
            "trunk": "TG-1",
            "ingress": "voip",
        }
        for n in numbers
    ]
    return {
        "call_offered": batch("call_offered", *offered),
        "call_answered": batch("call_answered", *({"at": n * every + 1_000, "call_id": f"c{n}"} for n in numbers)),
        "call_ended": batch(
            "call_ended",
            *(
                {"at": n * every + 1_000 + talk_ms, "call_id": f"c{n}", "answered": True, "talk_ms": talk_ms}
                for n in numbers
            ),
        ),
    }
