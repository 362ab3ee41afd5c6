"""What every table that can be imported says of itself, and what takes its rows in."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.command.imports.models import ImportJob


class ImportColumn(NamedTuple):
    """One column: its name, what it holds, further names that files give it."""

    name: str
    title: Words
    aliases: tuple[str, ...] = ()
    required: bool = True


class ImportRow(NamedTuple):
    """One row by the table's own names; "" where the file has nothing."""

    number: int
    cells: Mapping[str, str]


class RowError(NamedTuple):
    """Why a row is not used: its number, the column ("" for the row), the reason, what stood there."""

    row: int
    column: str
    why: Words
    value: str = ""


class TableWriter(ABC):
    """Takes the rows of one import in, piece by piece; each piece is one transaction."""

    @abstractmethod
    def write(self, rows: Sequence[ImportRow]) -> list[RowError]:
        """Take rows in; return those that cannot be used. A row may have several faults: it is named once."""

    @abstractmethod
    def finish(self) -> Words | None:
        """Let what was taken in count; return what is to be noted. Raises FanzhaError."""

    def abort(self) -> None:  # noqa: B027  most have nothing to remove
        """Leave nothing behind."""


class ImportTable(ABC):
    """One sort of table. `owners` are kinds of the role table whose organisations may import it."""

    name: str
    title: Words
    about: Words
    owners: tuple[str, ...]
    columns: tuple[ImportColumn, ...]
    second_person: bool = False

    @abstractmethod
    def writer(self, job: ImportJob) -> TableWriter:
        """Return what takes in the rows of an import."""

    def apply_decisions(self) -> Words | None:
        """Let what two persons agreed on, or withdrew, count; return what is to be noted."""
        return None

    def columns_in(self, names: Sequence[str]) -> dict[str, str]:
        """Return by our name the file's own name of each column that is there."""
        names_by_key = {name.strip().casefold(): name for name in names}
        found = {}
        for column in self.columns:
            spellings = (column.name, *column.aliases, column.title.zh, column.title.en)
            if name_found := next(
                (names_by_key[one.casefold()] for one in spellings if one.casefold() in names_by_key), None
            ):
                found[column.name] = name_found
        return found
