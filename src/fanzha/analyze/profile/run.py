"""One job from files to a table of profiles: events are gathered as an analysis does, and one month is looked at."""

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
from fanzha.analyze.gather import Watcher, join_rejects, read_sources, sort_tables, started
from fanzha.analyze.journal import Journal, write_atomically
from fanzha.analyze.profile.contacts import TABLES
from fanzha.analyze.profile.derive import made_of, too_short
from fanzha.analyze.profile.month import History, Month, day_of, history
from fanzha.analyze.profile.write import write_profiles
from fanzha.analyze.spool import Spooled
from fanzha.analyze.summary import Summary
from fanzha.base.errors import NothingUsable, WrongCall
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.events.subscriber_profile import BY_WINDOWS, EVENT
from fanzha.read import ColumnMap, ColumnSource, SourceFile, find_sources, format_map, map_path
from fanzha.windows import DAY_MS

MIXED = Words(
    "其中部分画像由模拟数据生成，整个文件按模拟数据标记；请将两者分开生成。",
    "Some profiles are of simulated events, and the whole file is marked as simulated: make the two apart.",
)


@dataclass(frozen=True)
class Asked:
    """What is asked; `at` is a moment (UTC ms) of the last day in China, None: that of the last call."""

    paths: tuple[Path, ...]
    out: Path
    at: int | None = None
    table: str = ""
    map_file: Path | None = None
    basis: str = ""


class Profiled(msgspec.Struct):
    """What came out; `input` is the account of what was read, `simulated` counts profiles."""

    input: Summary
    out: str
    first_day: str
    last_day: str
    profiles: int
    simulated: int
    notes: list[Words] = []


def profile(asked: Asked, watcher: Watcher) -> Profiled:
    """Write the profiles as Parquet, with their column map beside them; rejected rows to `<out>.rejects.jsonl`.

    Interrupted and asked again of the same input, it goes on. Raises NothingUsable when the calls cover too few days.
    """
    began, folder = time.monotonic(), _beside(asked.out, ".parts")
    inputs = list(find_sources(asked.paths, map_file=asked.map_file, table=asked.table, out=folder))
    journal = Journal(folder, _run_key(asked, inputs))
    summary = Summary(__version__, started(journal), resumed=journal.resumed, out=str(asked.out))
    tables = _tables(inputs, asked, summary, journal, watcher)
    month = _month(history(tables), asked.at)
    made, count = write_profiles(tables, [month], journal, watcher)
    simulated = _keep(made, asked.out)
    journal.close()
    with suppress(OSError):  # somebody keeps files of his own there
        folder.rmdir()
    summary.seconds = time.monotonic() - began
    notes = [made_of(count, [month])] + ([MIXED] if 0 < simulated < count else [])
    return Profiled(summary, str(asked.out), *month.days, count, simulated, notes)


def _tables(
    inputs: list[SourceFile], asked: Asked, summary: Summary, journal: Journal, watcher: Watcher
) -> dict[str, Path]:
    """Return the sorted tables of calls and texts; what was rejected stands beside the profiles."""
    read = read_sources(inputs, summary, journal, watcher, basis=asked.basis)
    if summary.rejects:
        join_rejects([Path(one.rejects) for one in read], _beside(asked.out, ".rejects.jsonl"))
    return sort_tables([_needed(one) for one in read], summary, journal, watcher)


def _run_key(asked: Asked, inputs: Iterable[SourceFile]) -> str:
    """Name what is read; another day can be asked of the same."""
    stats = [(source.name, source.size, source.path.stat().st_mtime_ns, repr(source.map)) for source in inputs]
    return digest(__version__, repr(stats), repr((asked.table, asked.basis)))


def _needed(read: Spooled) -> Spooled:
    """Return a source without the events that say nothing of calls and texts."""
    return msgspec.structs.replace(read, parts={name: part for name, part in read.parts.items() if name in TABLES})


def _month(known: History | None, at: int | None) -> Month:
    """Return the 30 days asked for."""
    if known is None:
        fix = "`fanzha read PATH` shows what would be understood of it"
        raise NothingUsable("no call with its end is in the input", fix=fix)
    if at is not None and day_of(at) > day_of(known.last):
        last = Month(day_of(known.last) + DAY_MS, known.last).days[1]
        raise WrongCall("--at: the calls end earlier", fix=f"name a day up to {last}")
    asked = known if at is None else replace(known, last=at)
    if not (months := asked.months()):
        words = too_short(asked)
        raise NothingUsable(f"{words.zh} {words.en}", fix="add the files of the days before, or name a later day")
    return months[-1]


def _keep(made: Path, out: Path) -> int:
    """Put the profiles where they are wanted, their column map beside them; return how many are simulated."""
    known = pq.read_table(made, columns=["simulated", "basis"])
    simulated = int(pc.sum(known["simulated"]).as_py() or 0)
    basis = known["basis"][0].as_py() if known.num_rows else None
    beside = _beside(out, ".part")
    shutil.copyfile(made, beside)
    write_atomically(map_path(out), _map(basis or "", simulated > 0).encode())
    beside.replace(out)
    return simulated


def _map(basis: str, simulated: bool) -> str:
    """Return the column map of the file, whose columns are our own."""
    moment = ColumnSource(from_="occurred_at", format="epoch_ms")
    own: dict[str, str | tuple[str, ...] | ColumnSource] = {column.name: column.name for column in EVENT.own}
    columns = {"event_id": "event_id", "occurred_at": moment, **own}
    return format_map(ColumnMap(EVENT.name, columns, source=BY_WINDOWS, basis=basis, simulated=simulated))


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
