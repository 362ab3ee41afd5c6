"""The operator's allowlist of numbers with proven origins: `lists/spared.csv` in the state folder, edited manually.

`lists/spared-approved.csv` has the numbers that two persons approved in the command plane, which rewrites the file.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from fanzha.base.clock import iso, moment_ms
from fanzha.base.errors import Malformed, UsageError
from fanzha.base.ids import digest
from fanzha.claims.allowlist import Allowlist, AllowlistEntry, OriginKind
from fanzha.events.call_offered import INGRESS, INGRESS_WORDS
from fanzha.kinds.phone_number import KIND as NUMBER
from fanzha.kinds.phone_number import Validity, classify
from fanzha.kinds.trunk import KIND as TRUNK
from fanzha.store.private_files import write_private_file
from fanzha.store.state_folder import state_folder

_HEADERS = {
    "number": ("number", "号码"),
    "origin_kind": ("origin_kind", "来源类型"),
    "origin": ("origin", "来源"),
    "owner": ("owner", "所有者", "归属单位"),
    "proof": ("proof", "凭据", "依据"),
    "until": ("until", "有效期至", "截止时间"),
}
_APPROVED_FILE = "spared-approved.csv"
#: The words for kinds of origin in files.
ORIGINS = {
    "trunk": OriginKind.TRUNK,
    "中继": OriginKind.TRUNK,
    "ingress": OriginKind.INGRESS,
    "入口": OriginKind.INGRESS,
}


def digest_allowlist(folder: Path | None = None) -> str:
    """Return a digest of the list files, "" if there are none."""
    paths = _list_files(folder)
    return digest(*(path.read_bytes() for path in paths)) if paths else ""


def load_allowlist(folder: Path | None = None) -> Allowlist:
    """Return the list, empty if there is no file. Raise UsageError with file, row (header = 1) and column of an error.

    Columns, in Chinese or English: number, origin_kind (trunk or ingress), origin, owner, proof, until (ISO 8601, UTC
    if there is no zone, empty for no end).
    """
    return Allowlist(spared for path in _list_files(folder) for spared in _read_rows(path))


def load_allowlist_by_number(folder: Path | None = None) -> Mapping[str, Sequence[AllowlistEntry]]:
    """Return the list by number, cached until its files change. Raise UsageError as `load_allowlist`."""
    return _group_by_number(folder, digest_allowlist(folder))


@lru_cache(maxsize=4)
def _group_by_number(folder: Path | None, list_digest: str) -> Mapping[str, Sequence[AllowlistEntry]]:
    by_number: dict[str, list[AllowlistEntry]] = {}
    for spared in load_allowlist(folder).numbers if list_digest else ():
        by_number.setdefault(spared.number, []).append(spared)
    return by_number


def write_approved(numbers: Iterable[AllowlistEntry], folder: Path | None = None) -> None:
    """Replace the list of numbers that two persons approved."""
    write_private_file(_lists_folder(folder) / _APPROVED_FILE, _format_csv(numbers))


def is_approved(numbers: Iterable[AllowlistEntry], folder: Path | None = None) -> bool:
    """Return whether the approved list has exactly these numbers."""
    path, written = _lists_folder(folder) / _APPROVED_FILE, _format_csv(numbers)
    return (path.read_bytes() if path.is_file() else _format_csv(())) == written


def _format_csv(numbers: Iterable[AllowlistEntry]) -> bytes:
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(_HEADERS)
    for spared in numbers:
        end = "" if spared.until is None else iso(spared.until)
        lines.writerow((spared.number, spared.origin_kind, spared.origin, spared.owner, spared.proof, end))
    return text.getvalue().encode()


def _lists_folder(folder: Path | None) -> Path:
    return (folder or state_folder()) / "lists"


def _list_files(folder: Path | None) -> list[Path]:
    return [path for name in ("spared.csv", _APPROVED_FILE) if (path := _lists_folder(folder) / name).is_file()]


def _read_rows(path: Path) -> list[AllowlistEntry]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read ({error})", fix="save it as CSV in UTF-8") from None
    indexes = _find_columns(rows[0] if rows else [], path)
    numbered_rows = ((number, row) for number, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row))
    return [
        _parse_row({name: _cell(row, index) for name, index in indexes.items()}, path, n) for n, row in numbered_rows
    ]


def _find_columns(header: list[str], path: Path) -> dict[str, int]:
    index_by_header = {cell.strip().casefold(): index for index, cell in enumerate(header)}
    indexes = {
        name: index_by_header[alias]
        for name, aliases in _HEADERS.items()
        for alias in aliases
        if alias in index_by_header
    }
    if missing := [name for name in _HEADERS if name not in indexes and name != "until"]:
        fix = f"the first line is: {','.join(_HEADERS)}"
        raise UsageError(f"{path}: column {missing[0]} is missing", fix=fix)
    return indexes


def _cell(row: list[str], index: int) -> str:
    return row[index].strip() if index < len(row) else ""


def _parse_row(cells: dict[str, str], path: Path, row: int) -> AllowlistEntry:
    location = f"{path}, row {row}"
    for name in ("owner", "proof"):
        if not cells[name]:
            raise UsageError(
                f"{location}: column {name} is empty", fix="say whose number it is and how that was proven"
            )
    kind = ORIGINS.get(cells["origin_kind"].casefold())
    if kind is None:
        raise UsageError(
            f"{location}: origin_kind is {cells['origin_kind']!r}", fix="write trunk (中继) or ingress (入口)"
        )
    number, origin = _normalise_number(cells["number"], location), _normalise_origin(kind, cells["origin"], location)
    return AllowlistEntry(
        number, kind, origin, cells["owner"], cells["proof"], _parse_end(cells.get("until", ""), location)
    )


def _normalise_number(number: str, location: str) -> str:
    """Return one number in canonical form. Ranges and patterns are rejected."""
    if classify(number).valid is Validity.NO:
        fix = "write one whole number a row; ranges such as 95xxx cannot be spared"
        raise UsageError(f"{location}: {number!r} is not one telephone number", fix=fix)
    return NUMBER.normalise(number)


def _normalise_origin(kind: OriginKind, origin: str, location: str) -> str:
    if kind is OriginKind.INGRESS:
        ingress = dict(INGRESS_WORDS).get(origin.casefold(), origin)
        if ingress not in INGRESS:
            raise UsageError(f"{location}: there is no ingress {origin!r}", fix=f"use one of: {', '.join(INGRESS)}")
        return ingress
    try:
        return TRUNK.normalise(origin)
    except Malformed as error:
        raise UsageError(f"{location}: {error.reason}", fix="name the trunk that proves the number") from None


def _parse_end(text: str, location: str) -> int | None:
    try:
        return moment_ms(text) if text else None
    except Malformed as error:
        raise UsageError(f"{location}: {error.reason}", fix="write a day, or leave it empty for no end") from None
