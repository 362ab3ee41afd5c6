"""Rows of an operator's own CSV lists, under headers in either language; mistakes are named by file, row and column."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from fanzha.base.clock import moment_ms
from fanzha.base.errors import Malformed, WrongCall
from fanzha.kinds import all_kinds
from fanzha.kinds.phone_number import KIND as NUMBER
from fanzha.kinds.phone_number import Validity, classify


class Row(NamedTuple):
    """One row: its cells by name, "" where the file has none, and where it stands (header = row 1)."""

    cells: Mapping[str, str]
    where: str

    def wrong(self, what: str, fix: str = "") -> WrongCall:
        """Return the error of this row."""
        return WrongCall(f"{self.where}: {what}", fix=fix or "mend the row or take it out")

    def needed(self, name: str) -> str:
        """Return a cell that must not be empty."""
        if not (found := self.cells[name]):
            raise self.wrong(f"column {name} is empty")
        return found

    def moment(self, name: str) -> int | None:
        """Return a moment as UTC ms, None where the cell is empty."""
        try:
            return moment_ms(self.cells[name]) if self.cells[name] else None
        except Malformed as error:
            raise self.wrong(f"column {name}: {error.reason}") from None

    def number(self, name: str) -> str:
        """Return a telephone number in canonical form; one that cannot be is wrong."""
        written = self.needed(name)
        if classify(written).valid is Validity.NO:
            raise self.wrong(f"{written!r} is not one telephone number", "write one whole number a row")
        return NUMBER.normalise(written)

    def value(self, kind: str, name: str) -> str:
        """Return a value in the canonical form of a kind."""
        known = all_kinds().get(kind)
        if known is None:
            raise self.wrong(f"there is no kind {kind!r}", f"use one of: {', '.join(all_kinds())}")
        try:
            return known.normalise(self.needed(name))
        except Malformed as error:
            raise self.wrong(f"column {name}: {error.reason}") from None


def rows(path: Path, headers: Mapping[str, Sequence[str]], *, optional: Sequence[str] = ()) -> Iterator[Row]:
    """Yield the rows of a UTF-8 CSV. `headers` gives each column's names in files, Chinese and English."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            places = _places(next(lines, []), path, headers, optional)
            for row in lines:
                if any(cell.strip() for cell in row):
                    cells = {name: row[at].strip() if 0 <= at < len(row) else "" for name, at in places.items()}
                    yield Row(cells, f"{path}, row {lines.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise WrongCall(f"{path} cannot be read ({error})", fix="save it as CSV in UTF-8") from None


def _places(
    header: list[str], path: Path, headers: Mapping[str, Sequence[str]], optional: Sequence[str]
) -> dict[str, int]:
    known = {cell.strip().casefold(): place for place, cell in enumerate(header)}
    places = {
        name: next((known[alias.casefold()] for alias in (name, *aliases) if alias.casefold() in known), -1)
        for name, aliases in headers.items()
    }
    if missing := [name for name, place in places.items() if place < 0 and name not in optional]:
        raise WrongCall(f"{path}: column {missing[0]} is missing", fix=f"the first line is: {','.join(headers)}")
    return places
