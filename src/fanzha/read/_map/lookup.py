"""Find and check the map of a file: the caller's, the one beside the file, or the folder's."""

from datetime import date
from pathlib import Path

import pyarrow as pa

from fanzha.base.clock import moment_ms
from fanzha.base.errors import Malformed, QuestionsOpen, UsageError
from fanzha.events import Column
from fanzha.read._convert.zone import Zone, parse_skew
from fanzha.read._map.column_map import BasisDocument, ColumnMap, read_map, read_maps
from fanzha.read._map.targets import target_columns

FOLDER_MAP = "fanzha-map.toml"


def map_path(path: Path) -> Path:
    """Return the path of a file's own map: `calls.csv.toml` beside `calls.csv`."""
    return path.with_name(path.name + ".toml")


def find_map(path: Path, map_file: Path | None = None) -> ColumnMap | None:
    """Return the checked map of a file, or None if there is no map."""
    if map_file is not None:
        column_map = read_map(map_file, path.name)
        if column_map is None:
            raise UsageError(f"{map_file}: no [[map]] is for {path.name}", fix="give one `files` that fits the name")
        return check_map(column_map, map_file)
    for candidate in (map_path(path), path.parent / FOLDER_MAP):
        if candidate.is_file() and (column_map := read_map(candidate, path.name)) is not None:
            return check_map(column_map, candidate)
    return None


def check_map_file(path: Path) -> None:
    """Raise UsageError or QuestionsOpen if a map file cannot be read or one of its maps is not valid."""
    for column_map in read_maps(path):
        check_map(column_map, path)


def check_map(map_: ColumnMap, path: Path) -> ColumnMap:
    """Return the map, or raise UsageError with the invalid key and a fix, or QuestionsOpen if it has questions."""
    try:
        targets = target_columns(map_.table)
    except UsageError as error:
        raise UsageError(f"{path}: table: {error.what}", fix=error.fix) from None
    for part in ("columns", "constants"):
        for name in getattr(map_, part):
            if name not in targets:
                raise UsageError(f"{path}: {part}.{name}: no such column", fix=f"one of: {', '.join(targets)}")
    _check_words(map_, targets, path)
    _check_constants(map_, targets, path)
    _check_file(map_, path)
    try:
        zone = Zone(map_.time.zone)
        parse_skew(map_.time.skew)
        if map_.time.default:
            moment_ms(map_.time.default, zone.tzinfo)
    except Malformed as error:
        raise UsageError(f"{path}: time: {error.reason}") from None
    _check_basis(map_, path)
    if map_.questions:
        raise QuestionsOpen(
            "\n".join((f"{path} 有未答的问题 has open questions:", *(f"  {question}" for question in map_.questions))),
            fix="correct the columns they name, then delete `questions` from the map 更正所指各列后删去 questions",
        )
    return map_


def _check_basis(map_: ColumnMap, path: Path) -> None:
    basis = map_.basis
    if not isinstance(basis, BasisDocument):
        return
    for key in ("document", "approver", "scope"):
        if not getattr(basis, key).strip():
            raise UsageError(f"{path}: basis.{key}: empty", fix="name document, approver, scope and expires")
    try:
        date.fromisoformat(basis.expires)
    except ValueError:
        raise UsageError(f"{path}: basis.expires: {basis.expires!r} is no day", fix='e.g. "2026-12-31"') from None


def _check_words(map_: ColumnMap, targets: dict[str, Column], path: Path) -> None:
    for name in map_.columns:
        source, values = map_.column_source(name), targets[name].values
        for word, value in (source.values if source else {}).items():
            if value and values and value not in values:
                fix = f'one of: {", ".join(values)}, or "" to leave the cell empty'
                raise UsageError(f"{path}: columns.{name}.values.{word}: {value!r} is not known", fix=fix)


def _check_constants(map_: ColumnMap, targets: dict[str, Column], path: Path) -> None:
    for name, value in map_.constants.items():
        column = targets[name]
        try:
            pa.scalar(value, column.type)
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            raise UsageError(f"{path}: constants.{name}: {value!r} is no {column.type}") from None
        if column.values and value not in column.values:
            raise UsageError(f"{path}: constants.{name}: not known", fix=f"one of: {', '.join(column.values)}")


def _check_file(map_: ColumnMap, path: Path) -> None:
    if map_.file.encoding:
        try:
            "".encode(
                map_.file.encoding
            )  # LookupError for base64 and the like, too; decoding no bytes looks nothing up
        except (LookupError, ValueError):
            raise UsageError(
                f"{path}: file.encoding: {map_.file.encoding!r} is not known", fix="e.g. gb18030"
            ) from None
    delimiter = map_.file.delimiter
    if delimiter and delimiter != "  " and (len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\n\r'):
        problem = f"{path}: file.delimiter: {delimiter!r} is not one ASCII sign, nor two spaces"
        raise UsageError(problem, fix='e.g. "," or "|" or "\\t"')
