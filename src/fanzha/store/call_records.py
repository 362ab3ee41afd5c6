"""Call records that an operator keeps to answer tracebacks: `call_records/OPERATOR/DAY/*.parquet` of the state folder.

A file holds the calls of one day (UTC) of one source, sorted by called number and time, so that a search reads the few
row groups that can hold a number. Numbers are canonical (E.164 where there is one), times UTC milliseconds by the clock
of the records.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from fanzha.store.private_files import create_private_folder, flush_folder
from fanzha.store.state_folder import state_folder

pc: Any = pyarrow.compute

#: `talk_ms` is null if the record does not say.
_COLUMNS: dict[str, pa.DataType] = {
    "call_id": pa.string(),
    "occurred_at": pa.int64(),
    "caller": pa.string(),
    "proven_caller": pa.string(),
    "callee": pa.string(),
    "original_callee": pa.string(),
    "ingress": pa.string(),
    "trunk": pa.string(),
    "talk_ms": pa.int64(),
    "simulated": pa.bool_(),
}
CALL_SCHEMA: pa.Schema = pa.schema(_COLUMNS)
MOST_FOUND = 200
_DAY_MS = 86_400_000
_GROUP_ROWS = 50_000
_OWNER = re.compile(r"[0-9A-Za-z]{1,26}")
#: Two searches, each with one condition on a number: groups of rows without it are skipped by their bounds.
_SEARCH = """
SELECT call_id, occurred_at, caller, proven_caller, callee, original_callee, ingress, trunk, talk_ms FROM (
    FROM read_parquet($files) WHERE callee = $called AND occurred_at BETWEEN $since AND $until
    UNION ALL
    FROM read_parquet($files) WHERE original_callee = $called AND occurred_at BETWEEN $since AND $until
)
ORDER BY abs(occurred_at - $middle), call_id LIMIT $most
"""


class UnreadableRecords(Exception):
    """A file of call records is damaged."""


class KeptCall(NamedTuple):
    """One call as the operator's own record says it; texts are "" and `talk_ms` None if the record does not say."""

    call_id: str
    at: int
    caller: str
    callee: str
    original_callee: str
    ingress: str
    trunk: str
    talk_ms: int | None
    proven_caller: str = ""


def records_folder(owner: str) -> Path:
    """Return the folder of an operator's records. Raise ValueError if the reference is none."""
    if not _OWNER.fullmatch(owner):
        raise ValueError("the reference of an operator has letters and digits only")
    return state_folder() / "call_records" / owner


def write_calls(owner: str, name: str, calls: pa.Table) -> int:
    """Add calls of `CALL_SCHEMA` to the files `name` of their days, which they replace by call id; return how many."""
    calls = calls.select(CALL_SCHEMA.names).cast(CALL_SCHEMA)
    days = pc.floor(pc.divide(calls["occurred_at"], _DAY_MS))
    for number in pc.unique(days).to_pylist():
        part = calls.filter(pc.equal(days, number))
        folder = create_private_folder(records_folder(owner) / _day_of(number * _DAY_MS).isoformat())
        path = folder / f"{name}.parquet"
        if path.exists():
            before = pq.read_table(path, schema=CALL_SCHEMA)
            part = pa.concat_tables([before.filter(pc.invert(pc.is_in(before["call_id"], part["call_id"]))), part])
        part = part.sort_by([("callee", "ascending"), ("occurred_at", "ascending")])
        partial = folder / f".{name}.{os.getpid()}.part"
        with pq.ParquetWriter(partial, CALL_SCHEMA, compression="zstd", write_page_index=True) as writer:
            writer.write_table(part, row_group_size=_GROUP_ROWS)
        partial.chmod(0o600)
        partial.replace(path)
        flush_folder(folder)
    return calls.num_rows


def find_calls(owner: str, called: str, since: int, until: int) -> list[KeptCall]:
    """Return the calls to a canonical number between two moments (UTC ms), those nearest to the middle first.

    Raise UnreadableRecords.
    """
    import duckdb

    files = [str(path) for path in _files(owner, since, until)]
    if not files:
        return []
    values = {"called": called, "since": since, "until": until, "middle": (since + until) // 2, "most": MOST_FOUND}
    try:
        with duckdb.connect(config={"threads": 2}) as database:
            rows = database.execute(_SEARCH, {"files": files, **values}).fetchall()
    except duckdb.Error as damaged:
        raise UnreadableRecords(str(damaged)) from None
    found: dict[str, KeptCall] = {}
    for call_id, at, *texts, talk_ms in rows:  # two exports may hold the same call
        caller, proven, callee, original, ingress, trunk = (str(text or "") for text in texts)
        found.setdefault(call_id, KeptCall(call_id, at, caller, callee, original, ingress, trunk, talk_ms, proven))
    return list(found.values())


def has_records(owner: str, at: int) -> bool:
    """Return whether the records kept cover a moment (UTC ms): some are from before and some from after it.

    Only the first and last time of each group of rows are read, of the day, the one before and the one after. Raise
    UnreadableRecords.
    """
    column = CALL_SCHEMA.names.index("occurred_at")
    before = after = False
    for path in _files(owner, at - _DAY_MS, at + _DAY_MS):
        groups = _read_metadata(path)
        for number in range(groups.num_row_groups):
            bounds: Any = groups.row_group(number).column(column).statistics
            if bounds is not None and bounds.has_min_max:
                before, after = before or bounds.min <= at, after or bounds.max >= at
        if before and after:
            return True
    return False


def _read_metadata(path: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(path)
    except pa.ArrowInvalid as damaged:
        raise UnreadableRecords(f"{path}: {damaged}") from None


def delete_old_days(before: date) -> int:
    """Delete the days before a day of all operators; return how many."""
    old = [
        folder
        for folder in (state_folder() / "call_records").glob("*/*")
        if (day := _parse_day(folder.name)) is not None and day < before
    ]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _files(owner: str, since: int, until: int) -> Iterator[Path]:
    day, last = _day_of(since), _day_of(until)
    while day <= last:
        yield from sorted((records_folder(owner) / day.isoformat()).glob("*.parquet"))
        day += timedelta(days=1)


def _day_of(at: int) -> date:
    return datetime.fromtimestamp(at / 1_000, UTC).date()


def _parse_day(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
