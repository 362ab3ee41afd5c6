"""Base classes of importable tables and of the writers of their rows."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.command.imports.models import ImportJob


class ImportColumn(NamedTuple):
    """One column: name, title and aliases in files."""

    name: str
    title: Words
    aliases: tuple[str, ...] = ()
    required: bool = True


class ImportRow(NamedTuple):
    """One row: its cells by column names of the table, "" for missing ones."""

    number: int
    cells: Mapping[str, str]


class RowError(NamedTuple):
    """Why a row is rejected: its number, the column ("" for the whole row), the reason and the value of the cell."""

    row: int
    column: str
    why: Words
    value: str = ""


class TableWriter(ABC):
    """Writer of the rows of one import, in batches of one transaction each."""

    @abstractmethod
    def write(self, rows: Sequence[ImportRow]) -> list[RowError]:
        """Write rows; return one error for each row that is rejected."""

    @abstractmethod
    def finish(self) -> Words | None:
        """Activate the written rows; return a note, if any. Raise FanzhaError on failure."""

    def abort(self) -> None:  # noqa: B027  most writers have nothing to remove
        """Remove everything that was written."""


class ImportTable(ABC):
    """One importable table. `owners` are kinds of the role table whose organisations may import it."""

    name: str
    title: Words
    about: Words
    owners: tuple[str, ...]
    columns: tuple[ImportColumn, ...]
    second_person: bool = False

    @abstractmethod
    def writer(self, job: ImportJob) -> TableWriter:
        """Return the writer for the rows of an import."""

    def apply_decisions(self) -> Words | None:
        """Apply approved and withdrawn imports; return a note, if any."""
        return None

    def columns_in(self, names: Sequence[str]) -> dict[str, str]:
        """Map the name of each column found in a file to the name that the file uses."""
        names_by_key = {name.strip().casefold(): name for name in names}
        columns = {}
        for column in self.columns:
            spellings = (column.name, *column.aliases, column.title.zh, column.title.en)
            if name_found := next(
                (names_by_key[spelling.casefold()] for spelling in spellings if spelling.casefold() in names_by_key),
                None,
            ):
                columns[column.name] = name_found
        return columns
