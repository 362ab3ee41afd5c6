"""API schemas of imports and their rejected rows."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from fanzha.command.imports.models import ImportJob
from fanzha.command.imports.tables.table import ImportTable
from fanzha.command.processes.schemas import BilingualText


class ImportColumnOut(Schema):
    """A column of a table."""

    name: str
    title: BilingualText
    also_called: list[str]
    required: bool


class ImportTableOut(Schema):
    """A table that can be imported."""

    name: str
    title: BilingualText
    about: BilingualText
    second_person: bool = Field(description="whether a second person must agree before it counts")
    columns: list[ImportColumnOut]

    @classmethod
    def of(cls, table: ImportTable) -> "ImportTableOut":
        """Build the schema from a table."""
        columns = [
            ImportColumnOut(
                name=column.name,
                title=BilingualText.of(column.title),
                also_called=list(column.aliases),
                required=column.required,
            )
            for column in table.columns
        ]
        return cls(
            name=table.name,
            title=BilingualText.of(table.title),
            about=BilingualText.of(table.about),
            second_person=table.second_person,
            columns=columns,
        )


class ImportOut(Schema):
    """An import and its counts: read = used + rejected + waiting."""

    ref: str
    table: str
    file_name: str
    sha256: str
    size: int = Field(description="bytes")
    state: str
    read: int
    used: int
    rejected: int
    waiting: int = Field(description="rows that count once a second person agrees")
    problem: BilingualText
    note: BilingualText
    made_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, job: ImportJob) -> "ImportOut":
        """Build the schema from an import."""
        plain = {name: getattr(job, name) for name in cls.model_fields if name not in ("problem", "note")}
        return cls(
            **plain,
            problem=BilingualText(zh=job.problem_zh, en=job.problem_en),
            note=BilingualText(zh=job.note_zh, en=job.note_en),
        )


class RejectOut(Schema):
    """A rejected row and the reason; long numbers are masked."""

    row: int
    column: str
    reason: str
    reason_zh: str
    value: str


class RejectsQuery(Schema):
    """A page of rejects: at most `limit`, after skipping `after`."""

    after: int = Field(0, ge=0, le=2**31)
    limit: int = Field(100, ge=1, le=1_000)


class RejectsOut(Schema):
    """A page of rejects; `next` is the `after` of the next page, None on the last one."""

    items: list[RejectOut]
    next: int | None
