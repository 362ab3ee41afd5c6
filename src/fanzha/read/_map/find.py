"""Find the map of a file (given, beside it, or its folder's) and check it before a single row is read."""

from pathlib import Path

from fanzha.base.errors import Malformed, WrongCall
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
    known = targets(map_.table)
    for part in ("columns", "constants"):
        for name in getattr(map_, part):
            if name not in known:
                raise WrongCall(f"{where}: {part}.{name}: no such column", fix=f"one of: {', '.join(known)}")
    for name, column in known.items():
        take = map_.take(name)
        for word, ours in (take.values if take else {}).items():
            if ours and column.values and ours not in column.values:
                fix = f"one of: {', '.join(column.values)}"
                raise WrongCall(f"{where}: columns.{name}.values.{word}: {ours!r} is not known", fix=fix)
        if column.values and name in map_.constants and map_.constants[name] not in column.values:
            raise WrongCall(f"{where}: constants.{name}: not known", fix=f"one of: {', '.join(column.values)}")
    try:
        Zone(map_.time.zone)
        skew_ms(map_.time.skew)
    except Malformed as error:
        raise WrongCall(f"{where}: time: {error.reason}") from None
    return map_
