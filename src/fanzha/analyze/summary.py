"""The counts of a run: rows used, rejected, repeated, outside the requested time, or incomplete."""

import os

import msgspec

from fanzha.analyze.alarm_rate import AlarmExposure, AlarmRate
from fanzha.base.errors import NothingUsable, RejectsFound
from fanzha.base.words import Words
from fanzha.read import PartialCounts


class SourceSummary(msgspec.Struct):
    """The counts of one source, in rows."""

    path: str
    format: str
    tables: dict[str, int] = {}  # event table -> events read
    read: int = 0
    used: int = 0
    rejected: int = 0
    waiting: int = 0  # rows without their counterpart at the end
    outside: int = 0  # events not between --since and --until
    notes: list[str] = []


class Summary(msgspec.Struct):
    """The counts of one run; times are UTC milliseconds."""

    version: str
    started_at: int
    resumed: bool = False
    seconds: float = 0.0
    sources: list[SourceSummary] = []
    events: dict[str, int] = {}  # event table -> events kept after repeats were dropped
    repeats: int = 0
    partial: PartialCounts = PartialCounts()  # partial records of calls
    rejects: int = 0
    detectors: list[str] = []
    findings: int = 0
    suspects: int = 0
    to_warn: int = 0  # people who may be victims of fraud
    by_maturity: dict[str, int] = {}  # findings
    suspects_by_maturity: dict[str, int] = {}  # suspects, each by its most mature finding
    to_warn_by_maturity: dict[str, int] = {}
    exposure: AlarmExposure | None = None  # lines and days of the records
    alarms_by_maturity: dict[str, AlarmRate] = {}  # suspects, each by its most mature finding of the day
    warnings_by_maturity: dict[str, AlarmRate] = {}  # the same of people to warn
    by_detector: dict[str, int] = {}
    by_fraud_type: dict[str, int] = {}
    simulated: int = 0  # findings on simulated data
    first: int | None = None  # earliest and latest event
    last: int | None = None
    out: str = ""
    notes: list[Words] = []  # messages for the operator

    @property
    def used(self) -> int:
        """Rows of all sources that were used."""
        return sum(source.used for source in self.sources)

    def names(self) -> list[str]:
        """Return the paths of the sources without their common prefix."""
        paths = [source.path for source in self.sources]
        shared = os.path.commonpath(paths) if len(paths) > 1 else os.path.dirname(paths[0]) if paths else ""
        return [os.path.relpath(path, shared) if shared else path for path in paths]

    def check(self, strict: bool) -> None:
        """Raise NothingUsable if no row was used, RejectsFound if `strict` and rows were rejected."""
        where = f"see {self.out}/rejects.jsonl"
        if not self.used and not self.events:
            fix = f"{where}; `fanzha read PATH` shows what would be understood and proposes a column map"
            raise NothingUsable("not one row of the input could be used", fix=fix)
        if strict and self.rejects:
            raise RejectsFound(f"{self.rejects} rows were rejected", fix=where)
