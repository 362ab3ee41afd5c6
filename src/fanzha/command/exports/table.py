"""What a table that may leave the platform is: which rows, which columns, which of them identify somebody, for whom."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.utils.dateparse import parse_datetime

from fanzha.base.plugins import load
from fanzha.base.words import Words
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer

#: Who takes tables out at all; each table may be for fewer.
TAKERS = (
    Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.LIAISON, Role.INSPECTOR, Role.PRIVACY_OFFICER,
)  # fmt: skip


@dataclass(frozen=True)
class ExportColumn:
    """One column; `identity` where it names a person or a line: masked unless whoever asks may see the whole value."""

    title: Words
    identity: bool = False


@dataclass(frozen=True)
class TableFilter:
    """Which rows are wanted: from when, until when (exclusive), of which kind as the table names them."""

    since: datetime | None = None
    until: datetime | None = None
    kind: str = ""

    def kept(self) -> dict[str, str]:
        """Return it as JSON values."""
        moments = {"since": self.since, "until": self.until}
        return {name: at.isoformat() for name, at in moments.items() if at} | ({"kind": self.kind} if self.kind else {})

    @classmethod
    def of(cls, kept: dict[str, str]) -> "TableFilter":
        """Return what was kept."""
        since, until = (parse_datetime(kept.get(name, "")) for name in ("since", "until"))
        return cls(since, until, kept.get("kind", ""))


@dataclass(frozen=True)
class ExportTable:
    """One table. `rows` are scoped to whoever looks; `cells` makes text of a piece of them, whole or masked.

    No table lists victims: people to be warned are nobody's list.
    """

    name: str
    title: Words
    about: Words
    columns: tuple[ExportColumn, ...]
    rows: Callable[[TableFilter], Any]
    cells: Callable[[Sequence[Any], bool], Iterable[tuple[object, ...]]]
    kinds: Callable[[], list[tuple[str, Words]]] = list
    roles: tuple[Role, ...] = TAKERS

    @property
    def identifies(self) -> bool:
        """Return whether there is anything to mask."""
        return any(column.identity for column in self.columns)

    def is_for(self, viewer: Viewer) -> bool:
        """Return whether a viewer may take it out."""
        return viewer.has(*self.roles)


@cache
def all_tables() -> dict[str, ExportTable]:
    """Return every table by name: one file of the folder `tables` each, and `export_tables.TABLES` of higher apps."""
    higher = {table.name: table for module in app_modules("export_tables") for table in module.TABLES}
    return dict(sorted((load("fanzha.command.exports.tables", "TABLE", ExportTable) | higher).items()))


def tables_for(viewer: Viewer) -> list[ExportTable]:
    """Return the tables that a viewer may take out."""
    return [table for table in all_tables().values() if table.is_for(viewer)]
