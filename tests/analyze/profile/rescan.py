"""Profiles once more, without windows: plain SQL looks through all events of a month again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.event_order import sort_table
from fanzha.analyze.profile.month import ProfileMonth
from fanzha.base.errors import Malformed
from fanzha.events import all_events
from fanzha.kinds.phone_number import KIND as PHONE_NUMBER

Row = dict[str, Any]

#: A call goes with its offer: the latest before its end, without another end between them, less than a day older.
_PAIRS = """
SELECT e.event_id, e.occurred_at, e.talk_ms, e.simulated, o.proven_caller, o.callee, o.original_callee, o.device,
       coalesce(o.proven_caller, spelled.canonical) AS caller
FROM call_ended AS e
JOIN call_offered AS o ON o.call_id = e.call_id AND o.occurred_at > e.occurred_at - 86400000
    AND o.occurred_at <= e.occurred_at
LEFT JOIN spelled ON spelled.number = o.caller
WHERE e.answered AND e.occurred_at >= $begin AND e.occurred_at < $end
AND NOT EXISTS (
    SELECT 1 FROM call_ended AS x WHERE x.call_id = e.call_id
    AND x.occurred_at >= o.occurred_at
    AND (x.occurred_at, x.event_id) < (e.occurred_at, e.event_id)
) AND NOT EXISTS (
    SELECT 1 FROM call_offered AS x WHERE x.call_id = e.call_id
    AND (x.occurred_at, x.event_id) > (o.occurred_at, o.event_id)
    AND x.occurred_at <= e.occurred_at
)
"""

_CALLS = f"""
WITH pairs AS MATERIALIZED ({_PAIRS})
SELECT proven_caller AS subscriber, callee AS other, 1 AS sort, * FROM pairs
UNION ALL SELECT callee, caller, 2, * FROM pairs
UNION ALL SELECT original_callee, caller, 3, * FROM pairs WHERE original_callee != callee
"""

_TEXTS = """
WITH sms AS (
    SELECT message.*, spelled.canonical AS from_number FROM message LEFT JOIN spelled ON spelled.number = sender
    WHERE channel IN ('sms', 'port_sms', 'mms') AND occurred_at >= $begin AND occurred_at < $end
    AND (SELECT min(occurred_at) FROM message) < $end - 2332800000
)
SELECT from_number AS subscriber, recipient AS other, false AS received, occurred_at, simulated FROM sms
WHERE ingress = 'mobile' OR ingress IS NULL
UNION ALL
SELECT recipient, from_number, true, occurred_at, simulated FROM sms
"""

_OWN = """
SELECT proven_caller AS subscriber FROM call_offered
WHERE occurred_at >= $begin - 86400000 AND occurred_at < $end
UNION SELECT number FROM sim_use WHERE occurred_at >= $begin AND occurred_at < $end
UNION SELECT canonical FROM message JOIN spelled ON spelled.number = sender
WHERE ingress = 'mobile' AND channel IN ('sms', 'port_sms', 'mms') AND occurred_at >= $begin AND occurred_at < $end
AND (SELECT min(occurred_at) FROM message) < $end - 2332800000
"""

_OF_CALLS = """
SELECT subscriber, count(*) AS calls, nullif(count(*) FILTER (sort = 1), 0) AS calls_made,
    calls_made / calls AS calls_made_share,
    count(DISTINCT other) AS other_parties,
    nullif(count(DISTINCT device) FILTER (sort = 1), 0) AS devices,
    count(other) / nullif(other_parties, 0) AS calls_per_party_mean,
    if(count(talk_ms) = 0, NULL, coalesce(sum(talk_ms) FILTER (other IS NOT NULL), 0) / 1000)
        / nullif(other_parties, 0) AS talk_s_per_party_mean,
    sum(talk_ms) / 1000 / nullif(count(talk_ms), 0) AS talk_s_mean,
    max(talk_ms) / 1000 AS talk_s_max, min(talk_ms) / 1000 AS talk_s_min,
    count(DISTINCT sort) AS call_sorts,
    count(DISTINCT hour(china)) AS call_hours, count(DISTINCT day(china)) AS call_days,
    bool_or(simulated) AS calls_simulated
FROM call_sides GROUP BY subscriber
"""

_BY_PARTY = """
SELECT subscriber, max(calls) AS calls_per_party_max, max(talk) / 1000 AS talk_s_per_party_max
FROM (
    SELECT subscriber, other, count(*) AS calls, sum(talk_ms) AS talk FROM call_sides
    WHERE other IS NOT NULL GROUP BY subscriber, other
) GROUP BY subscriber
"""

_OF_TEXTS = """
SELECT subscriber, count(*) AS texts, count(DISTINCT other) AS text_parties,
    count(other) / nullif(text_parties, 0) AS texts_per_party,
    count(*) FILTER (received) AS texts_received, texts_received / texts AS texts_received_share,
    count(DISTINCT hour(china)) AS text_hours, count(DISTINCT day(china)) AS text_days,
    bool_or(simulated) AS texts_simulated
FROM text_sides GROUP BY subscriber
"""

_FOUND = f"""
SELECT *, coalesce(calls_simulated, false) OR coalesce(texts_simulated, false) AS simulated
FROM ({_OF_CALLS}) LEFT JOIN ({_BY_PARTY}) USING (subscriber) FULL JOIN ({_OF_TEXTS}) USING (subscriber)
ORDER BY subscriber
"""

_CHINA = "make_timestamp((occurred_at + 28800000) * 1000)"


def rescanned(tables: Mapping[str, Path], month: ProfileMonth) -> list[Row]:
    """Return the profiles of a month in sorted event tables: subscriber, simulated and what windows give."""
    span = {"begin": month.begin, "end": month.end}
    with duckdb.connect(config={"threads": 1}) as database:
        for name in ("call_offered", "call_ended", "message", "sim_use"):
            database.register(name, pq.read_table(tables[name]) if name in tables else all_events()[name].empty())
        database.register("spelled", _spelled(database))
        for name, query in {"call_sides": _CALLS, "text_sides": _TEXTS}.items():
            own = f"subscriber IN ({_OWN}) AND subscriber IS DISTINCT FROM other"
            database.execute(f"CREATE TABLE {name} AS SELECT *, {_CHINA} AS china FROM ({query}) WHERE {own}", span)
        contacts: list[Row] = database.sql(_FOUND).to_arrow_table().to_pylist()
        return contacts


def _spelled(database: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return every claimed number with its canonical form, one by one."""
    query = "SELECT DISTINCT caller FROM call_offered UNION SELECT DISTINCT sender FROM message"
    numbers = [number for (number,) in database.execute(query).fetchall() if number is not None]
    return pa.table({"number": pa.array(numbers, pa.string()), "canonical": [_canonical(one) for one in numbers]})


def _canonical(number: str) -> str:
    try:
        return PHONE_NUMBER.normalise(number)
    except Malformed:
        return number


def sorted_tables(tables: Mapping[str, pa.Table], folder: Path) -> dict[str, Path]:
    """Write event tables as an analysis has them: in order, each event once, none that is empty."""
    paths = {}
    for name, table in tables.items():
        if table.num_rows:
            pq.write_table(table, folder / f"{name}-raw.parquet")
            paths[name] = folder / f"{name}.parquet"
            sort_table([folder / f"{name}-raw.parquet"], paths[name])
    return paths
