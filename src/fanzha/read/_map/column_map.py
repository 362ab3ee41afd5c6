"""The column map and its TOML form: keys, defaults, and errors that name file, key and fix."""

from fnmatch import fnmatch
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml

T = TypeVar("T")

Unit = Literal["", "ms", "s", "min", "h"]

HOME_ZONE = "+08:00"


class ColumnSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The source columns that fill one event column, and how their cells are parsed."""

    from_: str | tuple[str, ...] = msgspec.field(name="from")  # several columns are joined with a space (date and time)
    unit: Unit = ""  # of durations without a unit
    format: str = "auto"  # of timestamps: auto, ymd, dmy, mdy, epoch_s, epoch_ms, excel, or a strptime pattern
    values: dict[str, str] = {}  # word in the source -> value; "" leaves the cell empty
    bad: Literal["reject", "empty"] = "reject"  # what to do with an invalid cell: reject its row or leave it empty

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the source columns."""
        return (self.from_,) if isinstance(self.from_, str) else self.from_


class BasisDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document by which content may be read: who approved what, and until when."""

    document: str  # its name and number
    approver: str
    scope: str  # whose messages or calls may be read, and for which purpose
    expires: str  # last day, ISO 8601


class FileLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The layout of the file. Settings left out are detected."""

    encoding: str = ""
    delimiter: str = ""
    header: int | None = None  # line of the header, from 1; 0: no header
    names: tuple[str, ...] = ()  # column names of a file without header
    sheet: str = ""  # of a workbook
    complete: bool = False  # the last line is complete, although no line end follows it


class TimeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How timestamps of the source are interpreted."""

    zone: str = HOME_ZONE  # of timestamps without a zone: +08:00 or Asia/Shanghai
    skew: str = ""  # how far the source's clock is ahead, e.g. "3s" or "-2min"; subtracted
    default: str = ""  # time of rows without one (ISO 8601); "" is the time of the run


class DirectionRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The direction column of a bill with own and other number, which are swapped for incoming calls or texts."""

    from_: str = msgspec.field(name="from")
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...] = ()


class ProvenRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When the caller is an own subscriber, so that the number is proven and not only claimed."""

    ingress: tuple[str, ...] = ()  # calls with this ingress, e.g. mobile, leased_line
    outgoing: bool = False  # calls that are outgoing by [direction]


class ColumnMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The column map of one source."""

    table: str  # an event table, or `calls`: one row per call, split into three events
    columns: dict[str, str | tuple[str, ...] | ColumnSource] = {}  # event column -> source column
    source: str = ""  # name of the source; with it, ids of the source are trusted
    basis: str | BasisDocument = ""  # legal basis, required for content
    simulated: bool = False
    questions: tuple[str, ...] = ()  # what somebody must answer before the map is used; then they are deleted
    files: str = ""  # in a folder's map: pattern of file names
    format: str = ""  # name of the reader; "" detects the format
    constants: dict[str, str | int | float | bool] = {}  # event column -> value of every row
    file: FileLayout = FileLayout()
    time: TimeSettings = TimeSettings()
    direction: DirectionRule | None = None
    proven: ProvenRule = ProvenRule()

    @property
    def basis_name(self) -> str:
        """The name of the legal basis, or ""."""
        return self.basis.document if isinstance(self.basis, BasisDocument) else self.basis

    def column_source(self, column: str) -> ColumnSource | None:
        """Return the source of an event column, or None."""
        source = self.columns.get(column)
        return source if source is None or isinstance(source, ColumnSource) else ColumnSource(from_=source)


class _FolderMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    map: tuple[ColumnMap, ...]


def read_map(path: Path, file_name: str = "") -> ColumnMap | None:
    """Read a map file. Of a folder's map (`[[map]]` with `files`), return the first for `file_name`, or None."""
    maps, is_folder_map = _read_all(path)
    return next((map_ for map_ in maps if not is_folder_map or fnmatch(file_name, map_.files or "*")), None)


def read_maps(path: Path) -> tuple[ColumnMap, ...]:
    """Return all maps of a map file. Raise UsageError."""
    return _read_all(path)[0]


def _read_all(path: Path) -> tuple[tuple[ColumnMap, ...], bool]:
    """Return the maps of a file, and whether it is a folder's map."""
    data = read_toml(path, fix="write the column map as TOML in UTF-8 (docs/reference/column-map.md)")
    if "map" not in data:
        return (_convert_data(path, data, ColumnMap),), False
    return _convert_data(path, data, _FolderMap).map, True


def _convert_data(path: Path, data: object, type_: type[T]) -> T:
    try:
        return msgspec.convert(data, type_)
    except msgspec.ValidationError as error:
        problem, _, location = str(error).partition(" - at `$")
        key = location.rstrip("`").lstrip(".") or "top level"
        raise UsageError(f"{path}: {key}: {problem}", fix="docs/reference/column-map.md lists every key") from None
