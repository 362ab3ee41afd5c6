"""Find the partial records of one call, which exchanges and mediation systems write for long calls.

The records of a call follow each other: each but the last is flagged as partial, and each begins when the one before it
ends. They share the reference of the call (`call_id`), the caller and the callee; without a shared reference caller,
callee and device (IMEI, else IMSI, else trunk).
"""

from typing import Any

import msgspec

from fanzha.base.words import Words

#: How far the begin of a record may lie from the end of the one before it.
TOLERANCE_MS = 2_000
#: The longest gap between records that share a reference; a record is then missing between them.
LONGEST_GAP_MS = 86_400_000
MERGED = Words(
    "部分话单：{records} 条合并为 {calls} 次通话，通话时长相加；{incomplete} 次通话缺少部分话单，按已有时长计",
    "partial records: {records} became {calls} calls, with their talk times added up; of {incomplete} calls some "
    "record is missing: they count with the talk time that is there",
)
#: The columns that `find_chains` reads.
OFFERED_COLUMNS = ("event_id", "call_id", "caller", "callee", "device", "sim_card", "trunk")
ENDED_COLUMNS = ("event_id", "call_id", "occurred_at", "talk_ms", "partial")

_CHAINS = f"""CREATE OR REPLACE TEMP TABLE chains AS
WITH flagged AS (SELECT regexp_replace(event_id, '-3$', '') AS record, call_id FROM ended WHERE partial),
offers AS (
    SELECT regexp_replace(event_id, '-1$', '') AS record, call_id, caller, callee,
        coalesce(device, sim_card, trunk, '') AS device
    FROM offered
),
pairs AS (SELECT DISTINCT caller, callee FROM offers SEMI JOIN flagged USING (record)),
candidates AS (
    SELECT * FROM offers WHERE call_id IN (SELECT call_id FROM flagged)
        OR (caller, callee) IN (SELECT (caller, callee) FROM pairs WHERE caller IS NOT NULL AND callee IS NOT NULL)
),
parts AS (
    SELECT record, candidates.call_id, caller, callee, device,
        occurred_at - coalesce(talk_ms, 0) AS begins, occurred_at AS ends, talk_ms, coalesce(partial, false) AS partial,
        count(*) OVER (PARTITION BY candidates.call_id) > 1 AS by_reference
    FROM candidates JOIN ended ON ended.event_id = candidates.record || '-3'
),
keyed AS (
    SELECT *, CASE WHEN by_reference THEN hash(1, call_id, caller, callee)
        WHEN caller IS NULL OR callee IS NULL THEN hash(2, record) ELSE hash(3, caller, callee, device) END AS key
    FROM parts
),
numbered AS (SELECT *, min(record) OVER (PARTITION BY key, begins, ends, partial) AS equal_to FROM keyed),
compared AS (
    SELECT *, lag(ends) OVER ordered AS ended_before,
        coalesce(lag(partial) OVER ordered, false)
            AND begins BETWEEN lag(ends) OVER ordered - {TOLERANCE_MS} AND lag(ends) OVER ordered
                + CASE WHEN by_reference THEN {LONGEST_GAP_MS} ELSE {TOLERANCE_MS} END AS follows
    FROM numbered WHERE record = equal_to
    WINDOW ordered AS (PARTITION BY key ORDER BY begins, ends, record)
),
linked AS (
    SELECT *, sum(CASE WHEN follows THEN 0 ELSE 1 END) OVER (PARTITION BY key ORDER BY begins, ends, record) AS chain
    FROM compared
),
merged AS (
    SELECT key, chain, count(*) AS records, arg_min(call_id, (begins, ends, record)) AS call_id,
        arg_min(record, (begins, ends, record)) AS first, arg_max(record, (begins, ends, record)) AS last,
        sum(talk_ms)::BIGINT AS talk_ms,
        arg_max(partial, (begins, ends, record))
            OR bool_or(follows AND begins > ended_before + {TOLERANCE_MS}) AS partial
    FROM linked GROUP BY key, chain HAVING count(*) > 1 OR bool_or(partial)
)
SELECT numbered.record, merged.*, numbered.record <> numbered.equal_to AS is_repeat
FROM merged JOIN linked USING (key, chain)
JOIN numbered ON numbered.key = linked.key AND numbered.equal_to = linked.record"""
_DROPPED = """SELECT record || '-1' FROM chains WHERE record <> first UNION ALL
SELECT record || '-2' FROM chains WHERE record <> first UNION ALL
SELECT record || '-3' FROM chains WHERE record <> last"""
_ENDS = """SELECT last || '-3' AS event_id, call_id, talk_ms, partial FROM chains WHERE record = last AND records > 1"""
_COUNTS = """SELECT count(DISTINCT record) FILTER (records > 1), count(DISTINCT first) FILTER (records > 1),
    count(DISTINCT first) FILTER (partial) FROM chains"""


class PartialCounts(msgspec.Struct, frozen=True):
    """How many records were merged to how many calls, and of how many calls some record is missing."""

    records: int = 0
    calls: int = 0
    incomplete: int = 0

    @property
    def words(self) -> Words:
        """The counts for the operator."""
        return MERGED.format(records=self.records, calls=self.calls, incomplete=self.incomplete)


class PartialChains(msgspec.Struct, frozen=True):
    """Which events are dropped, and what the `call_ended` events of merged calls become.

    `ends` has the columns event_id, call_id, talk_ms and partial: one row for each call of more than one record, with
    the event of its last record.
    """

    counts: PartialCounts
    dropped: Any  # ids of events, an Arrow array of text
    ends: Any  # Arrow table


def find_chains(database: Any) -> PartialChains | None:
    """Return the chains of partial records among `offered` and `ended`, which are tables or views of the database.

    They hold the columns of OFFERED_COLUMNS and ENDED_COLUMNS. Return None if no record is partial.
    """
    if not database.sql("SELECT 1 FROM ended WHERE partial LIMIT 1").fetchall():
        return None
    database.execute(_CHAINS)
    ((records, calls, incomplete),) = database.sql(_COUNTS).fetchall()
    dropped = database.sql(_DROPPED).to_arrow_table().column(0)
    return PartialChains(
        PartialCounts(records, calls, incomplete), dropped.combine_chunks(), database.sql(_ENDS).to_arrow_table()
    )
