"""What every reader of a source format is: it recognises files of its format and turns them into event batches."""

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
    """The beginning of a file, unpacked: what a format is recognised by."""

    name: str  # file name in lower case, without .gz
    data: bytes  # at most HEAD_BYTES
    whole: bool  # the data are the whole file


@dataclass(frozen=True)
class SourceFile:
    """One file, or one member of a zip file, that can be read on its own."""

    path: Path
    member: str = ""  # the member of a zip file
    format: str = ""  # name of the reader; "" when nobody understands the file
    map: ColumnMap | None = None  # the map that stands beside it or was given; None: proposed from the file itself
    table: str = ""  # read it as this event table, whatever it looks like
    size: int = 0  # bytes on disk
    problem: Words | None = None  # why the whole file is a reject

    @property
    def name(self) -> str:
        """The path as shown to people; members stand behind an exclamation mark."""
        return f"{self.path}!{self.member}" if self.member else str(self.path)


@dataclass(frozen=True)
class ReadContext:
    """What the run says about every source."""

    observed_at: int  # UTC ms, the moment of the run; facts without a time of their own get it
    basis: str = ""  # legal basis of sources whose map states none


@dataclass(frozen=True)
class EventBatch:
    """What one stretch of a source became. `read` rows = `used` + len(`rejects`) + `waiting`."""

    tables: dict[str, pa.RecordBatch] = field(default_factory=dict)  # event table -> events of its schema
    rejects: tuple[Reject, ...] = ()  # one a row that did not fit (row 0: the whole file)
    read: int = 0  # rows of the source, not events: one row may tell several facts
    used: int = 0
    waiting: int = 0  # rows held back for their other half; a later batch releases them (then this is negative)
    position: int = 0  # bytes of the source taken so far, for progress
    notes: tuple[Words, ...] = ()  # what the operator should know of the source, e.g. that it has no times


class Reader(ABC):
    """One source format."""

    name: ClassVar[str]
    title: ClassVar[Words]

    @abstractmethod
    def recognise(self, head: FileHead) -> float:
        """Return 0-1: how surely the file is of this format, by content first and name second."""

    @abstractmethod
    def read(self, source: SourceFile, context: ReadContext) -> Iterator[EventBatch]:
        """Yield the source's batches in bounded memory.

        Raises Unreadable when the file breaks off or is not what it seemed; `open_source` turns that into a reject.
        """


class ReadResult(msgspec.Struct):
    """All that a source told; `tables` are whole event tables."""

    tables: dict[str, pa.Table] = {}
    rejects: list[Reject] = []
    read: int = 0
    used: int = 0
    waiting: int = 0
    notes: list[Words] = []

    def rows(self, table: str) -> list[dict[str, object]]:
        """Return the events of a table as dictionaries, without what is not known."""
        events = self.tables.get(table)
        rows: list[dict[str, object]] = events.to_pylist() if events is not None else []
        return [{name: value for name, value in row.items() if value is not None} for row in rows]


def collect_batches(batches: Iterator[EventBatch]) -> ReadResult:
    """Return all batches of a source as one."""
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
