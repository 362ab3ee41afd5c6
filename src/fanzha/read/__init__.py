"""Readers of source formats: one module per format turns files into event batches and rejects."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from fanzha.base.errors import UsageError
from fanzha.base.plugins import load
from fanzha.base.words import Words
from fanzha.events import Column
from fanzha.read import _cell_table, _discovery, _inspection
from fanzha.read._cell_table import CellTable, LocalMoments, find_header, parse_moments
from fanzha.read._chunks import find_record_end
from fanzha.read._discovery import walk_files
from fanzha.read._encoding import detect_encoding
from fanzha.read._inspection import MOST_LISTED, DistinctValue, SourceInspection, render_answers
from fanzha.read._map.column_map import HOME_ZONE, ColumnMap, ColumnSource, FileLayout
from fanzha.read._map.lookup import FOLDER_MAP, check_map_file, map_path
from fanzha.read._map.targets import CALLS, target_columns
from fanzha.read._map.toml_text import format_map
from fanzha.read._partial_records import PartialChains, PartialCounts, find_chains
from fanzha.read._questions import Question
from fanzha.read._reader import EventBatch, FileHead, ReadContext, Reader, ReadResult, SourceFile, collect_batches
from fanzha.read._rejects import Reject, UnreadableSource, make_reject, mask_value
from fanzha.read._row_reader import CellRow, RowReader
from fanzha.read._stream import SourceStream, open_stream
from fanzha.read._table_reader import TablePreview, TableReader

__all__ = [
    "FOLDER_MAP", "HOME_ZONE", "MOST_LISTED", "CellRow", "CellTable", "ColumnMap", "ColumnSource", "DistinctValue",
    "EventBatch", "FileHead", "FileLayout", "LocalMoments", "PartialChains", "PartialCounts", "Question", "ReadContext",
    "ReadResult", "Reader", "Reject", "RowReader", "SourceFile", "SourceInspection", "SourceStream", "TablePreview",
    "TableReader", "UnreadableSource", "all_readers", "check_map_file", "detect_encoding", "find_chains", "find_header",
    "find_record_end", "find_sources", "format_map", "inspect_source", "list_call_columns", "map_path", "mask_value",
    "open_stream", "parse_moments", "read_batches", "read_cells", "read_source", "render_answers", "settle_maps",
    "walk_files",
]  # fmt: skip

TOO_BIG = Words("内容过大，内存不足", "it unpacks to more than the memory holds")


@cache
def all_readers() -> dict[str, Reader]:
    """Return every reader by the name of its format."""
    return load("fanzha.read", "READER", Reader)


def find_sources(
    paths: Iterable[Path], *, map_file: Path | None = None, table: str = "", out: Path | None = None
) -> list[SourceFile]:
    """Return the sources in these files and folders, in order. `problem` says why a source cannot be read.

    The column map is `map_file`, or `<file>.toml` beside the file, or `fanzha-map.toml` in its folder. The folder
    `out`, which holds results of an earlier run, is skipped. Raise UsageError if a map is invalid.
    """
    return list(_discovery.find_sources(paths, all_readers().values(), map_file, table, out))


def read_batches(source: SourceFile, context: ReadContext) -> Iterator[EventBatch]:
    """Yield a source's batches in bounded memory. An unreadable or truncated source ends with a reject."""
    if source.problem is not None:
        yield EventBatch(rejects=(make_reject(source.name, 0, "", source.problem),), read=1, position=source.size)
        return
    try:
        yield from all_readers()[source.format].read(source, context)
    except (UnreadableSource, MemoryError) as error:
        words = error.words if isinstance(error, UnreadableSource) else TOO_BIG
        lost = make_reject(source.name, error.row if isinstance(error, UnreadableSource) else 0, "", words)
        yield EventBatch(rejects=(lost,), read=1, position=source.size)


def read_source(source: SourceFile, context: ReadContext) -> ReadResult:
    """Read a small source completely into memory."""
    return collect_batches(read_batches(source, context))


def read_cells(path: Path) -> CellTable:
    """Return the cells of a small table, such as a list of cases. Raise UsageError."""
    sources = find_sources([path])
    if len(sources) != 1:
        raise UsageError(f"{path} holds {len(sources) or 'no'} tables", fix="name the file itself")
    return _cell_table.read_cells(sources[0], all_readers().get(sources[0].format))


def inspect_source(source: SourceFile, context: ReadContext, rows: int = 0) -> SourceInspection:
    """Return how a source is interpreted, which map applies, and counts over its first `rows` rows (0: all)."""
    return _inspection.inspect_source(source, all_readers().get(source.format), context, rows)


def settle_maps(sources: Iterable[SourceFile], *, accept: bool) -> list[SourceFile]:
    """Return the sources, with the sure columns only where a proposed map is not sure and `accept` is true.

    Sources with a map are left as they are. Raise QuestionsOpen without `accept` if a proposed map is not sure.
    """
    return _inspection.settle_maps(list(sources), all_readers(), accept=accept)


def list_call_columns() -> dict[str, Column]:
    """Return the columns that a map with `table = "calls"` can fill: those of the three call tables, and call times."""
    return target_columns(CALLS)
