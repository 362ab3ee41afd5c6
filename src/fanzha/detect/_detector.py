"""What every detector is: it reads event tables batch by batch and claims findings; one module defines `DETECTOR`."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.brands import BrandTable
from fanzha.claims import Finding
from fanzha.events import all_events
from fanzha.kinds.phone_number import NumberingTables

START_MS = 1_772_323_200_000  # when the events of examples begin: 2026-03-01 00:00 UTC


@dataclass(frozen=True)
class Example:
    """Events and what the detector must say of them (tests run it, docs show it)."""

    title: Words
    table: str
    rows: tuple[Mapping[str, object], ...]  # own columns; the envelope is filled in; "table" names another table
    finds: tuple[Mapping[str, object], ...] = ()  # fields that must hold; score: at least; () = silent

    def batches(self, **said: object) -> list[tuple[str, pa.RecordBatch]]:
        """Return the events one by one, in order; `said` is put on every event."""
        found = []
        for number, row in enumerate(self.rows):
            at = START_MS + number * 1_000
            known = {"event_id": digest(self.title.en, number), "occurred_at": at, "observed_at": at}
            full = {**known, "source": "example", "simulated": True, **said, **row}
            table = str(full.pop("table", self.table))
            found.append((table, full))
        found.sort(key=lambda one: (one[1]["occurred_at"], one[1]["event_id"]))
        schemas = {name: table.schema for name, table in all_events().items()}
        return [(table, pa.RecordBatch.from_pylist([row], schema=schemas[table])) for table, row in found]


class Session(ABC):
    """One run of a detector over batches in time order; what it remembers between batches is opaque bytes."""

    takes_words: ClassVar[bool] = False  # whether columns of text may come as dictionaries

    @abstractmethod
    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Take a batch of one event table and yield what is found."""

    def settle(self, until: int) -> Iterable[Finding]:
        """Yield what can be said now that every event before a moment (UTC ms) has been fed."""
        return ()

    def finish(self) -> Iterable[Finding]:
        """Yield what can only be said at the end of the input."""
        return ()

    def notes(self) -> Iterable[Words]:
        """Yield what the operator has to know of the run."""
        return ()

    def save(self) -> bytes:
        """Return the state between batches; a session opened with it goes on as if never stopped."""
        return b""


class Detector(ABC):
    """One detector: identity, what it reads, which law it serves, its examples."""

    name: ClassVar[str]
    version: ClassVar[str]
    title: ClassVar[Words]
    tells: ClassVar[Words]  # one sentence: what it finds and on what grounds
    reads: ClassVar[tuple[str, ...]]  # event tables
    law: ClassVar[tuple[str, ...]]  # articles of the Anti-Telecom and Online Fraud Law, e.g. "ATF Art. 13"
    examples: ClassVar[tuple[Example, ...]]

    def protecting(self, brands: BrandTable) -> "Detector":
        """Return the detector for these brands; one that compares no names is the same for all."""
        return self

    def numbered_by(self, tables: NumberingTables) -> "Detector":
        """Return the detector for these numbering tables; one that judges no numbers is the same for all."""
        return self

    def with_slow_tier(self) -> "Detector":
        """Return the detector that also asks a slow model where it is in doubt; WrongCall when a package is missing."""
        return self

    @abstractmethod
    def open(self, saved: bytes = b"") -> Session:
        """Start a session, or go on from a saved one."""


@dataclass
class Stateless(Session):
    """A session of a detector that remembers nothing: `detect` is called for each batch."""

    detector: "BatchDetector"

    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Pass the batch on."""
        return self.detector.detect(table, batch)


class BatchDetector(Detector):
    """A detector whose findings hang on one event at a time."""

    @abstractmethod
    def detect(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Find in one batch; columnar, Python objects only for what is found."""

    def open(self, saved: bytes = b"") -> Session:
        """Start a session without memory."""
        return Stateless(self)
