"""API schemas of exports and unmaskings, and the definitions of exportable tables."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from fanzha.command.exports.export_builder import PROBLEM_WORDS
from fanzha.command.exports.models import Export, Unmasking
from fanzha.command.exports.table import ExportColumn, ExportTable, TableFilter
from fanzha.command.exports.unmasking_review import UnusualViewer
from fanzha.command.web.api import Moment
from fanzha.command.web.i18n import localize

__all__ = [
    "DecisionIn",
    "ExportColumn",
    "ExportIn",
    "ExportOut",
    "ExportTable",
    "TableFilter",
    "TableOut",
    "UnmaskFieldIn",
    "UnmaskFileIn",
    "UnmaskIn",
    "UnmaskingOut",
    "ValueOut",
    "ValuesOut",
    "WatchedOut",
]


class TableOut(Schema):
    """A table that can be exported. `kinds` are the values of its kind filter."""

    name: str
    title: str
    about: str
    columns: list[str]
    kinds: dict[str, str]
    identifies: bool

    @classmethod
    def of(cls, table: ExportTable) -> "TableOut":
        """Build the schema from a table."""
        return cls(
            name=table.name,
            title=localize(table.title),
            about=localize(table.about),
            columns=[localize(column.title) for column in table.columns],
            kinds={name: localize(words) for name, words in table.kinds()},
            identifies=table.identifies,
        )


class ExportIn(Schema):
    """Request for an export."""

    table: str = Field(max_length=40)
    purpose: str = Field(min_length=4, max_length=200)
    case: str = Field(default="", max_length=64)
    kind: str = Field(default="", max_length=60)
    since: Moment | None = None
    until: Moment | None = None
    unmasked: bool = False


class ExportOut(Schema):
    """One export. If the table is `evidence_pack`, `about` is its case and `rows` counts its personal values."""

    ref: str
    table: str
    about: str
    state: str
    purpose: str
    case: str
    unmasked: bool
    rows: int
    done: int
    asked_at: datetime
    asked_by: str
    expires_at: datetime | None
    sha256: str
    size: int
    problem: str

    @classmethod
    def of(cls, row: Export) -> "ExportOut":
        """Build the schema from an export."""
        plain: dict[str, Any] = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        problem = localize(PROBLEM_WORDS[row.problem]) if row.problem else ""
        return cls(**plain | {"about": row.narrowed.get("ref", ""), "problem": problem, "asked_by": row.actor})


class DecisionIn(Schema):
    """Decision of a second person."""

    approve: bool
    note: str = Field(default="", max_length=200)


class UnmaskIn(Schema):
    """Request to unmask a value."""

    subject: str = Field(min_length=1, max_length=26)
    purpose: str = Field(min_length=4, max_length=200)
    case: str = Field(default="", max_length=64)


class ValueOut(Schema):
    """An unmasked value."""

    subject: str
    kind: str
    value: str


class UnmaskFieldIn(Schema):
    """Request to unmask an evidence field: `process` is a ref, `step` a number."""

    process: str = Field(min_length=1, max_length=26)
    step: int = Field(ge=1, lt=2**31)
    field: str = Field(min_length=1, max_length=60)
    purpose: str = Field(min_length=4, max_length=200)


class UnmaskFileIn(UnmaskFieldIn):
    """Request to unmask a personal file of a step. `place` is its index in the field, from 0."""

    place: int = Field(default=0, ge=0, lt=1000)


class ValuesOut(Schema):
    """The unmasked values of a field."""

    values: list[str]


class UnmaskingOut(Schema):
    """One unmasking."""

    at: datetime
    actor: str
    subject: str
    kind: str
    shown: str
    purpose: str
    case: str

    @classmethod
    def of(cls, row: Unmasking) -> "UnmaskingOut":
        """Build the schema from an unmasking."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class WatchedOut(Schema):
    """Number of a person's unmaskings in the last 24 hours, and what is unusual about them."""

    actor: str
    times: int
    subjects: int
    usual: float
    odd: list[str]

    @classmethod
    def of(cls, viewer: UnusualViewer) -> "WatchedOut":
        """Build the schema from a viewer's statistics."""
        return cls(**viewer._asdict() | {"odd": [localize(words) for words in viewer.odd]})
