"""What routes of exports and unmaskings take and give."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from fanzha.command.exports.export_builder import PROBLEM_WORDS
from fanzha.command.exports.models import Export, Unmasking
from fanzha.command.exports.table import ExportTable
from fanzha.command.exports.unmasking_review import UnusualViewer
from fanzha.command.web.api import Moment
from fanzha.command.web.i18n import localize


class TableOut(Schema):
    """A table that may be taken out; `kinds` are what it can be narrowed to."""

    name: str
    title: str
    about: str
    columns: list[str]
    kinds: dict[str, str]
    identifies: bool

    @classmethod
    def of(cls, table: ExportTable) -> "TableOut":
        """Return a table as it is told."""
        return cls(
            name=table.name,
            title=localize(table.title),
            about=localize(table.about),
            columns=[localize(column.title) for column in table.columns],
            kinds={name: localize(words) for name, words in table.kinds()},
            identifies=table.identifies,
        )


class ExportIn(Schema):
    """An export somebody wants."""

    table: str = Field(max_length=40)
    purpose: str = Field(min_length=4, max_length=200)
    case: str = Field(default="", max_length=64)
    kind: str = Field(default="", max_length=60)
    since: Moment | None = None
    until: Moment | None = None
    unmasked: bool = False


class ExportOut(Schema):
    """One export; where the table is `evidence_pack`, of the case in `about`, and `rows` are its personal values."""

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
        """Return an export as it is told."""
        plain: dict[str, Any] = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        problem = localize(PROBLEM_WORDS[row.problem]) if row.problem else ""
        return cls(**plain | {"about": row.narrowed.get("ref", ""), "problem": problem, "asked_by": row.actor})


class DecisionIn(Schema):
    """What a second person decides."""

    approve: bool
    note: str = Field(default="", max_length=200)


class UnmaskIn(Schema):
    """A value somebody wants to see whole."""

    subject: str = Field(min_length=1, max_length=26)
    purpose: str = Field(min_length=4, max_length=200)
    case: str = Field(default="", max_length=64)


class ValueOut(Schema):
    """A whole value."""

    subject: str
    kind: str
    value: str


class UnmaskFieldIn(Schema):
    """A field of a step's evidence somebody wants to see whole: `process` by its ref, `step` by its number."""

    process: str = Field(min_length=1, max_length=26)
    step: int = Field(ge=1, lt=2**31)
    field: str = Field(min_length=1, max_length=60)
    purpose: str = Field(min_length=4, max_length=200)


class UnmaskFileIn(UnmaskFieldIn):
    """A personal file of a step that somebody wants to see, by its place in the field, counted from 0."""

    place: int = Field(default=0, ge=0, lt=1000)


class ValuesOut(Schema):
    """The whole values of a field."""

    values: list[str]


class UnmaskingOut(Schema):
    """Who looked at whom."""

    at: datetime
    actor: str
    subject: str
    kind: str
    shown: str
    purpose: str
    case: str

    @classmethod
    def of(cls, row: Unmasking) -> "UnmaskingOut":
        """Return an unmasking as it is told."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class WatchedOut(Schema):
    """How much somebody looked in the last 24 hours, and what is odd about it."""

    actor: str
    times: int
    subjects: int
    usual: float
    odd: list[str]

    @classmethod
    def of(cls, one: UnusualViewer) -> "WatchedOut":
        """Return a watch as it is told."""
        return cls(**one._asdict() | {"odd": [localize(words) for words in one.odd]})
