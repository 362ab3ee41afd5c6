"""Contacts: the calls and texts of a month per subscriber, partitioned into shares that fit into memory."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.compute
from duckdb.func import ARROW

from fanzha.analyze.profile.month import MIN_DAYS, ProfileMonth, time_range
from fanzha.events import all_events
from fanzha.kinds.phone_number import normalise_many
from fanzha.windows import DAY_MS

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

#: The role of a subscriber in a call or text.
CALL_SORTS = ("made", "taken", "forwarded")
SORTS = (*CALL_SORTS, "sent", "received")

#: The event tables that contacts are computed from.
TABLES = ("call_offered", "call_ended", "message", "sim_use")

EVENTS_PER_SHARE = 2_000_000  # calls and texts per share
_ROWS = 65_536

#: A call counts at its end, between the numbers of its offer: the fact of the same call before the end, which must be
#: an offer less than a day old (docs/reference/rules.md, "Facts, in order"). The proven caller alone has made it; the
#: others know the caller by the number that was proven, else by the one that was claimed.
_CALLS = """
SELECT ended.occurred_at, ended.talk_ms, ended.simulated, ended.basis, offer.*,
       CASE WHEN offer.proven_caller IS NULL THEN canonical(offer.claimed) ELSE offer.proven_caller END AS caller
FROM (
    SELECT *, lag(offered) OVER (PARTITION BY call_id ORDER BY occurred_at, fact DESC, event_id) AS offer
    FROM (
        SELECT call_id, occurred_at, event_id, 'call_ended' AS fact, answered, talk_ms, simulated, basis,
               NULL AS offered
        FROM call_ended
        UNION ALL
        SELECT call_id, occurred_at, event_id, 'call_offered', NULL, NULL, NULL, NULL,
               {offered_at: occurred_at, proven_caller: proven_caller, claimed: caller,
                callee: callee, original_callee: original_callee, device: device}
        FROM call_offered
    )
) AS ended
WHERE fact = 'call_ended' AND answered AND occurred_at >= getvariable('begin')
AND offer IS NOT NULL AND occurred_at - offer.offered_at < 86_400_000
"""

_TEXTS = """
SELECT canonical(sender) AS sender, recipient, ingress, occurred_at, simulated, basis
FROM message
WHERE channel IN ('sms', 'port_sms', 'mms')
"""

#: A text from another network does not count as sent: its sender number is only claimed.
_CONTACTS = """
SELECT 'made' AS sort, proven_caller AS subscriber, callee AS other, device, talk_ms, occurred_at, simulated, basis
FROM calls
UNION ALL
SELECT 'taken', callee, caller, NULL, talk_ms, occurred_at, simulated, basis
FROM calls
UNION ALL
SELECT 'forwarded', original_callee, caller, NULL, talk_ms, occurred_at, simulated, basis
FROM calls
WHERE original_callee != callee
UNION ALL
SELECT 'sent', sender, recipient, NULL, NULL, occurred_at, simulated, basis
FROM texts
WHERE ingress IS NULL OR ingress = 'mobile'
UNION ALL
SELECT 'received', recipient, sender, NULL, NULL, occurred_at, simulated, basis
FROM texts
"""

#: Only own subscribers get profiles: proven on a call, seen with a SIM card, or sending a text in this network. The
#: traffic of others is only partly visible. A call or text to oneself is no contact.
_PARTITIONED_CONTACTS = f"""
WITH calls AS MATERIALIZED ({_CALLS}), texts AS MATERIALIZED ({_TEXTS}), contacts AS ({_CONTACTS})
SELECT hash(subscriber) % getvariable('shares') AS share, *
FROM contacts
WHERE subscriber IS DISTINCT FROM other AND subscriber IN (
    SELECT proven_caller FROM call_offered WHERE proven_caller IS NOT NULL
    UNION ALL
    SELECT number FROM sim_use WHERE number IS NOT NULL
    UNION ALL
    SELECT sender FROM texts WHERE ingress = 'mobile' AND sender IS NOT NULL
)
ORDER BY share, occurred_at
"""


class ContactsFile(msgspec.Struct, frozen=True):
    """The contacts file of a month: its path, the number of shares, and the legal bases."""

    path: str
    shares: int
    bases: tuple[str, ...]

    def read_share(self, share: int) -> Iterator[pa.RecordBatch]:
        """Yield the contacts of a share by moment: sort, subscriber, other, device, talk_ms, occurred_at, simulated."""
        with _database(Path(self.path).parent) as database:
            query = f"FROM read_parquet({_quoted(Path(self.path))}) WHERE share = {share} ORDER BY occurred_at"
            yield from database.sql(f"SELECT * EXCLUDE (share, basis) {query}").to_arrow_reader(_ROWS)


def write_contacts(
    tables: Mapping[str, Path], month: ProfileMonth, target: Path, *, events_per_share: int = EVENTS_PER_SHARE
) -> ContactsFile:
    """Write the contacts of a month of sorted event tables; a share holds about `events_per_share` calls and texts."""
    with _database(target.parent) as database:
        _create_views(database, _drop_short_text_history(tables, month), month)
        shares = max(1, -(-_count_events(database) // events_per_share))
        database.execute(f"SET VARIABLE begin = {month.begin}")
        database.execute(f"SET VARIABLE shares = {shares}")
        database.execute(f"COPY ({_PARTITIONED_CONTACTS}) TO {_quoted(target)} (FORMAT parquet)")
        query = f"SELECT DISTINCT basis FROM read_parquet({_quoted(target)}) WHERE basis IS NOT NULL ORDER BY basis"
        bases = tuple(basis for (basis,) in database.execute(query).fetchall())
    return ContactsFile(str(target), shares, bases)


def _create_views(database: duckdb.DuckDBPyConnection, tables: Mapping[str, Path], month: ProfileMonth) -> None:
    """Create views of the month's events, with the calls of the day before, which may end in the month."""
    database.create_function("canonical", _canonical, ["VARCHAR"], "VARCHAR", type=ARROW)
    for name in TABLES:
        if name not in tables:
            database.register(name, all_events()[name].empty())
            continue
        begin = month.begin - (DAY_MS if name.startswith("call_") else 0)
        moments = f"occurred_at >= {begin} AND occurred_at < {month.end}"
        database.execute(f"CREATE VIEW {name} AS FROM read_parquet({_quoted(tables[name])}) WHERE {moments}")


def _count_events(database: duckdb.DuckDBPyConnection) -> int:
    query = "SELECT (SELECT count(*) FROM call_ended) + (SELECT count(*) FROM message)"
    return int(database.execute(query).fetchall()[0][0])


def _drop_short_text_history(tables: Mapping[str, Path], month: ProfileMonth) -> dict[str, Path]:
    """Return the tables; without texts if the history of texts is too short for this month."""
    texts = time_range(tables["message"]) if "message" in tables else None
    is_short = texts is None or texts[0] >= month.end - (MIN_DAYS - 1) * DAY_MS
    return {name: path for name, path in tables.items() if name != "message" or not is_short}


def _canonical(numbers: Any) -> Any:  # DuckDB evaluates the annotations
    """Normalise a column of phone numbers; other values are unchanged."""
    return pc.coalesce(pc.cast(normalise_many(numbers), pa.string()), numbers)


@contextmanager
def _database(folder: Path, memory: str = "2GB") -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as database:
        database.execute("SET memory_limit = ?", [memory])
        database.execute("SET temp_directory = ?", [str(folder / "spill")])
        yield database


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
