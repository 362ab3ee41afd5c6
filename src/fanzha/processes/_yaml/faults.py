"""What is wrong with a text that people write, and where: file, line, place, and what to do about it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fanzha.base.errors import WrongCall

Place = tuple[str | int, ...]


class ProcessFault(NamedTuple):
    """One thing that is wrong; `place` is the way of keys from the top of the text."""

    place: Place
    what: str
    fix: str = ""


class WrongText(WrongCall):
    """A text of data (a process, a table) cannot be used; `faults` are all that were found."""

    def __init__(self, name: str, faults: Iterable[ProcessFault], lines: Mapping[Place, int] | None = None) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(_describe(name, fault, lines or {}) for fault in self.faults))


def _describe(name: str, fault: ProcessFault, lines: Mapping[Place, int]) -> str:
    place = fault.place
    while place and place not in lines:  # what is missing has no line: its nearest surroundings have
        place = place[:-1]
    where = f"{name}:{lines[place]}" if place in lines else name
    at = f" ({'.'.join(map(str, fault.place))})" if fault.place else ""
    return f"{where}{at}: {fault.what}" + (f"\n  {fault.fix}" if fault.fix else "")
