"""What a source would be read as, before it is read for good: for `fanzha read`."""

from collections import Counter

import msgspec

from fanzha.base.clock import iso
from fanzha.base.words import Words
from fanzha.events import Column
from fanzha.read._convert.columns import is_moment
from fanzha.read._convert.text import plain, tidy
from fanzha.read._map.column_map import ColumnMap, Layout
from fanzha.read._map.targets import CALLS, targets
from fanzha.read._map.write import written
from fanzha.read._propose.values import wordiness
from fanzha.read._reader import Reader, Source, Terms
from fanzha.read._rejects import SHOWN_CHARACTERS, Unreadable, shown
from fanzha.read._table_reader import Look, TableReader, proposal_of

_SAMPLES = 3


class ColumnFound(msgspec.Struct):
    """One column of a file and what is made of it."""

    theirs: str
    ours: str = ""
    sure: float | None = None  # 0-1, when it was proposed
    samples: list[str] = []  # masked


class Understanding(msgspec.Struct):
    """What one source would be read as; counts are of the rows looked at."""

    path: str
    format: str = ""
    table: str = ""
    by: str = ""  # map: a person wrote it; format: the format says it; proposal
    encoding: str = ""
    delimiter: str = ""
    header: int | None = None
    columns: list[ColumnFound] = []
    read: int = 0
    used: int = 0
    rejected: int = 0
    waiting: int = 0
    whole: bool = True  # all rows were looked at
    first: int | None = None  # earliest and latest moment, UTC ms
    last: int | None = None
    events: dict[str, int] = {}
    rows: dict[str, list[dict[str, str]]] = {}  # event table -> first events, masked
    reasons: list[tuple[str, str, int]] = []  # why rows were rejected: English, Chinese, how many
    notes: list[Words] = []
    problem: Words | None = None
    toml: str = ""  # the map that would be used


def understand(source: Source, reader: Reader | None, terms: Terms, rows: int) -> Understanding:
    """Look at a source and read its first rows (about `rows`, all when 0)."""
    found = Understanding(source.name, format=source.format)
    if source.problem is not None or reader is None:
        found.problem = source.problem
        return found
    try:
        if isinstance(reader, TableReader):
            _table(found, source, reader, lawful=bool(terms.basis or (source.map and source.map.basis)))
        _read(found, source, reader, terms, rows)
    except Unreadable as error:
        found.problem = error.words
    return found


def _table(found: Understanding, source: Source, reader: TableReader, *, lawful: bool) -> None:
    look = reader.look(source, source.map.file if source.map else Layout())
    found.encoding, found.delimiter, found.header = look.layout.encoding, look.layout.delimiter, look.layout.header
    proposal = proposal_of(source, look)
    try:
        _, map_, notes = reader.understand(source)
    except Unreadable:
        found.columns = [ColumnFound(name, samples=_samples(look, name, None, lawful)) for name in look.names]
        found.toml = _toml(ColumnMap(table=source.table or CALLS, file=look.layout), found)
        raise
    found.table = map_.table
    found.notes += notes
    found.by = "map" if source.map else "proposal" if map_ == proposal.map else "format"
    made = {name: ours for ours in map_.columns if (take := map_.take(ours)) for name in take.names}
    if map_.direction is not None:
        made[map_.direction.from_] = "direction"
    for name in look.names:
        ours = made.get(name, "")
        sure = proposal.sure.get(ours) if found.by == "proposal" else None
        samples = _samples(look, name, targets(map_.table).get(ours), lawful)
        found.columns.append(ColumnFound(name, ours, sure, samples))
    found.toml = _toml(map_, found)


def _samples(look: Look, name: str, column: Column | None, lawful: bool) -> list[str]:
    """Return a few different cells: times as they are, numbers masked, words only with a legal basis."""
    cells = [cell for cell in dict.fromkeys(plain(look.sample[name][:200]).to_pylist()) if cell and cell.strip()]
    wordy = column.content if column is not None else wordiness(tidy(look.sample[name][:200])) > 0.3
    if wordy and not lawful:
        return []
    masked = column is None or not is_moment(column)
    return [shown(cell) if masked else cell[:SHOWN_CHARACTERS] for cell in cells[:_SAMPLES]]


def _toml(map_: ColumnMap, found: Understanding) -> str:
    """Content is not shown in the map: it is kept where others may read it."""
    content = {name for name, column in targets(map_.table).items() if column.content}
    samples = {one.theirs: one.samples[0] for one in found.columns if one.samples and one.ours not in content}
    unused = tuple(one.theirs for one in found.columns if not one.ours)
    return written(map_, unused, samples)


def _read(found: Understanding, source: Source, reader: Reader, terms: Terms, rows: int) -> None:
    reasons: Counter[tuple[str, str]] = Counter()
    for batch in reader.read(source, terms):
        found.read += batch.read
        found.used += batch.used
        found.waiting += batch.waiting
        found.rejected += len(batch.rejects)
        found.notes += [note for note in batch.notes if note not in found.notes]
        reasons.update((one.reason, one.reason_zh) for one in batch.rejects)
        for table, events in batch.tables.items():
            found.events[table] = found.events.get(table, 0) + events.num_rows
            moments = events.column("occurred_at").to_numpy()
            if len(moments):
                found.first = min(int(moments.min()), found.first if found.first is not None else 1 << 62)
                found.last = max(int(moments.max()), found.last or 0)
            if table not in found.rows:
                first = events.slice(0, _SAMPLES).to_pylist()
                found.rows[table] = [{k: _cell(k, v) for k, v in row.items() if v is not None} for row in first]
        if rows and found.read >= rows:
            found.whole = False
            break
    found.reasons = [(en, zh, count) for (en, zh), count in reasons.most_common()]


def _cell(name: str, value: object) -> str:
    if name.endswith("_at") and isinstance(value, int):
        return iso(value)
    return str(value) if isinstance(value, int | float) else shown(value)
