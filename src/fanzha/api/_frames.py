"""Frames of other libraries become Parquet files that readers open, batch by batch."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeAlias, runtime_checkable

import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.base.clock import moment_ms, to_ms
from fanzha.base.errors import Malformed, UsageError
from fanzha.events import source_events
from fanzha.read import ReadResult, map_path


@runtime_checkable
class ArrowStreamable(Protocol):
    """An object with the Arrow PyCapsule interface, such as a pyarrow, polars or pandas table."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return a capsule of an ArrowArrayStream."""


@runtime_checkable
class Interchangeable(Protocol):
    """An object with the DataFrame interchange protocol."""

    def __dataframe__(self, nan_as_null: bool = False, allow_copy: bool = True) -> Any:
        """Return the interchange object."""


Frame: TypeAlias = ArrowStreamable | Interchangeable

#: What is read or analysed: paths of files and folders, a frame in the columns of its source, or event tables.
Source: TypeAlias = str | Path | Sequence[str | Path] | Frame | Mapping[str, Frame] | ReadResult

FRAME_FILE = "frame.parquet"


def open_batches(frame: object) -> pa.RecordBatchReader:
    """Open a frame as a stream of batches. Raise UsageError if it has neither interface."""
    if isinstance(frame, ArrowStreamable):
        return pa.RecordBatchReader.from_stream(frame)
    if isinstance(frame, Interchangeable):
        from pyarrow.interchange.from_dataframe import from_dataframe

        table: pa.Table = from_dataframe(frame)
        return table.to_reader()
    raise UsageError(
        f"a {type(frame).__name__} is no frame", fix="pass a pyarrow, polars or pandas table, or paths of files"
    )


def write_frame(frame: object, path: Path, schema: pa.Schema | None = None) -> None:
    """Write a frame as Parquet, one batch at a time; with a `schema` in its types, null where the frame has no column.

    Raise UsageError if the frame has a column that the schema lacks, or values of another type.
    """
    with open_batches(frame) as batches:
        target = schema or _plain_schema(batches.schema)
        if unknown := [name for name in batches.schema.names if name not in target.names]:
            raise UsageError(f"{path.stem}: there is no column {unknown[0]!r}", fix=_FRAME_FIX)
        try:
            with pq.ParquetWriter(path, target, compression="lz4") as writer:
                for batch in batches:
                    writer.write_batch(_cast(batch, target))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
            fix = _FRAME_FIX if schema is not None else "convert the column to text, number or time first"
            raise UsageError(f"{path.stem}: the frame cannot be taken: {error}", fix=fix) from None


def _cast(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns: list[Any] = [
        _decode_texts(batch.column(field.name)).cast(field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _decode_texts(column: Any) -> Any:
    """Return a dictionary column of view texts (a polars Categorical) with texts of a type that Arrow can decode."""
    if pa.types.is_dictionary(column.type) and pa.types.is_string_view(column.type.value_type):
        return pa.DictionaryArray.from_arrays(column.indices, column.dictionary.cast(pa.large_string()))
    return column


_FRAME_FIX = "pass the frame through fanzha.api.read, which knows other headers, types and forms of numbers"


def _plain_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema with texts in the one type that Parquet readers of every version know."""
    return pa.schema([field.with_type(_plain_type(field.type)) for field in schema])


def _plain_type(type_: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(type_):
        return _plain_type(type_.value_type)
    return pa.large_string() if pa.types.is_string_view(type_) else type_


@contextmanager
def staged(source: Source) -> Iterator[tuple[Path, ...]]:
    """Provide the paths of a source; frames and event tables are files of a temporary folder meanwhile."""
    if isinstance(source, str | Path):
        yield _existing((source,))
    elif isinstance(source, ReadResult | Mapping):
        with TemporaryDirectory(prefix="fanzha-") as folder:
            tables = source.tables if isinstance(source, ReadResult) else source
            yield tuple(_stage_events(name, table, Path(folder)) for name, table in tables.items())
    elif isinstance(source, ArrowStreamable | Interchangeable):
        with TemporaryDirectory(prefix="fanzha-") as folder:
            write_frame(source, Path(folder) / FRAME_FILE)
            yield (Path(folder) / FRAME_FILE,)
    elif isinstance(source, Sequence):
        yield _existing(source)
    else:
        open_batches(source)


def _existing(paths: Sequence[str | Path]) -> tuple[Path, ...]:
    found = tuple(map(Path, paths))
    if missing := [path for path in found if not path.exists()]:
        raise UsageError(f"{missing[0]}: there is no such file or folder")
    return found


def _stage_events(name: str, table: object, folder: Path) -> Path:
    """Write an event table and the column map that names its format. Raise UsageError if it has other columns."""
    events = source_events()
    if name not in events:
        raise UsageError(f"no event table is called {name!r}", fix=f"one of: {', '.join(events)}")
    path = folder / f"{name}.parquet"
    nullable = pa.schema([field.with_nullable(True) for field in events[name].schema])
    write_frame(table, path, nullable)
    map_path(path).write_text(f'table = "{name}"\nformat = "event-table"\n', "utf-8")
    return path


def to_moment(moment: str | datetime | None) -> int | None:
    """Return UTC milliseconds. Raise UsageError for a text that is no ISO 8601 time or a datetime without a zone."""
    if moment is None:
        return None
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise UsageError(f"{moment} has no time zone", fix="pass a datetime with tzinfo, or an ISO 8601 text")
        return to_ms(moment)
    try:
        return moment_ms(moment)
    except Malformed as error:
        raise UsageError(error.reason) from None
