"""Inspect a source without importing it, for `fanzha read`."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import duckdb
import msgspec
import pyarrow as pa

from fanzha.base.clock import iso
from fanzha.base.errors import QuestionsOpen
from fanzha.base.words import Words
from fanzha.events import CALL_FACTS, Column
from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._calls.call_reader import CallReader
from fanzha.read._convert.columns import is_timestamp
from fanzha.read._convert.text import normalise_text, to_text
from fanzha.read._map.column_map import BasisDocument, ColumnMap, FileLayout
from fanzha.read._map.targets import CALLS, target_columns
from fanzha.read._map.toml_text import format_map
from fanzha.read._partial_records import ENDED_COLUMNS, OFFERED_COLUMNS, PartialCounts, find_chains
from fanzha.read._propose.cell_fit import text_share
from fanzha.read._propose.ingress import guess_ingress, suggest_ingress
from fanzha.read._questions import TABLE, Question, group_questions, leave_out
from fanzha.read._reader import ReadContext, Reader, SourceFile
from fanzha.read._rejects import MAX_SHOWN_CHARACTERS, UnreadableSource, mask_value
from fanzha.read._table_reader import TablePreview, TableReader

UNSURE = Words(
    "有把握的列不足以读取；请运行 fanzha read --write，更正映射后再读",
    "the columns that are sure do not suffice: run `fanzha read --write` and correct the map",
)
_MOST_ASKED = 12
_SAMPLES = 3
_NAMED = 8  # headers in a question
_SURE = 0.65  # a proposed column with less confidence is asked about
#: Columns whose distinct values are listed, and the most values of each that are kept.
_LISTED, MOST_LISTED = ("trunk", "cell", "channel"), 200
#: The columns of calls by which partial records are found.
_PARTS = {CALL_FACTS[0]: list(OFFERED_COLUMNS), CALL_FACTS[2]: list(ENDED_COLUMNS)}


class InspectedColumn(msgspec.Struct):
    """One column of a file (`theirs`) and the event column that it fills (`ours`)."""

    theirs: str
    ours: str = ""
    sure: float | None = None  # confidence 0-1 of a proposed mapping
    samples: list[str] = []  # masked


class DistinctValue(msgspec.Struct):
    """One value of a trunk, cell or channel, how often it occurs, and the ingress that its name suggests."""

    value: str
    count: int
    ingress: str = ""  # a guess by the name of a trunk


class SourceInspection(msgspec.Struct):
    """The interpretation of one source, with counts of the inspected rows."""

    path: str
    format: str = ""
    table: str = ""
    by: str = ""  # where the map comes from: map (a file), format (fixed by the format), proposal
    encoding: str = ""
    delimiter: str = ""
    header: int | None = None
    columns: list[InspectedColumn] = []
    read: int = 0
    used: int = 0
    rejected: int = 0
    waiting: int = 0
    whole: bool = True  # all rows were inspected
    first: int | None = None  # earliest and latest event, UTC ms
    last: int | None = None
    events: dict[str, int] = {}
    repeats: int = 0  # records of the inspected rows that are there more than once
    partial: PartialCounts = PartialCounts()  # partial records among the inspected rows
    distinct: dict[str, list[DistinctValue]] = {}  # trunk, cell, channel -> values, the most frequent first
    filled: dict[str, list[str]] = {}  # event table -> columns that hold a value in some row
    rows: dict[str, list[dict[str, str]]] = {}  # event table -> first events, masked
    reasons: list[tuple[str, str, int]] = []  # reasons for rejects: English, Chinese, count
    notes: list[Words] = []
    problem: Words | None = None
    questions: list[Question] = []  # columns of a proposed map that are not sure
    map: ColumnMap | None = None  # the map in use
    toml: str = ""  # the same as TOML, for the operator


def inspect_source(source: SourceFile, reader: Reader | None, context: ReadContext, rows: int) -> SourceInspection:
    """Inspect a source and read about `rows` of its rows (0: all)."""
    inspection = SourceInspection(source.name, format=source.format)
    if source.problem is not None or reader is None:
        inspection.problem = source.problem
        return inspection
    map_ = None
    try:
        if isinstance(reader, TableReader):
            map_ = _inspect_table(inspection, source, reader, (source.map.basis if source.map else "") or context.basis)
        _count_rows(inspection, source, reader, context, rows)
    except UnreadableSource as error:
        inspection.problem = error.words
    if map_ is not None:
        inspection.map, inspection.toml = map_, _render_map(map_, inspection)
    return inspection


def render_answers(inspection: SourceInspection, confirmed: Collection[str] | None) -> tuple[str, int]:
    """Return the map as TOML and the number of open questions.

    Unsure columns are left out unless they are in `confirmed`. If the others do not suffice for the table, or
    `confirmed` is None because the user was not asked, the map holds all columns and the open questions.
    """
    map_, questions = inspection.map, inspection.questions
    if map_ is None or not questions:
        return inspection.toml, 0
    answered = leave_out(map_, questions, confirmed or ())
    if confirmed is None or answered is None:
        texts = tuple(" ".join(question.words) for question in questions)
        return _render_map(msgspec.structs.replace(map_, questions=texts), inspection), len(questions)
    columns = [
        msgspec.structs.replace(column, ours=column.ours if column.ours in answered.columns else "")
        for column in inspection.columns
    ]
    return _render_map(answered, msgspec.structs.replace(inspection, columns=columns)), 0


def settle_maps(sources: Sequence[SourceFile], readers: Mapping[str, Reader], *, accept: bool) -> list[SourceFile]:
    """Return the sources; those whose proposed map is not sure get one with the columns that are, if `accept`.

    A source whose sure columns do not suffice gets a problem. Raise QuestionsOpen without `accept`.
    """
    settled, open_questions = list[SourceFile](), list[str]()
    for source in sources:
        map_, questions = _propose_with_questions(source, readers.get(source.format))
        if map_ is not None and accept:
            sure = leave_out(map_, questions, ())
            settled.append(replace(source, map=sure, problem=None if sure else UNSURE))
        else:
            settled.append(source)
            open_questions += [f"{source.name}: {' '.join(question.words)}" for question in questions]
    if open_questions:
        hidden = len(open_questions) - _MOST_ASKED
        more = [f"… 另有 {hidden} 问 and {hidden} more"] if hidden > 0 else []
        raise QuestionsOpen(
            "\n".join(("列含义有待确认 what the columns mean is not sure:", *open_questions[:_MOST_ASKED], *more)),
            fix="`fanzha read FILE --write` writes the map to correct; --accept goes on with what is sure "
            "用 fanzha read --write 生成映射并核对，或加 --accept 只用有把握的列",
        )
    return settled


def _propose_with_questions(source: SourceFile, reader: Reader | None) -> tuple[ColumnMap | None, list[Question]]:
    """Return the proposed map of a source and what is not sure in it; None and no questions if all is sure."""
    if source.map is not None or not isinstance(reader, TableReader) or isinstance(reader, CallReader):
        return None, []
    inspection = SourceInspection(source.name, format=source.format)
    try:
        map_ = _inspect_table(inspection, source, reader, "")
    except UnreadableSource:  # reading it will say why
        return None, []
    return (map_, inspection.questions) if inspection.questions else (None, [])


def _inspect_table(
    inspection: SourceInspection, source: SourceFile, reader: TableReader, basis: str | BasisDocument
) -> ColumnMap:
    """Fill in layout and columns; return the map."""
    preview = reader.preview(source, source.map.file if source.map else FileLayout())
    inspection.encoding, inspection.delimiter, inspection.header = (
        preview.layout.encoding,
        preview.layout.delimiter,
        preview.layout.header,
    )
    try:
        _, map_, notes, proposal = reader.resolve_map(source)
    except UnreadableSource:
        inspection.columns = [
            InspectedColumn(name, samples=_sample_cells(preview, name, None, bool(basis))) for name in preview.names
        ]
        inspection.toml = _render_map(
            ColumnMap(table=source.table or CALLS, file=preview.layout, basis=basis), inspection
        )
        raise
    inspection.table = map_.table
    inspection.notes += notes
    inspection.by = "map" if source.map else "proposal" if proposal is not None else "format"
    target_by_header = {
        name: target
        for target in map_.columns
        if (source_column := map_.column_source(target))
        for name in source_column.names
    }
    if map_.direction is not None:
        target_by_header[map_.direction.from_] = "direction"
    for name in preview.names:
        target = target_by_header.get(name, "")
        confidence = None if proposal is None else proposal.confidence.get(target)
        samples = _sample_cells(preview, name, target_columns(map_.table).get(target), bool(basis))
        inspection.columns.append(InspectedColumn(name, target, confidence, samples))
    if proposal is not None and len(preview.names) > 1:
        targets = target_columns(map_.table)
        unsure = [
            _ask(column, column.sure, targets[column.ours])
            for column in inspection.columns
            if column.ours in targets and column.sure is not None and column.sure < _SURE
        ]
        inspection.questions = group_questions(unsure)
        if proposal.is_table_doubtful:
            names = [mask_value(name) for name in preview.names[:_NAMED]]
            inspection.questions.insert(0, Question(TABLE, map_.table, 0.5, samples=names))
    return msgspec.structs.replace(map_, basis=basis)


def _ask(column: InspectedColumn, sure: float, target: Column) -> Question:
    """Return the question about a column; samples of content are left out, because the map keeps questions."""
    return Question(column.ours, column.theirs, sure, target.title, [] if target.content else column.samples)


def _sample_cells(preview: TablePreview, name: str, column: Column | None, has_basis: bool) -> list[str]:
    """Return a few distinct cells: times unmasked, other values masked, content only with a legal basis."""
    cells = [cell for cell in dict.fromkeys(to_text(preview.sample[name][:200]).to_pylist()) if cell and cell.strip()]
    is_content = column.content if column is not None else text_share(normalise_text(preview.sample[name][:200])) > 0.3
    if is_content and not has_basis:
        return []
    is_masked = column is None or not is_timestamp(column)
    return [mask_value(cell) if is_masked else cell[:MAX_SHOWN_CHARACTERS] for cell in cells[:_SAMPLES]]


def _render_map(map_: ColumnMap, inspection: SourceInspection) -> str:
    """Render the map with sample values, but without samples of content, because others may read the map."""
    content = {name for name, column in target_columns(map_.table).items() if column.content}
    columns = inspection.columns
    samples = {item.theirs: item.samples[0] for item in columns if item.samples and item.ours not in content}
    unused = tuple(item.theirs for item in columns if not item.ours)
    trunk = map_.column_source("trunk")
    suggestion = None
    if (
        trunk is not None
        and map_.table in (CALLS, CALL_FACTS[0])
        and not {"ingress"} & {*map_.columns, *map_.constants}
    ):
        suggestion = suggest_ingress(trunk.names, inspection.distinct.get("trunk", []))
    return format_map(map_, unused, samples, suggestion)


def _count_rows(
    inspection: SourceInspection, source: SourceFile, reader: Reader, context: ReadContext, rows: int
) -> None:
    reasons: Counter[tuple[str, str]] = Counter()
    counts: dict[str, Counter[str]] = {}
    filled: dict[str, set[str]] = {}
    ids = []
    calls: dict[str, list[pa.RecordBatch]] = {}
    kept = _PARTS if any(column.ours == "partial" for column in inspection.columns) else {}
    for batch in reader.read(source, context):
        inspection.read += batch.read
        inspection.used += batch.used
        inspection.waiting += batch.waiting
        inspection.rejected += len(batch.rejects)
        inspection.notes += [note for note in batch.notes if note not in inspection.notes]
        reasons.update((reject.reason, reject.reason_zh) for reject in batch.rejects)
        for table, events in batch.tables.items():
            inspection.events[table] = inspection.events.get(table, 0) + events.num_rows
            filled.setdefault(table, set()).update(
                name for name in events.schema.names if events.column(name).null_count < events.num_rows
            )
            for name in _LISTED:
                if name in events.schema.names:
                    counts.setdefault(name, Counter()).update(_count_values(events.column(name)))
            if table in kept:
                calls.setdefault(table, []).append(events.select(kept[table]))
            if table in (CALL_FACTS[0], inspection.table):
                ids.append(events.column("event_id"))
            moments = events.column("occurred_at").to_numpy()
            if len(moments):
                inspection.first = min(
                    int(moments.min()), inspection.first if inspection.first is not None else 1 << 62
                )
                inspection.last = max(int(moments.max()), inspection.last or 0)
            if table not in inspection.rows:
                first = events.slice(0, _SAMPLES).to_pylist()
                inspection.rows[table] = [
                    {k: _format_cell(k, v) for k, v in row.items() if v is not None} for row in first
                ]
        if rows and inspection.read >= rows:
            inspection.whole = False
            break
    if calls.keys() == _PARTS.keys():
        inspection.partial = _count_partial_records(calls)
    if inspection.partial != PartialCounts():
        inspection.notes.append(inspection.partial.words)
    inspection.reasons = [(en, zh, count) for (en, zh), count in reasons.most_common()]
    inspection.filled = {table: sorted(names) for table, names in filled.items()}
    inspection.repeats = sum(len(part) for part in ids) - (
        pc.count_distinct(pa.chunked_array(ids)).as_py() if ids else 0
    )
    inspection.distinct = {
        name: [
            DistinctValue(mask_value(value), number, guess_ingress(value) if name == "trunk" else "")
            for value, number in values.most_common(MOST_LISTED)
        ]
        for name, values in counts.items()
        if values
    }


def _count_partial_records(calls: dict[str, list[pa.RecordBatch]]) -> PartialCounts:
    with duckdb.connect() as database:
        for view, table in (("offered", CALL_FACTS[0]), ("ended", CALL_FACTS[2])):
            database.register(view, pa.Table.from_batches(calls[table]))
        chains = find_chains(database)
    return PartialCounts() if chains is None else chains.counts


def _count_values(column: ArrowColumn) -> dict[str, int]:
    counts = pc.value_counts(column.drop_null())
    return dict(zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True))


def _format_cell(name: str, value: object) -> str:
    if name.endswith("_at") and isinstance(value, int):
        return iso(value)
    return str(value) if isinstance(value, int | float) else mask_value(value)
