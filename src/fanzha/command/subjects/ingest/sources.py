"""Read files of findings in batches from a saved position: findings.parquet, JSON Lines, a screen's log."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import msgspec
import pyarrow as pa

from fanzha.base.errors import UsageError
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.claims.finding import FINDING_SCHEMA, OPTIONAL_COLUMNS
from fanzha.command.subjects.ingest.parser import ParsedFinding, RejectedFinding, parse_json, parse_row, reject_finding

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

MAX_LINE_BYTES = 4_194_304
_MAX_BATCH_BYTES = 67_108_864  # of one batch
_HEAD_BYTES = 4_096
_FINDING_RECORD = b',"finding",'
#: The first bytes of a line of a screen's log contain its kind, after two numbers.
_RECORD_KIND_BYTES = 64


class FindingBatch(NamedTuple):
    """Some rows of a file; `position` and `row` are where the next batch begins."""

    usable: list[ParsedFinding]
    rejected: list[RejectedFinding]
    position: int
    row: int


class FindingSource(NamedTuple):
    """One file; `begins` is a digest that distinguishes it from a later file of the same name."""

    path: Path
    name: str
    begins: str
    is_lines: bool
    grows: bool  # lines may be appended: an incomplete last line is read later


def find_sources(paths: Sequence[Path]) -> list[FindingSource]:
    """Return named files, and of named folders findings.parquet and all *.jsonl except rejects.jsonl, by name.

    Skip a growing file whose first line is incomplete. Raise UsageError for a missing path.
    """
    if missing := [path for path in paths if not path.exists()]:
        raise UsageError(f"{missing[0]} is not there")
    paths_found = dict.fromkeys(
        path_found for path in paths for path_found in (_files_in_folder(path) if path.is_dir() else [path])
    )
    return [source for path in paths_found if (source := identify_source(path)) is not None]


def _files_in_folder(folder: Path) -> list[Path]:
    lines = (path for path in folder.rglob("*.jsonl") if path.name != "rejects.jsonl")
    visible = [*folder.rglob("findings.parquet"), *lines]
    return sorted(path for path in visible if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def identify_source(path: Path, *, is_whole: bool = False) -> FindingSource | None:
    """Return a file as a source; None if its first line is incomplete or the file is gone.

    JSON Lines files are expected to grow unless `is_whole`.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            if path.suffix == ".parquet":
                size = file.seek(0, 2)
                file.seek(max(0, size - _HEAD_BYTES))
                return FindingSource(path, str(path.resolve()), digest(size, head, file.read()), False, False)
    except FileNotFoundError:
        return None
    line, end, _ = head.partition(b"\n")
    if not end and len(head) < _HEAD_BYTES and not is_whole:
        return None
    return FindingSource(path, str(path.resolve()), digest(line), True, not is_whole)


def read_batches(source: FindingSource, position: int, row: int, size: int, now: int) -> Iterator[FindingBatch]:
    """Yield batches of `size` rows from a position on. Raise UsageError if it is no file of findings."""
    if source.is_lines:
        yield from _read_json_lines(source, position, row, size, now)
    else:
        yield from _read_parquet(source.path, position, row, size, now)


def source_length(source: FindingSource) -> int:
    """Return the length of a file in the unit of its positions: rows of Parquet, bytes of JSON Lines."""
    if source.is_lines:
        return source.path.stat().st_size
    import pyarrow.parquet

    try:
        return int(pyarrow.parquet.read_metadata(source.path).num_rows)
    except (OSError, pa.ArrowException):
        return 0  # the reader reports the error


def _read_parquet(path: Path, position: int, row: int, size: int, now: int) -> Iterator[FindingBatch]:
    """Read Parquet; the position is a row number, so that whole row groups are skipped."""
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path, page_checksum_verification=True) as file:
            _check_schema(path, file.schema_arrow)
            for first, rows in _record_batches(file, position, size):
                yield _make_batch(_parse_rows(rows, first, now), first + rows.num_rows, first + rows.num_rows)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read ({error})", fix="run fanzha analyze again") from None


