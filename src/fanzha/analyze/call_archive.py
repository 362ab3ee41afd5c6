"""Keep the calls of exported records for tracebacks: read any source of calls, write days of Parquet."""

import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.compute

from fanzha.analyze.journal import Journal
from fanzha.analyze.spool import SpooledSource, spool
from fanzha.base.errors import NothingUsable
from fanzha.base.ids import digest
from fanzha.kinds.phone_number import normalise_many
from fanzha.read import ReadContext, SourceFile, find_sources, settle_maps
from fanzha.store.call_records import CALL_SCHEMA, write_calls
from fanzha.store.private_files import create_private_folder, delete_abandoned_parts
from fanzha.store.state_folder import state_folder

pc: Any = pyarrow.compute
#: Older spool folders are those of runs that were killed.
_LONGEST_RUN_SECONDS = 6 * 3_600
_JOIN = """
SELECT o.call_id, o.occurred_at, coalesce(o.caller, o.proven_caller) AS caller, o.proven_caller, o.callee,
    o.original_callee, o.ingress, o.trunk, {talk} AS talk_ms, o.simulated
FROM read_parquet(?) AS o {join}
"""
_ENDED = (
    "LEFT JOIN (SELECT call_id, sum(talk_ms) AS talk_ms FROM read_parquet(?) GROUP BY call_id) AS e USING (call_id)"
)


class ArchiveSummary(msgspec.Struct):
    """How many sources had calls, how many calls are kept, and how many rows were rejected."""

    sources: int = 0
    calls: int = 0
    rejects: int = 0


def archive_calls(
    paths: Iterable[Path], owner: str, *, table: str = "", map_file: Path | None = None, basis: str = ""
) -> ArchiveSummary:
    """Keep the calls in files and folders for an operator (reference). Raise NothingUsable without any call.

    A file that is read again replaces what it brought before, call by call, so that an export that is continued under
    one name keeps its earlier calls.
    """
    summary, context = ArchiveSummary(), ReadContext(time.time_ns() // 1_000_000, basis)
    spool_folder = _clear_spool()
    sources = settle_maps(find_sources(paths, table=table, map_file=map_file), accept=True)
    for number, source in enumerate(sources):
        with tempfile.TemporaryDirectory(dir=spool_folder) as folder:
            spooled = spool(source, number, context, Journal(Path(folder), "archive"))
            summary.rejects += spooled.account.rejected
            if "call_offered" in spooled.parts:
                summary.sources += 1
                summary.calls += write_calls(owner, _source_name(source), _join(spooled))
    if not summary.calls:
        raise NothingUsable("there is no call in these files 这些文件中没有呼叫记录")
    return summary


def _clear_spool() -> Path:
    """Return the folder for files of a run, within the records, without what killed runs left."""
    folder = create_private_folder(state_folder() / "call_records" / ".spool")
    delete_abandoned_parts(folder.parent)
    for left in folder.iterdir():
        if time.time() - left.stat().st_mtime > _LONGEST_RUN_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    return folder


def _source_name(source: SourceFile) -> str:
    return digest(str(source.path.resolve()), source.member)


def _join(spooled: SpooledSource) -> pa.Table:
    """Return the calls of a source with their talk time and canonical numbers."""
    files = [spooled.parts["call_offered"], *([spooled.parts["call_ended"]] if "call_ended" in spooled.parts else [])]
    has_end = len(files) > 1
    with duckdb.connect() as database:
        query = _JOIN.format(talk="e.talk_ms" if has_end else "NULL", join=_ENDED if has_end else "")
        calls: pa.Table = database.sql(query, params=files).to_arrow_table()
    for name in ("caller", "proven_caller", "callee", "original_callee"):
        written = calls[name].cast(pa.string())
        normal = pc.coalesce(normalise_many(written), written)
        calls = calls.set_column(calls.schema.get_field_index(name), name, normal)
    return calls.cast(CALL_SCHEMA.empty_table().schema)
