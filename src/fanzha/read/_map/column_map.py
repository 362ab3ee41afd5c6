"""The column map as people write it in TOML: every key, its default, and errors that name file, key and fix."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from fanzha.base.errors import WrongCall

T = TypeVar("T")

Unit = Literal["", "ms", "s", "min", "h"]

HOME_ZONE = "+08:00"


class ColumnSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where one of our columns comes from and how its cells are read."""

    from_: str | tuple[str, ...] = msgspec.field(name="from")  # several are joined with a space (a date and a time)
    unit: Unit = ""  # of plain numbers in a column of time spans
    format: str = "auto"  # of times: auto, ymd, dmy, mdy, epoch_s, epoch_ms, excel, or a strptime pattern
    values: dict[str, str] = {}  # the source's words -> ours; "" leaves the cell empty
    bad: Literal["reject", "empty"] = "reject"  # what becomes of a cell that cannot be read

    @property
    def names(self) -> tuple[str, ...]:
        """The source's columns, one or several."""
        return (self.from_,) if isinstance(self.from_, str) else self.from_


class FileLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the file itself is written; what is not said is found out."""

    encoding: str = ""
    delimiter: str = ""
    header: int | None = None  # line of the header, from 1; 0: there is none
    names: tuple[str, ...] = ()  # names of the columns when there is no header
    sheet: str = ""  # of a workbook


class TimeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the source's clock means."""

    zone: str = HOME_ZONE  # +08:00 or Asia/Shanghai; for times that name no zone
    skew: str = ""  # how far the source's clock is ahead, e.g. "3s" or "-2min": subtracted
    default: str = ""  # moment of rows without a time (ISO 8601); "" is the moment of the run


class DirectionRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A bill lists a subscriber's own number and the other one: on incoming calls or texts the two change places."""

    from_: str = msgspec.field(name="from")
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...] = ()


class ProvenRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When the caller is our own subscriber, so that the number is proven and not only claimed."""

    ingress: tuple[str, ...] = ()  # calls that came in here, e.g. mobile, leased_line
    outgoing: bool = False  # calls that [direction] calls outgoing


class ColumnMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The map of one source."""

    table: str  # an event table, or `calls`: one row a call, which tells three facts
    columns: dict[str, str | tuple[str, ...] | ColumnSource] = {}  # ours -> theirs
    source: str = ""  # name of the source; with it, its ids are trusted
    basis: str = ""  # legal basis; content is refused without one
    simulated: bool = False
    files: str = ""  # in a folder's map: the file names it is for
    format: str = ""  # name of the reader, when it is not to be found out
    constants: dict[str, str | int | float | bool] = {}  # ours -> the same value on every row
    file: FileLayout = FileLayout()
    time: TimeSettings = TimeSettings()
    direction: DirectionRule | None = None
    proven: ProvenRule = ProvenRule()

    def column_source(self, column: str) -> ColumnSource | None:
        """Return where a column of ours comes from, or None."""
        source = self.columns.get(column)
        return source if source is None or isinstance(source, ColumnSource) else ColumnSource(from_=source)


class _FolderMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    map: tuple[ColumnMap, ...]


def read_map(path: Path, file_name: str = "") -> ColumnMap | None:
    """Read a map; of a folder's map (`[[map]]` with `files`) the first that is for `file_name`, or None."""
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongCall(f"{path}: {error}", fix="write the column map as TOML in UTF-8 (docs: column-map)") from None
    if "map" not in data:
        return _convert_data(path, data, ColumnMap)
    maps = _convert_data(path, data, _FolderMap).map
    return next((column_map for column_map in maps if fnmatch(file_name, column_map.files or "*")), None)


def _convert_data(path: Path, data: object, type_: type[T]) -> T:
    try:
        return msgspec.convert(data, type_)
    except msgspec.ValidationError as error:
        problem, _, location = str(error).partition(" - at `$")
        key = location.rstrip("`").lstrip(".") or "top level"
        raise WrongCall(f"{path}: {key}: {problem}", fix="docs/reference/column-map.md lists every key") from None
