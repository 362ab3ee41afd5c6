"""Keep the calls of exported records for tracebacks: read any source of calls, write days of Parquet."""

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.compute

from fanzha.analyze.journal import Journal
from fanzha.analyze.partial_calls import merge_partial_calls
from fanzha.analyze.spool import SpooledSource, spool
from fanzha.base.errors import NothingUsable
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.kinds.phone_number import normalise_many
from fanzha.read import ReadContext, Reject, SourceFile, find_sources, settle_maps
from fanzha.store.call_records import CALL_SCHEMA, write_calls
from fanzha.store.private_files import create_private_folder, delete_abandoned_parts
from fanzha.store.state_folder import state_folder

pc: Any = pyarrow.compute
#: Older spool folders are those of runs that were killed.
_LONGEST_RUN_SECONDS = 6 * 3_600
MOST_PROBLEMS = 12
_MOST_READ = 1_000  # rejects of a source in which the most frequent reason is looked for
_UNTIMED = Words(
    "记录没有呼叫时间；溯源按时间查找，请在映射的 [columns] 中写明 occurred_at",
    "its records have no time of the call, by which a traceback finds it: name occurred_at under [columns] of a map",
)
_EMPTY = Words("没有可用的行", "it has no usable row")
_JOIN = """
SELECT o.call_id, o.occurred_at, coalesce(o.caller, o.proven_caller) AS caller, o.proven_caller, o.callee,
    o.original_callee, o.ingress, o.trunk, {talk} AS talk_ms, o.simulated
FROM read_parquet(?) AS o {join}
"""
_ENDED = (
    "LEFT JOIN (SELECT call_id, sum(talk_ms) AS talk_ms FROM read_parquet(?) GROUP BY call_id) AS e USING (call_id)"
)


class ArchiveSummary(msgspec.Struct):
    """How many sources had calls, and how many calls are kept, how many have no time, how many rows were rejected.

    `problems` has the reason of each of the first sources without a kept call, in English and Chinese.
    """

    sources: int = 0
    calls: int = 0
    untimed: int = 0
    rejects: int = 0
    problems: list[str] = []


def archive_calls(
    paths: Iterable[Path],
    owner: str,
    *,
    table: str = "",
    map_file: Path | None = None,
    basis: str = "",
    accept: bool = False,
) -> ArchiveSummary:
    """Keep the calls in files and folders for an operator (reference).

    A file that is read again replaces what it brought before, call by call, so that an export that is continued under
    one name keeps its earlier calls. Partial records of a call in one file become one call. A call without a time of
    its own is counted and not kept, because a traceback finds a call by its time.

    Raise NothingUsable, with the reason of each file, without any call; QuestionsOpen without `accept` if what the
    columns of a file mean is not sure.
    """
    summary, context = ArchiveSummary(), ReadContext(time.time_ns() // 1_000_000, basis)
    spool_folder = _clear_spool()
    sources = settle_maps(find_sources(paths, table=table, map_file=map_file), accept=accept)
    for number, source in enumerate(sources):
        with tempfile.TemporaryDirectory(dir=spool_folder) as folder:
            spooled = spool(source, number, context, Journal(Path(folder), "archive"))
            calls, untimed = _read_calls(spooled, Path(folder), context.observed_at)
            summary.rejects += spooled.account.rejected
            summary.untimed += untimed
            if calls.num_rows:
                summary.sources += 1
                summary.calls += write_calls(owner, _source_name(source), calls)
            elif len(summary.problems) < MOST_PROBLEMS:
                why = _explain(spooled, untimed)
                summary.problems.append(f"{source.name}: {why.en}\n    {why.zh}")
    if not summary.calls:
        raise NothingUsable(
            "\n  ".join(("there is no call in these files 这些文件中没有呼叫记录", *summary.problems)),
            fix="`fanzha read FILE` shows how a file is read and writes its column map 用 fanzha read 查看并生成映射",
        )
    return summary


def _read_calls(spooled: SpooledSource, folder: Path, read_at: int) -> tuple[pa.Table, int]:
    """Return the calls of a source that have a time, and how many have none: theirs is the moment of reading."""
    if "call_offered" not in spooled.parts:
        return CALL_SCHEMA.empty_table(), 0
    tables, _ = merge_partial_calls({name: Path(path) for name, path in spooled.parts.items()}, folder)
    calls = _join(tables)
    timed = calls.filter(pc.not_equal(calls["occurred_at"], read_at))
    return timed, calls.num_rows - timed.num_rows


def _explain(spooled: SpooledSource, untimed: int) -> Words:
    """Return why a source keeps no call."""
    if untimed:
        return _UNTIMED
    with open(spooled.rejects, "rb") as lines:
        rejects = [msgspec.json.decode(line, type=Reject) for line in islice(lines, _MOST_READ)]
    if rejects:
        (zh, en), _count = Counter((reject.reason_zh, reject.reason) for reject in rejects).most_common(1)[0]
        return Words(zh, en)
    tables = "、".join(spooled.parts)
    return Words(f"为其他记录（{tables}）", f"it holds other records ({tables})") if tables else _EMPTY


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


def _join(tables: Mapping[str, Path]) -> pa.Table:
    """Return the calls of event tables (name to Parquet file) with their talk time and canonical numbers."""
    files = [str(tables[name]) for name in ("call_offered", "call_ended") if name in tables]
    has_end = len(files) > 1
    with duckdb.connect() as database:
        query = _JOIN.format(talk="e.talk_ms" if has_end else "NULL", join=_ENDED if has_end else "")
        calls: pa.Table = database.sql(query, params=files).to_arrow_table()
    for name in ("caller", "proven_caller", "callee", "original_callee"):
        written = calls[name].cast(pa.string())
        normal = pc.coalesce(normalise_many(written), written)
        calls = calls.set_column(calls.schema.get_field_index(name), name, normal)
    return calls.cast(CALL_SCHEMA.empty_table().schema)
