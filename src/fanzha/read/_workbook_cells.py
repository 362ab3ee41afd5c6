"""Cells of an Excel workbook as text, for a child process: python-calamine allocates the complete used area of a sheet.

`workbook` runs `read_cells` in a child with limits. Imports the standard library, and python-calamine at first use: the
parent imports this module too, and never loads the parser.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from fanzha.base.child_worker import ChildRefusal

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

DAMAGED, LOCKED, NO_SHEET, LONG_ROW = "damaged", "locked", "no sheet", "long row"

MAX_COLUMNS = 4_096
MAX_ROW_CHARACTERS = 8_000_000
_CHUNK_CHARACTERS = 500_000
_CHUNK_ROWS = 2_000
#: The stream of a compound file that holds an encrypted package (MS-OFFCRYPTO).
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_EPOCH = datetime(1899, 12, 30)
_SECOND = timedelta(seconds=1)
_FIRST_DATE, _LAST_DATE = datetime(1954, 10, 3), datetime(2119, 1, 11)
#: Integers above are not exact in a cell, which is a double: their digits are not shown as if they were.
_MAX_INTEGER = 2**53


def read_cells(path: str, sheet: str) -> Iterator[bytes]:
    """Yield JSON arrays of [row number, cells]. Rows without text are left out.

    `sheet` is a name, or empty for the first worksheet. Raise ChildRefusal if the workbook cannot be read.
    """
    rows, characters = [], 0
    for number, cells in iter_rows(_open_sheet(path, sheet)):
        row_characters = sum(map(len, cells))
        if row_characters > MAX_ROW_CHARACTERS:
            raise ChildRefusal(LONG_ROW)
        rows.append((number, cells))
        characters += row_characters + 4 * len(cells)
        if characters > _CHUNK_CHARACTERS or len(rows) >= _CHUNK_ROWS:
            yield _encode(rows)
            rows, characters = [], 0
    yield _encode(rows)


def iter_rows(sheet: "CalamineSheet") -> Iterator[tuple[int, list[str]]]:
    """Yield (row number from 1, cells) of every row with text, as wide as the widest row so far."""
    leading = [""] * min(sheet.start[1] if sheet.start else 0, MAX_COLUMNS)  # iter_rows leaves out empty columns
    max_values = MAX_COLUMNS - len(leading)
    width = 0
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = leading + [value if type(value) is str else to_text(value) for value in values[:max_values]]
        length = len(cells)
        while length and not cells[length - 1]:
            length -= 1
        if length:
            width = max(width, length)
            yield number, cells[:width] if width < len(cells) else cells


def to_text(value: object) -> str:
    """Return the text of a cell: integers with all digits, times to the second as `2026-03-01 08:30:15`."""
    return _TEXT_BY_TYPE[type(value)](value)


def list_sheets(path: str) -> Iterator[bytes]:
    """Yield one JSON array of the names of the worksheets. Raise ChildRefusal if the workbook cannot be read."""
    from python_calamine import CalamineError, PasswordError, SheetTypeEnum

    try:
        names = [item.name for item in _open_workbook(path).sheets_metadata if item.typ == SheetTypeEnum.WorkSheet]
    except PasswordError:
        raise ChildRefusal(LOCKED) from None
    except (CalamineError, OSError, ValueError):
        raise ChildRefusal(DAMAGED) from None
    yield json.dumps(names, ensure_ascii=False).encode()


def _open_sheet(path: str, sheet: str) -> "CalamineSheet":
    from python_calamine import CalamineError, PasswordError, SheetTypeEnum

    try:
        workbook = _open_workbook(path)
        names = [item.name for item in workbook.sheets_metadata if item.typ == SheetTypeEnum.WorkSheet]
        if not names or (sheet and sheet not in names):
            raise ChildRefusal(NO_SHEET)
        return workbook.get_sheet_by_name(sheet or names[0])
    except PasswordError:
        raise ChildRefusal(LOCKED) from None
    except (CalamineError, OSError, ValueError):
        raise ChildRefusal(DAMAGED) from None


def _open_workbook(path: str) -> "CalamineWorkbook":
    """Open a workbook by its suffix, or by its content if the suffix is wrong."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError:
        raise
    except CalamineError:
        with open(path, "rb") as file:
            if _ENCRYPTED_STREAM in file.read():
                raise ChildRefusal(LOCKED) from None
            return CalamineWorkbook.from_path(f"/proc/self/fd/{file.fileno()}")  # a path without suffix


def _encode(rows: list[tuple[int, list[str]]]) -> bytes:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def _number_text(number: float) -> str:
    return str(int(number)) if -_MAX_INTEGER <= number <= _MAX_INTEGER and number.is_integer() else repr(number)


def _datetime_text(moment: datetime) -> str:
    """A number with a date style is a date only if its year is plausible."""
    if _FIRST_DATE <= moment < _LAST_DATE:
        if moment.microsecond >= 500_000:
            moment += _SECOND
        return moment.isoformat(" ", "seconds")
    leap_day = timedelta(days=moment < datetime(1900, 3, 1))  # Excel counts 29 February 1900
    return _number_text(round((moment - _EPOCH - leap_day) / timedelta(days=1), 9))


def _duration_text(duration: timedelta) -> str:
    seconds = round(duration.total_seconds())
    sign, seconds = "-" * (seconds < 0), abs(seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _time_text(moment: time) -> str:
    return _duration_text(datetime.combine(_EPOCH, moment) - _EPOCH)


_TEXT_BY_TYPE: dict[type, Callable[[Any], str]] = {
    str: lambda value: value,
    float: _number_text,
    int: str,
    bool: lambda value: str(int(value)),
    datetime: _datetime_text,
    date: lambda value: _datetime_text(datetime(value.year, value.month, value.day)),
    time: _time_text,
    timedelta: _duration_text,
}
