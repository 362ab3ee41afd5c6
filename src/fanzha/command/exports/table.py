"""Definition of exportable tables: rows, columns, identifying columns and roles."""

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

#: Roles that may export tables. A table may allow fewer.
EXPORT_ROLES = (
    Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.LIAISON, Role.INSPECTOR, Role.PRIVACY_OFFICER,
)  # fmt: skip


@dataclass(frozen=True)
class ExportColumn:
    """One column. If `identity`, it identifies a person or a line and is masked in masked exports."""

    title: Words
    identity: bool = False


@dataclass(frozen=True)
class TableFilter:
    """A filter of rows by period (`until` is exclusive) and kind."""

    since: datetime | None = None
    until: datetime | None = None
    kind: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the filter as JSON values."""
        moments = {"since": self.since, "until": self.until}
        return {name: at.isoformat() for name, at in moments.items() if at} | ({"kind": self.kind} if self.kind else {})

    @classmethod
    def of(cls, stored: dict[str, str]) -> "TableFilter":
        """Parse a stored filter."""
        since, until = (parse_datetime(stored.get(name, "")) for name in ("since", "until"))
        return cls(since, until, stored.get("kind", ""))


@dataclass(frozen=True)
class ExportTable:
    """One table. `rows` selects rows in the viewer's scope; `cells` converts a chunk of rows, unmasked or masked.

    No table may list victims or people to be warned.
    """

    name: str
    title: Words
    about: Words
    columns: tuple[ExportColumn, ...]
    rows: Callable[[TableFilter], Any]
    cells: Callable[[Sequence[Any], bool], Iterable[tuple[object, ...]]]
    kinds: Callable[[], list[tuple[str, Words]]] = list
    roles: tuple[Role, ...] = EXPORT_ROLES

    @property
    def identifies(self) -> bool:
        """Return whether any column is masked."""
        return any(column.identity for column in self.columns)

    def is_for(self, viewer: Viewer) -> bool:
        """Return whether a viewer may export it."""
        return viewer.has(*self.roles)


@cache
def all_tables() -> dict[str, ExportTable]:
    """Return all tables by name: from the modules of `tables`, and from `export_tables.TABLES` of higher apps."""
    higher = {table.name: table for module in app_modules("export_tables") for table in module.TABLES}
    return dict(sorted((load("fanzha.command.exports.tables", "TABLE", ExportTable) | higher).items()))


def tables_for(viewer: Viewer) -> list[ExportTable]:
    """Return the tables that a viewer may export."""
    return [table for table in all_tables().values() if table.is_for(viewer)]
