"""Base classes of detectors: a detector reads event tables batch by batch and yields findings."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.brands import BrandTable
from fanzha.claims import Finding
from fanzha.claims.finding import SubjectRole
from fanzha.events import all_events
from fanzha.kinds.phone_number import NumberingTables
from fanzha.models.families.own_model import OwnModel

START_MS = 1_772_323_200_000  # time of the first event of an example: 2026-03-01 00:00 UTC


@dataclass(frozen=True)
class Example:
    """Events and the findings expected of them. The tests run examples, the docs show them."""

    title: Words
    table: str
    rows: tuple[Mapping[str, object], ...]  # columns of the table; envelope columns have defaults; "table" overrides
    finds: tuple[Mapping[str, object], ...] = ()  # expected fields of each finding; `score` is the minimum

    def batches(self, **overrides: object) -> list[tuple[str, pa.RecordBatch]]:
        """Return one batch for each event, in time order; `overrides` sets columns of every event."""
        events = []
        for number, row in enumerate(self.rows):
            occurred_at = START_MS + number * 1_000
            envelope = {
                "event_id": digest(self.title.en, number),
                "occurred_at": occurred_at,
                "observed_at": occurred_at,
            }
            event = {**envelope, "source": "example", "simulated": True, **overrides, **row}
            table = str(event.pop("table", self.table))
            events.append((table, event))
        events.sort(key=lambda item: (item[1]["occurred_at"], item[1]["event_id"]))
        schemas = {name: table.schema for name, table in all_events().items()}
        return [(table, pa.RecordBatch.from_pylist([row], schema=schemas[table])) for table, row in events]


class Session(ABC):
    """One run of a detector over batches in time order; its state between batches is opaque bytes."""

    accepts_dictionaries: ClassVar[bool] = False  # whether text columns may be dictionary-encoded

    @abstractmethod
    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Process a batch of one event table and yield findings."""

    def feed_late(self, table: str, batch: pa.RecordBatch) -> None:  # noqa: B027  (most sessions have no use for them)
        """Add events that arrived after their allowed lateness, in order; most sessions ignore them."""

    def settle(self, until: int) -> Iterable[Finding]:
        """Yield findings that are certain once every event before `until` (UTC ms) has been fed."""
        return ()

    def report(self) -> Iterable[Finding]:
        """Yield findings that later events may add to, but that continuous detection cannot wait for, once each."""
        return ()

    def finish(self) -> Iterable[Finding]:
        """Yield findings that are certain only at the end of the input."""
        return ()

    def notes(self) -> Iterable[Words]:
        """Yield messages about the run for the operator."""
        return ()

    def save(self) -> bytes:
        """Return the state; a session opened with it resumes exactly where this one stopped."""
        return b""


class Detector(ABC):
    """A detector: its name and version, the tables it reads, its legal basis and its examples."""

    name: ClassVar[str]
    version: ClassVar[str]
    title: ClassVar[Words]
    tells: ClassVar[Words]  # one sentence: what it finds and on which evidence
    reads: ClassVar[tuple[str, ...]]  # names of event tables
    law: ClassVar[tuple[str, ...]]  # articles of the Anti-Telecom and Online Fraud Law, e.g. "ATF Art. 13"
    examples: ClassVar[tuple[Example, ...]]
    role: ClassVar[SubjectRole | None] = None  # of the subjects; None: by fraud type and kind (`resolve_role`)

    @property
    def applied_version(self) -> str:
        """The version that findings carry: with the tag of the operator's own model if there is one."""
        return self.version

    def with_own_models(self, models: Mapping[str, OwnModel]) -> "Detector":
        """Return the detector for the operator's own models by name; most detectors return themselves."""
        return self

    def with_brands(self, brands: BrandTable) -> "Detector":
        """Return the detector for this table of brands; detectors that compare no names return themselves."""
        return self

    def with_numbering(self, tables: NumberingTables) -> "Detector":
        """Return the detector for these numbering tables; detectors that classify no numbers return themselves."""
        return self

    def with_lists(self, lists: Mapping[str, tuple[str, ...]]) -> "Detector":
        """Return the detector for the operator's lists by name; most detectors in Python return themselves."""
        return self

    @abstractmethod
    def open(self, saved: bytes = b"") -> Session:
        """Start a session, or resume a saved one."""


@dataclass
class StatelessSession(Session):
    """A session without state: each batch is passed to `BatchDetector.detect`."""

    detector: "BatchDetector"

    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Yield the findings of the batch."""
        return self.detector.detect(table, batch)


class BatchDetector(Detector):
    """A detector whose findings depend on one event at a time."""

    @abstractmethod
    def detect(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Yield the findings of one batch. Work on columns; create Python objects for findings only."""

    def open(self, saved: bytes = b"") -> Session:
        """Start a session without state."""
        return StatelessSession(self)
