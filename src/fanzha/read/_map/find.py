"""Find the map of a file (given, beside it, or its folder's) and check it before a single row is read."""

import codecs
from pathlib import Path

import pyarrow as pa

from fanzha.base.clock import moment_ms
from fanzha.base.errors import Malformed, WrongCall
from fanzha.events import Column
from fanzha.read._convert.zone import Zone, skew_ms
from fanzha.read._map.column_map import ColumnMap, read_map
from fanzha.read._map.targets import targets

FOLDER_MAP = "fanzha-map.toml"


def map_beside(path: Path) -> Path:
    """Return where the map of one file stands: `calls.csv.toml` beside `calls.csv`."""
    return path.with_name(path.name + ".toml")


def find_map(path: Path, given: Path | None = None) -> ColumnMap | None:
    """Return the checked map of a file, or None when nobody wrote one."""
    if given is not None:
        found = read_map(given, path.name)
        if found is None:
            raise WrongCall(f"{given}: no [[map]] is for {path.name}", fix="give one `files` that fits the name")
        return checked(found, given)
    for place in (map_beside(path), path.parent / FOLDER_MAP):
        if place.is_file() and (found := read_map(place, path.name)) is not None:
            return checked(found, place)
    return None


def checked(map_: ColumnMap, where: Path) -> ColumnMap:
    """Return the map, or raise WrongCall naming the key that is wrong and what to write."""
    try:
        known = targets(map_.table)
    except WrongCall as error:
        raise WrongCall(f"{where}: table: {error.what}", fix=error.fix) from None
    for part in ("columns", "constants"):
        for name in getattr(map_, part):
            if name not in known:
                raise WrongCall(f"{where}: {part}.{name}: no such column", fix=f"one of: {', '.join(known)}")
    _check_words(map_, known, where)
    _check_constants(map_, known, where)
    _check_file(map_, where)
    try:
        zone = Zone(map_.time.zone)
        skew_ms(map_.time.skew)
        if map_.time.default:
            moment_ms(map_.time.default, zone.tzinfo)
    except Malformed as error:
        raise WrongCall(f"{where}: time: {error.reason}") from None
    return map_


def _check_words(map_: ColumnMap, known: dict[str, Column], where: Path) -> None:
    for name in map_.columns:
        take, values = map_.take(name), known[name].values
        for word, ours in (take.values if take else {}).items():
            if ours and values and ours not in values:
                fix = f'one of: {", ".join(values)}, or "" to leave the cell empty'
                raise WrongCall(f"{where}: columns.{name}.values.{word}: {ours!r} is not known", fix=fix)


def _check_constants(map_: ColumnMap, known: dict[str, Column], where: Path) -> None:
    for name, value in map_.constants.items():
        column = known[name]
        try:
            pa.scalar(value, column.type)
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            raise WrongCall(f"{where}: constants.{name}: {value!r} is no {column.type}") from None
        if column.values and value not in column.values:
            raise WrongCall(f"{where}: constants.{name}: not known", fix=f"one of: {', '.join(column.values)}")


def _check_file(map_: ColumnMap, where: Path) -> None:
    if map_.file.encoding:
        try:
            codecs.lookup(map_.file.encoding)
        except (LookupError, ValueError):
            raise WrongCall(
                f"{where}: file.encoding: {map_.file.encoding!r} is not known", fix="e.g. gb18030"
            ) from None
    sign = map_.file.delimiter
    if sign and sign != "  " and (len(sign) != 1 or not sign.isascii() or sign in '"\n\r'):
        what = f"{where}: file.delimiter: {sign!r} is not one ASCII sign, nor two spaces"
        raise WrongCall(what, fix='e.g. "," or "|" or "\\t"')
