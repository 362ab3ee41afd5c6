"""Read an operator's CSV lists with Chinese or English headers. Errors name file, row and column."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from fanzha.base.clock import moment_ms
from fanzha.base.errors import Malformed, UsageError
from fanzha.kinds import all_kinds
from fanzha.kinds.phone_number import KIND as NUMBER
from fanzha.kinds.phone_number import Validity, classify


class CsvRow(NamedTuple):
    """One row: its cells by column name ("" for none), and its location in the file (header = row 1)."""

    cells: Mapping[str, str]
    where: str

    def error(self, problem: str, fix: str = "") -> UsageError:
        """Return an error for this row."""
        return UsageError(f"{self.where}: {problem}", fix=fix or "mend the row or take it out")

    def require(self, name: str) -> str:
        """Return a cell. Raise UsageError if it is empty."""
        if not (cell := self.cells[name]):
            raise self.error(f"column {name} is empty")
        return cell

    def parse_time(self, name: str) -> int | None:
        """Return a time as UTC ms, None if the cell is empty."""
        try:
            return moment_ms(self.cells[name]) if self.cells[name] else None
        except Malformed as error:
            raise self.error(f"column {name}: {error.reason}") from None

    def parse_number(self, name: str) -> str:
        """Return a telephone number in canonical form. Raise UsageError if it is invalid."""
        text = self.require(name)
        if classify(text).valid is Validity.NO:
            raise self.error(f"{text!r} is not one telephone number", "write one whole number a row")
        return NUMBER.normalise(text)

    def parse_value(self, kind: str, name: str) -> str:
        """Return a value in the canonical form of a kind. Raise UsageError if it is invalid."""
        subject_kind = all_kinds().get(kind)
        if subject_kind is None:
            raise self.error(f"there is no kind {kind!r}", f"use one of: {', '.join(all_kinds())}")
        try:
            return subject_kind.normalise(self.require(name))
        except Malformed as error:
            raise self.error(f"column {name}: {error.reason}") from None


def read_csv(path: Path, headers: Mapping[str, Sequence[str]], *, optional: Sequence[str] = ()) -> Iterator[CsvRow]:
    """Yield the rows of a CSV file in UTF-8. `headers` has the names of each column in files, Chinese and English."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            indexes = _find_columns(next(lines, []), path, headers, optional)
            for row in lines:
                if any(cell.strip() for cell in row):
                    cells = {
                        name: row[index].strip() if 0 <= index < len(row) else "" for name, index in indexes.items()
                    }
                    yield CsvRow(cells, f"{path}, row {lines.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read ({error})", fix="save it as CSV in UTF-8") from None


def _find_columns(
    header: list[str], path: Path, headers: Mapping[str, Sequence[str]], optional: Sequence[str]
) -> dict[str, int]:
    index_by_header = {cell.strip().casefold(): index for index, cell in enumerate(header)}
    indexes = {
        name: next(
            (index_by_header[alias.casefold()] for alias in (name, *aliases) if alias.casefold() in index_by_header), -1
        )
        for name, aliases in headers.items()
    }
    if missing := [name for name, index in indexes.items() if index < 0 and name not in optional]:
        raise UsageError(f"{path}: column {missing[0]} is missing", fix=f"the first line is: {','.join(headers)}")
    return indexes
