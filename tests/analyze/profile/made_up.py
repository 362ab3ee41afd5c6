"""Made-up calls and texts of a month, as event tables."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from fanzha.analyze.profile.month import ProfileMonth
from fanzha.base.clock import moment_ms
from fanzha.events import all_events

END = moment_ms("2026-03-31T00:00:00+08:00")
MONTH = ProfileMonth(END, END - 1)
OURS, ALSO_OURS, FOREIGN = "+8617000000001", "+8617000000002", "+85255500001"

Row = dict[str, Any]
Call = tuple[Row, Row]


def table(name: str, *rows: Row) -> pa.Table:
    """Return events of one table; `at` counts ms from the beginning of the month."""
    full = []
    for number, row in enumerate(rows):
        at = MONTH.begin + row["at"]
        envelope = {"event_id": f"{name}-{number}", "occurred_at": at, "observed_at": at, "source": "s"}
        full.append({**envelope, "simulated": False, **{key: value for key, value in row.items() if key != "at"}})
    return pa.Table.from_pylist(full, schema=all_events()[name].schema)


def call(at: int = 0, talk_ms: int = 1_000, *, call_id: str = "c", answered: bool = True, **offer: str) -> Call:
    """Return the offer and the end of a call."""
    ended = {"call_id": call_id, "answered": answered, "talk_ms": talk_ms if answered else None}
    return {"at": at, "call_id": call_id, **offer}, {"at": at + talk_ms, **ended}


def of_calls(*calls: Call) -> dict[str, pa.Table]:
    offers, ends = zip(*calls, strict=True)
    return {"call_offered": table("call_offered", *offers), "call_ended": table("call_ended", *ends)}


def export(path: Path, *, days: int, calls_a_day: int = 1) -> Path:
    """Write a carrier's export: from 1 March 2026 on our own number calls so many others every day, each once."""
    head = "话单号,主叫号码,已证实主叫,被叫号码,开始时间,通话时长(秒),入口"
    places = ((day, n) for day in range(days) for n in range(calls_a_day))
    rows = [
        f"ZJ{day:02}{n:04},{OURS},{OURS},+861900{day:02}{n:05},"
        f"{datetime(2026, 3, 1, 9) + timedelta(days=day, minutes=n)},{20 + n % 40},移动"
        for day, n in places
    ]
    path.write_text("\n".join([head, *rows, ""]), "utf-8")
    return path
