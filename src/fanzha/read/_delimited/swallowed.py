"""Find records that a stray quote made of several lines: what stands inside looks like records of its own."""

import re
from collections.abc import Callable, Iterable

_DIGIT = re.compile(r"\d+")

Cells = Callable[[str], list[str]]


def shape(cell: str) -> str:
    """Return a cell with every number as 9: 2026-03-01 08:30 and 2026-3-1 8:05 have one shape."""
    return _DIGIT.sub("9", cell.strip().strip('"'))[:40]


class Shapes:
    """The shapes that first and last cells of ordinary records have; those without a digit prove nothing."""

    def __init__(self, ends: Iterable[tuple[str, str]], width: int) -> None:
        """`ends` are the first and last cells of ordinary records, `width` is how many cells they have."""
        ends = [(shape(first), shape(last)) for first, last in ends]
        self._firsts = {first for first, _ in ends if "9" in first}
        self._lasts = {last for _, last in ends if "9" in last}
        self._width = width

    def is_record(self, cells: list[str]) -> bool:
        """Return whether cells look like a record of this file."""
        return len(cells) == self._width > 1 and (shape(cells[0]) in self._firsts or shape(cells[-1]) in self._lasts)


def swallowed(lines: list[str], shapes: Shapes, cells_of: Cells) -> bool:
    """Return whether a record of several lines is several records: a line after the first looks like one."""
    return any(shapes.is_record(cells_of(line)) for line in lines[1:])
