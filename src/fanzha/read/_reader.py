"""The interface of readers, and what they take and return: sources, heads, event batches."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, NamedTuple

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.read._map.column_map import ColumnMap
from fanzha.read._rejects import Reject

HEAD_BYTES = 262_144


class FileHead(NamedTuple):
    """The beginning of a decompressed file, by which its format is recognised."""

    name: str  # file name in lower case, without .gz
    data: bytes  # at most HEAD_BYTES
    whole: bool  # `data` is the complete file


@dataclass(frozen=True)
class SourceFile:
    """One file, or one member of a zip file."""

    path: Path
    member: str = ""  # the member of a zip file
    format: str = ""  # name of the reader; "" if no reader recognises the file
    map: ColumnMap | None = None  # the map beside the file or from the caller; None: propose one
    table: str = ""  # read the file as this event table
    size: int = 0  # bytes on disk
    problem: Words | None = None  # why the complete file is rejected

    @property
    def name(self) -> str:
        """The path for display, followed by "!" and the member of a zip file."""
        return f"{self.path}!{self.member}" if self.member else str(self.path)


@dataclass(frozen=True)
class ReadContext:
    """Settings of one run that apply to every source."""

    observed_at: int  # UTC ms, time of the run; the time of events that have none
    basis: str = ""  # legal basis of sources whose map has none


@dataclass(frozen=True)
class EventBatch:
    """Events and rejects from consecutive rows of a source. `read` = `used` + len(`rejects`) + `waiting`."""

    tables: dict[str, pa.RecordBatch] = field(default_factory=dict)  # event table -> events of its schema
    rejects: tuple[Reject, ...] = ()  # one per rejected row (row 0: the complete file)
    read: int = 0  # rows of the source; one row may yield several events
    used: int = 0
    waiting: int = 0  # rows held back until a related row is read; negative when a later batch releases them
    position: int = 0  # bytes of the source read so far, for progress
    notes: tuple[Words, ...] = ()  # messages for the operator, e.g. that the source has no times


class Reader(ABC):
    """One source format."""

    name: ClassVar[str]
    title: ClassVar[Words]

    @abstractmethod
    def recognise(self, head: FileHead) -> float:
        """Return the confidence (0-1) that the file has this format, by its content first and its name second."""

    @abstractmethod
    def read(self, source: SourceFile, context: ReadContext) -> Iterator[EventBatch]:
        """Yield the source's batches in bounded memory.

        Raise UnreadableSource if the file is truncated or has another format; `read_batches` turns that into a reject.
        """


class ReadResult(msgspec.Struct):
    """All events, rejects and counts of one source."""

    tables: dict[str, pa.Table] = {}
    rejects: list[Reject] = []
    read: int = 0
    used: int = 0
    waiting: int = 0
    notes: list[Words] = []

    def rows(self, table: str) -> list[dict[str, object]]:
        """Return the events of a table as dictionaries, without null values."""
        events = self.tables.get(table)
        rows: list[dict[str, object]] = events.to_pylist() if events is not None else []
        return [{name: value for name, value in row.items() if value is not None} for row in rows]


def collect_batches(batches: Iterator[EventBatch]) -> ReadResult:
    """Combine all batches of a source."""
    whole = ReadResult()
    parts: dict[str, list[pa.RecordBatch]] = {}
    for batch in batches:
        for table, events in batch.tables.items():
            parts.setdefault(table, []).append(events)
        whole.rejects += batch.rejects
        whole.notes += [note for note in batch.notes if note not in whole.notes]
        whole.read, whole.used = whole.read + batch.read, whole.used + batch.used
        whole.waiting += batch.waiting
    whole.tables = {table: pa.Table.from_batches(events) for table, events in parts.items()}
    return whole
