"""The operator's spared numbers, each with its proven origin: `lists/spared.csv` in the state folder, kept by hand.

Beside it lies `lists/spared-approved.csv`: what two persons agreed on in the command plane, which writes it whole.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from fanzha.base.clock import iso, moment_ms
from fanzha.base.errors import Malformed, WrongCall
from fanzha.base.ids import digest
from fanzha.claims.allowlist import Allowlist, AllowlistEntry, OriginKind
from fanzha.events.call_offered import INGRESS, INGRESS_WORDS
from fanzha.kinds.phone_number import KIND as NUMBER
from fanzha.kinds.phone_number import Validity, classify
from fanzha.kinds.trunk import KIND as TRUNK
from fanzha.store.private_files import write_privately
from fanzha.store.state_folder import state_folder

_HEADERS = {
    "number": ("number", "号码"),
    "origin_kind": ("origin_kind", "来源类型"),
    "origin": ("origin", "来源"),
    "owner": ("owner", "所有者", "归属单位"),
    "proof": ("proof", "凭据", "依据"),
    "until": ("until", "有效期至", "截止时间"),
}
_APPROVED = "spared-approved.csv"
#: The kinds of origin as files may write them.
ORIGINS = {
    "trunk": OriginKind.TRUNK,
    "中继": OriginKind.TRUNK,
    "ingress": OriginKind.INGRESS,
    "入口": OriginKind.INGRESS,
}


def spared_digest(folder: Path | None = None) -> str:
    """Return a digest of the list as it is written, "" when there is none."""
    paths = _files(folder)
    return digest(*(path.read_bytes() for path in paths)) if paths else ""


def spared_numbers(folder: Path | None = None) -> Allowlist:
    """Return the list; empty when there is no file. Raises WrongCall naming file, row (header = 1) and column.

    Columns, in Chinese or English: number, origin_kind (trunk or ingress), origin, owner, proof, until (ISO 8601, UTC
    where no zone is given; empty for no end).
    """
    return Allowlist(one for path in _files(folder) for one in _rows(path))


def spared_by_number(folder: Path | None = None) -> Mapping[str, Sequence[AllowlistEntry]]:
    """Return the list by number, read again only when its files are others. Raises WrongCall as `spared_numbers`."""
    return _by_number(folder, spared_digest(folder))


@lru_cache(maxsize=4)
def _by_number(folder: Path | None, which: str) -> Mapping[str, Sequence[AllowlistEntry]]:
    found: dict[str, list[AllowlistEntry]] = {}
    for one in spared_numbers(folder).numbers if which else ():
        found.setdefault(one.number, []).append(one)
    return found


def write_approved(numbers: Iterable[AllowlistEntry], folder: Path | None = None) -> None:
    """Write the list of what two persons agreed on, in place of the one before."""
    write_privately(_lists(folder) / _APPROVED, _approved(numbers))


def is_approved(numbers: Iterable[AllowlistEntry], folder: Path | None = None) -> bool:
    """Return whether the list of what two persons agreed on holds these numbers, as it would be written."""
    path, written = _lists(folder) / _APPROVED, _approved(numbers)
    return (path.read_bytes() if path.is_file() else _approved(())) == written


def _approved(numbers: Iterable[AllowlistEntry]) -> bytes:
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(_HEADERS)
    for one in numbers:
        end = "" if one.until is None else iso(one.until)
        lines.writerow((one.number, one.origin_kind, one.origin, one.owner, one.proof, end))
    return text.getvalue().encode()


def _lists(folder: Path | None) -> Path:
    return (folder or state_folder()) / "lists"


def _files(folder: Path | None) -> list[Path]:
    return [path for name in ("spared.csv", _APPROVED) if (path := _lists(folder) / name).is_file()]


def _rows(path: Path) -> list[AllowlistEntry]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise WrongCall(f"{path} cannot be read ({error})", fix="save it as CSV in UTF-8") from None
    places = _places(rows[0] if rows else [], path)
    numbered = ((number, row) for number, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row))
    return [_number({name: _cell(row, place) for name, place in places.items()}, path, n) for n, row in numbered]


def _places(header: list[str], path: Path) -> dict[str, int]:
    known = {cell.strip().casefold(): place for place, cell in enumerate(header)}
    places = {name: known[alias] for name, aliases in _HEADERS.items() for alias in aliases if alias in known}
    if missing := [name for name in _HEADERS if name not in places and name != "until"]:
        fix = f"the first line is: {','.join(_HEADERS)}"
        raise WrongCall(f"{path}: column {missing[0]} is missing", fix=fix)
    return places


def _cell(row: list[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _number(cells: dict[str, str], path: Path, row: int) -> AllowlistEntry:
    where = f"{path}, row {row}"
    for name in ("owner", "proof"):
        if not cells[name]:
            raise WrongCall(f"{where}: column {name} is empty", fix="say whose number it is and how that was proven")
    kind = ORIGINS.get(cells["origin_kind"].casefold())
    if kind is None:
        raise WrongCall(f"{where}: origin_kind is {cells['origin_kind']!r}", fix="write trunk (中继) or ingress (入口)")
    number, origin = _canonical(cells["number"], where), _origin(kind, cells["origin"], where)
    return AllowlistEntry(number, kind, origin, cells["owner"], cells["proof"], _end(cells.get("until", ""), where))


def _canonical(number: str, where: str) -> str:
    """Return one number; ranges and patterns are none."""
    if classify(number).valid is Validity.NO:
        fix = "write one whole number a row; ranges such as 95xxx cannot be spared"
        raise WrongCall(f"{where}: {number!r} is not one telephone number", fix=fix)
    return NUMBER.normalise(number)


def _origin(kind: OriginKind, origin: str, where: str) -> str:
    if kind is OriginKind.INGRESS:
        found = dict(INGRESS_WORDS).get(origin.casefold(), origin)
        if found not in INGRESS:
            raise WrongCall(f"{where}: there is no ingress {origin!r}", fix=f"use one of: {', '.join(INGRESS)}")
        return found
    try:
        return TRUNK.normalise(origin)
    except Malformed as error:
        raise WrongCall(f"{where}: {error.reason}", fix="name the trunk that proves the number") from None


def _end(text: str, where: str) -> int | None:
    try:
        return moment_ms(text) if text else None
    except Malformed as error:
        raise WrongCall(f"{where}: {error.reason}", fix="write a day, or leave it empty for no end") from None
