"""The zip package of a workbook: its sheets, shared strings and date styles, within limits."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from xml.etree import ElementTree

from fanzha.base.words import Words
from fanzha.read._rejects import UnreadableSource
from fanzha.read._stream import BOMB, FREE_EXPANSION_BYTES, MAX_EXPANSION

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
NO_SHEET = Words("工作簿中没有这张工作表", "the workbook has no such sheet")
TOO_MANY = Words("共享字符串过多；请另存为 CSV", "too many shared strings; save the workbook as CSV")
#: Numbers of the built-in formats that show dates or times (ECMA-376 part 1, 18.8.30).
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_MOST_STRINGS = 4_000_000
_MOST_CHARACTERS = 400_000_000


class Package:
    """An open workbook."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)
        for info in self._zip.infolist():
            if info.file_size > FREE_EXPANSION_BYTES + MAX_EXPANSION * info.compress_size:
                raise UnreadableSource(BOMB)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def sheet(self, name: str) -> IO[bytes]:
        """Open the sheet of this name, or the first."""
        book = self._parsed("xl/workbook.xml")
        sheets = {sheet.get("name", ""): sheet.get(_RELATION, "") for sheet in book.iter(f"{MAIN}sheet")}
        if not sheets or (name and name not in sheets):
            raise UnreadableSource(NO_SHEET)
        targets = {sheet.get("Id", ""): sheet.get("Target", "") for sheet in self._parsed("xl/_rels/workbook.xml.rels")}
        target = targets[sheets[name] if name else next(iter(sheets.values()))]
        return self._zip.open(target.lstrip("/") if target.startswith("/") else f"xl/{target}")

    def strings(self) -> list[str]:
        """Return the shared strings."""
        if "xl/sharedStrings.xml" not in self._zip.namelist():
            return []
        found, characters = [], 0
        with self._zip.open("xl/sharedStrings.xml") as file:
            for element in elements(file, f"{MAIN}si"):
                text = "".join(part.text or "" for part in element.iter(f"{MAIN}t"))
                characters += len(text)
                found.append(text)
                if len(found) > _MOST_STRINGS or characters > _MOST_CHARACTERS:
                    raise UnreadableSource(TOO_MANY)
        return found

    def date_styles(self) -> frozenset[int]:
        """Return the numbers of the cell styles that show dates or times."""
        if "xl/styles.xml" not in self._zip.namelist():
            return frozenset()
        styles = self._parsed("xl/styles.xml")
        own = {
            int(number_format.get("numFmtId", "0")): number_format.get("formatCode", "").lower()
            for number_format in styles.iter(f"{MAIN}numFmt")
        }
        dates = {number for number, code in own.items() if _is_date(code)} | _BUILT_IN_DATES
        cells = styles.find(f"{MAIN}cellXfs")
        found = [] if cells is None else [int(number_format.get("numFmtId", "0")) for number_format in cells]
        return frozenset(style for style, number in enumerate(found) if number in dates)

    def _parsed(self, name: str) -> ElementTree.Element:
        with self._zip.open(name) as file:
            return ElementTree.parse(file).getroot()


def _is_date(code: str) -> bool:
    bare = code.split(";")[0]
    for quoted in bare.split('"')[1::2]:
        bare = bare.replace(f'"{quoted}"', "")
    return any(sign in bare for sign in ("yy", "d", "h", "s")) and "0.0" not in bare and "general" not in bare


def elements(file: IO[bytes], tag: str) -> Iterator[ElementTree.Element]:
    """Yield the elements of a tag one by one, and forget them."""
    above: list[ElementTree.Element] = []
    for event, element in ElementTree.iterparse(file, events=("start", "end")):
        if event == "start":
            above.append(element)
            continue
        above.pop()
        if element.tag == tag:
            yield element
            if above:
                above[-1].clear()