def _record_batches(file: "ParquetFile", position: int, size: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield batches from a row on, each with the number of its first row; skip whole row groups."""
    first = 0
    columns = [name for name in FINDING_SCHEMA.names if name in file.schema_arrow.names]
    for group in range(file.num_row_groups):
        stop = first + file.metadata.row_group(group).num_rows
        if stop <= position:
            first = stop
            continue
        for batch in file.iter_batches(size, row_groups=[group], columns=columns):
            skipped = max(0, position - first)
            if skipped < batch.num_rows:
                yield first + skipped, batch.slice(skipped)
            first += batch.num_rows


def _check_schema(path: Path, schema: pa.Schema) -> None:
    for field in FINDING_SCHEMA:
        if field.name in OPTIONAL_COLUMNS and field.name not in schema.names:
            continue
        if field.name not in schema.names or not schema.field(field.name).type.equals(field.type):
            raise UsageError(
                f"{path}: column {field.name} is missing or not {field.type}",
                fix="docs/reference/findings.md names the columns",
            )


def _parse_rows(table: pa.RecordBatch, first: int, now: int) -> Iterator[ParsedFinding | RejectedFinding]:
    names = table.schema.names
    columns = [column.to_pylist() for column in table.columns]
    for number, cells in enumerate(zip(*columns, strict=True), start=first + 1):
        yield parse_row(number, dict(zip(names, cells, strict=True)), now)


def _read_json_lines(source: FindingSource, position: int, row: int, size: int, now: int) -> Iterator[FindingBatch]:
    """Read complete lines; the position is a byte offset."""
    with source.path.open("rb") as file:
        file.seek(position)
        while True:
            lines = _next_lines(file, size, source.grows)
            if not lines:
                return
            position += sum(map(len, lines))
            yield _make_batch(_parse_lines(lines, row, now), position, row + len(lines))
            row += len(lines)


def _next_lines(file: BinaryIO, size: int, grows: bool) -> list[bytes]:
    lines: list[bytes] = []
    size_bytes = 0
    while len(lines) < size and size_bytes < _MAX_BATCH_BYTES:
        line = file.readline(MAX_LINE_BYTES)
        if not line or (grows and not line.endswith(b"\n") and len(line) < MAX_LINE_BYTES):
            break
        lines.append(line)
        size_bytes += len(line)
    return lines


class _ScreenLogRecord(msgspec.Struct, frozen=True, array_like=True):
    """One line of a screen's log."""

    sequence: int
    at: int
    what: str
    body: msgspec.Raw


_decode_log_record = msgspec.json.Decoder(_ScreenLogRecord).decode
_UNREADABLE_LINE = Words("该行不完整或无法读取", "the line is incomplete or cannot be read")


def _parse_lines(lines: list[bytes], row: int, now: int) -> Iterator[ParsedFinding | RejectedFinding]:
    for number, line in enumerate(lines, start=row + 1):
        if line.startswith(b"["):
            if _FINDING_RECORD in line[:_RECORD_KIND_BYTES]:
                yield _parse_log_record(number, line, now)
        elif not line.isspace():
            yield parse_json(number, line, now)


def _parse_log_record(row: int, line: bytes, now: int) -> ParsedFinding | RejectedFinding:
    try:
        return parse_json(row, bytes(_decode_log_record(line).body), now)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return reject_finding(row, _UNREADABLE_LINE, line[:400].decode("utf-8", "replace"))


def _make_batch(findings: Iterator[ParsedFinding | RejectedFinding], position: int, row: int) -> FindingBatch:
    batch = FindingBatch([], [], position, row)
    for finding in findings:
        batch.rejected.append(finding) if isinstance(finding, RejectedFinding) else batch.usable.append(finding)
    return batch
