"""`fanzha profile`: read events as an analysis does, and write the profiles of one month."""

import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fanzha import __version__
from fanzha.analyze.ingestion import ProgressListener, first_started_at, join_rejects, read_sources, sort_tables
from fanzha.analyze.journal import Journal, write_atomically
from fanzha.analyze.profile.contacts import TABLES
from fanzha.analyze.profile.derived_table import profile_words, short_history_words
from fanzha.analyze.profile.month import CallHistory, ProfileMonth, call_history, day_start
from fanzha.analyze.profile.profile_writer import write_profiles
from fanzha.analyze.spool import SpooledSource
from fanzha.analyze.summary import Summary
from fanzha.base.errors import NothingUsable, UsageError
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.events.subscriber_profile import BY_WINDOWS, EVENT
from fanzha.read import ColumnMap, ColumnSource, SourceFile, find_sources, format_map, map_path
from fanzha.windows import DAY_MS

MIXED_NOTICE = Words(
    "其中部分画像由模拟数据生成，整个文件按模拟数据标记；请将两者分开生成。",
    "Some profiles are of simulated events, and the whole file is marked as simulated: make the two apart.",
)


@dataclass(frozen=True)
class ProfileRequest:
    """The input and options; `at` is a moment (UTC ms) of the last day in China, None: the day of the last call."""

    paths: tuple[Path, ...]
    out: Path
    at: int | None = None
    table: str = ""
    map_file: Path | None = None
    basis: str = ""
    overwrite: bool = True  # replace the profiles of another run


class ProfileSummary(msgspec.Struct):
    """The result; `input` holds the counts of the sources, `simulated` counts profiles."""

    input: Summary
    out: str
    first_day: str
    last_day: str
    profiles: int
    simulated: int
    notes: list[Words] = []


def profile(request: ProfileRequest, listener: ProgressListener) -> ProfileSummary:
    """Write the profiles as Parquet, with their column map beside them; rejected rows to `<out>.rejects.jsonl`.

    An interrupted run on the same input is resumed. Raise NothingUsable if the calls cover too few days.
    """
    start_time, folder = time.monotonic(), _sibling(request.out, ".parts")
    inputs = list(find_sources(request.paths, map_file=request.map_file, table=request.table, out=folder))
    run_key = _run_key(request, inputs)
    result_key = digest(run_key, request.at)
    if not request.overwrite:
        _require_own_file(request.out, result_key)
    journal = Journal(folder, run_key)
    summary = Summary(__version__, first_started_at(journal), resumed=journal.resumed, out=str(request.out))
    tables = _tables(inputs, request, summary, journal, listener)
    month = _requested_month(call_history(tables), request.at)
    profiles_file, count = write_profiles(tables, [month], journal, listener)
    simulated = _publish(profiles_file, request.out)
    write_atomically(_key_path(request.out), result_key.encode())
    journal.close()
    with suppress(OSError):  # the folder may hold other files
        folder.rmdir()
    summary.seconds = time.monotonic() - start_time
    notes = [profile_words(count, [month])] + ([MIXED_NOTICE] if 0 < simulated < count else [])
    return ProfileSummary(summary, str(request.out), *month.days, count, simulated, notes)


def _tables(
    inputs: list[SourceFile], request: ProfileRequest, summary: Summary, journal: Journal, listener: ProgressListener
) -> dict[str, Path]:
    """Return the sorted tables of calls and texts; write rejects beside the profiles."""
    read = read_sources(inputs, summary, journal, listener, basis=request.basis)
    if summary.rejects:
        join_rejects([Path(source.rejects) for source in read], _sibling(request.out, ".rejects.jsonl"))
    return sort_tables([_select_tables(source) for source in read], summary, journal, listener)


def _run_key(request: ProfileRequest, inputs: Iterable[SourceFile]) -> str:
    """Return a digest of the input; requests for different days share it."""
    stats = [(source.name, source.size, source.path.stat().st_mtime_ns, repr(source.map)) for source in inputs]
    return digest(__version__, repr(stats), repr((request.table, request.basis)))


def _select_tables(source: SpooledSource) -> SpooledSource:
    """Return a source with only the event tables that contacts use."""
    return msgspec.structs.replace(source, parts={name: part for name, part in source.parts.items() if name in TABLES})


def _requested_month(history: CallHistory | None, at: int | None) -> ProfileMonth:
    """Return the requested month. Raise NothingUsable or UsageError."""
    if history is None:
        fix = "`fanzha read PATH` shows what would be understood of it"
        raise NothingUsable("no call with its end is in the input", fix=fix)
    if at is not None and day_start(at) > day_start(history.last):
        last = ProfileMonth(day_start(history.last) + DAY_MS, history.last).days[1]
        raise UsageError("--at: the calls end earlier", fix=f"name a day up to {last}")
    request = history if at is None else replace(history, last=at)
    if not (months := request.months()):
        words = short_history_words(request)
        raise NothingUsable(f"{words.zh} {words.en}", fix="add the files of the days before, or name a later day")
    return months[-1]


def _publish(profiles_file: Path, out: Path) -> int:
    """Copy the profiles to `out` with a column map beside them; return the number of simulated profiles."""
    marks = pq.read_table(profiles_file, columns=["simulated", "basis"])
    simulated = int(pc.sum(marks["simulated"]).as_py() or 0)
    basis = marks["basis"][0].as_py() if marks.num_rows else None
    part_file = _sibling(out, ".part")
    shutil.copyfile(profiles_file, part_file)
    write_atomically(map_path(out), _column_map(basis or "", simulated > 0).encode())
    part_file.replace(out)
    return simulated


def _column_map(basis: str, simulated: bool) -> str:
    """Return the column map of the file."""
    moment = ColumnSource(from_="occurred_at", format="epoch_ms")
    own: dict[str, str | tuple[str, ...] | ColumnSource] = {column.name: column.name for column in EVENT.own}
    columns = {"event_id": "event_id", "occurred_at": moment, **own}
    return format_map(ColumnMap(EVENT.name, columns, source=BY_WINDOWS, basis=basis, simulated=simulated))


def _require_own_file(out: Path, result_key: str) -> None:
    """Raise UsageError if the file exists and was not written by a run with the same input."""
    path = _key_path(out)
    if not out.exists() or (path.is_file() and path.read_text("utf-8", "replace") == result_key):
        return
    raise UsageError(
        f"{out} holds the profiles of another run: other input or another day 其中有另一次运行的画像",
        fix="name another file, or give --force to replace it 请另选文件，或加 --force 覆盖",
    )


def _key_path(out: Path) -> Path:
    """Return the hidden file beside the profiles that says which run made them."""
    return out.with_name(f".{out.name}.run-key")


def _sibling(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
