"""What every detector is: it reads event tables batch by batch and claims findings; one module defines `DETECTOR`."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.brands import BrandTable
from fanzha.claims import Finding
from fanzha.kinds.phone_number import NumberingTables


@dataclass(frozen=True)
class Example:
    """Events and what the detector must say of them (tests run it, docs show it)."""

    title: Words
    table: str
    rows: tuple[Mapping[str, object], ...]  # own columns; the envelope is filled in
    finds: tuple[Mapping[str, object], ...] = ()  # fields that must hold; score: at least; () = silent


class Session(ABC):
    """One run of a detector over batches in time order; what it remembers between batches is opaque bytes."""

    @abstractmethod
    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Take a batch of one event table and yield what is found."""

    def finish(self) -> Iterable[Finding]:
        """Yield what can only be said at the end of the input."""
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
