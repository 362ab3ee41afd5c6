"""Rows of a sheet as text: shared strings looked up, day numbers written as times, long numbers whole."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO
from xml.etree import ElementTree

from fanzha.read._sheet.package import MAIN, elements

_COLUMN = re.compile(r"[A-Z]{1,3}")
_EPOCH = datetime(1899, 12, 30)
MOST_COLUMNS = 4_096


def rows_of(sheet: IO[bytes], strings: list[str], dates: frozenset[int]) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells) of every row with something in it."""
    number = 0
    for row in elements(sheet, f"{MAIN}row"):
        number = int(row.get("r", number + 1))
        cells: list[str] = []
        for cell in row:
            at = _column_index(cell.get("r", ""), len(cells))
            if at >= MOST_COLUMNS:
                break
            cells += [""] * (at - len(cells))
            cells.append(_text(cell, strings, dates))
        if any(cells):
            yield number, cells


def _column_index(reference: str, otherwise: int) -> int:
    found = _COLUMN.match(reference)
    if not found:
        return otherwise
    column_number = 0
    for letter in found[0]:
        column_number = column_number * 26 + ord(letter) - 64
    return max(column_number - 1, otherwise)


def _text(cell: ElementTree.Element, strings: list[str], dates: frozenset[int]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(f"{MAIN}t"))
    value = cell.findtext(f"{MAIN}v") or ""
    if kind == "s":
        string_index = int(value) if value.isdecimal() else -1
        return strings[string_index] if 0 <= string_index < len(strings) else ""
    if kind != "n" or not value:
        return "" if kind == "e" else value
    return _number(value, is_date=int(cell.get("s", "0")) in dates)


def _number(value: str, *, is_date: bool) -> str:
    try:
        number = float(value)
    except ValueError:
        return value
    if is_date and 20_000 <= number < 80_000:
        moment = _EPOCH + timedelta(milliseconds=round(number * 86_400_000))
        return (moment + timedelta(milliseconds=500)).replace(microsecond=0).isoformat(sep=" ")
    if is_date and 0 <= number < 1:
        return str(timedelta(seconds=round(number * 86_400)))
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value
