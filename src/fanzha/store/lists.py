"""The operator's lists for rules (`in NAME`): `lists/NAME.txt` in the state folder, one value per line."""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from fanzha.base.errors import Malformed, UsageError
from fanzha.base.ids import digest
from fanzha.base.list_columns import column_list, column_member
from fanzha.kinds import all_kinds
from fanzha.store.state_folder import state_folder

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,63}")
_COMMENT = re.compile(r"(^|\s)#.*")
_COLUMNS = re.compile(r"#\s*columns:(.*)")
_KIND = re.compile(r"#\s*kind:\s*(\w+)\s*")


class OperatorList(NamedTuple):
    """One list: distinct values in the order of the file. The digest does not depend on order or comments."""

    name: str
    values: tuple[str, ...]
    digest: str


def load_lists(folder: Path | None = None) -> dict[str, OperatorList]:
    """Return the lists by name. Raise UsageError with file and line of an error.

    `#` starts a comment. After a line `# kind: phone_number`, each value is listed as written (as claimed callers are)
    and in the canonical form of that kind (as proven numbers are). A value that ends in a star is the
    beginning of values. After a line `# columns: bank, province` above all values, each value is followed by the texts
    of these columns, with commas between; each column is in the result too, under `column_list`.
    """
    paths = sorted(((folder or state_folder()) / "lists").glob("*.txt"))
    return {part.name: part for path in paths for part in _read_list(path)}


def _read_list(path: Path) -> Iterator[OperatorList]:
    """Yield the list of a file, and its columns as `fanzha.base.list_columns` has them."""
    if not _NAME.fullmatch(path.stem):
        fix = "rename it: lower case letters, digits and _, at most 64"
        raise UsageError(f"{path}: {path.stem!r} is no name that a rule can say", fix=fix)
    entries: dict[str, tuple[str, ...]] = {}  # the texts of the columns by value
    kind, columns = "", tuple[str, ...]()
    for number, line in enumerate(_read_lines(path), start=1):
        location = f"{path}, line {number}"
        kind = match[1] if (match := _KIND.fullmatch(line.strip())) else kind
        if match := _COLUMNS.fullmatch(line.strip()):
            columns = _column_names(match[1].strip(), location, columns, entries)
        elif text := _COMMENT.sub("", line).strip():
            value, *attributes = _cells(text, len(columns), location) if columns else [text]
            for form in dict.fromkeys((_normalise(value, kind, location), value)):
                if entries.setdefault(form, tuple(attributes)) != tuple(attributes):
                    raise UsageError(f"{location}: {form!r} has other columns above", fix="keep one of the two lines")
    yield OperatorList(path.stem, tuple(entries), digest(*sorted(entries)))
    for index, column in enumerate(columns):
        members = tuple(column_member(value, attributes[index]) for value, attributes in entries.items())
        yield OperatorList(column_list(path.stem, column), members, digest(*sorted(members)))


def _column_names(
    text: str, location: str, before: tuple[str, ...], entries: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    columns = tuple(name.strip() for name in text.split(","))
    if before or entries:
        raise UsageError(f"{location}: the columns stand above all values, once", fix="move the line to the top")
    if len({*columns}) < len(columns) or not all(map(_NAME.fullmatch, columns)):
        fix = "lower case letters, digits and _, with commas between, each once"
        raise UsageError(f"{location}: {text!r} are no columns that a rule can say", fix=fix)
    return columns


def _cells(text: str, columns: int, location: str) -> list[str]:
    """Return the value of a line and the texts of its columns; those at the end that are left out are empty."""
    (row,) = csv.reader([text], skipinitialspace=True)
    cells = [cell.strip() for cell in row]
    if len(cells) > 1 + columns or not cells[0]:
        raise UsageError(
            f"{location}: a value and {columns} columns are expected", fix='put a text that has a comma into "…"'
        )
    return cells + [""] * (1 + columns - len(cells))


def _read_lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8", fix="save it as UTF-8") from None


def _normalise(value: str, kind: str, location: str) -> str:
    if not kind or value.endswith("*"):  # the beginning of values: it has no canonical form
        return value
    if kind not in all_kinds():
        raise UsageError(f"{location}: there is no kind {kind!r}", fix=f"use one of: {', '.join(all_kinds())}")
    try:
        return all_kinds()[kind].normalise(value)
    except Malformed as error:
        raise UsageError(f"{location}: {error.reason}", fix="mend the line or take it out") from None
