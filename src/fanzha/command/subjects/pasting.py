"""Lines that somebody pastes: each is told what it is and what is known of it, and wrong ones by their number."""

from collections.abc import Sequence
from dataclasses import dataclass

from fanzha.command.subjects.known import Known
from fanzha.command.subjects.looking_up import look_up
from fanzha.command.subjects.searching import LONGEST, likeness
from fanzha.command.web.viewer import Viewer

MOST = 200
#: A line that looks less like something than this is none.
_LEAST = 0.3


@dataclass(frozen=True)
class Line:
    """One line (from 1); `kind` is "" where it is nothing that is watched, `value` what it is then kept as."""

    number: int
    written: str
    kind: str = ""
    value: str = ""
    known: Sequence[Known] = ()


@dataclass(frozen=True)
class Pasted:
    """All lines; `repeated` stood there before, `left_out` came after the most that are taken."""

    lines: Sequence[Line]
    repeated: int
    left_out: int

    @property
    def usable(self) -> list[Line]:
        """Return the lines that are something."""
        return [one for one in self.lines if one.kind]

    @property
    def wrong(self) -> list[Line]:
        """Return the lines that are nothing."""
        return [one for one in self.lines if not one.kind]


def pasted(text: str, viewer: Viewer) -> Pasted:
    """Return what is known of each line of a text."""
    numbered = [(number, line.strip()[:LONGEST]) for number, line in enumerate(text.splitlines(), start=1)]
    filled = [(number, line) for number, line in numbered if line]
    taken = filled[:MOST]
    lines: dict[tuple[str, str], Line] = {}
    for (number, written), found in zip(taken, look_up([line for _, line in taken], viewer), strict=True):
        kind, likely = likeness(written)
        kept = next((one for one in found.values if one.kind == kind), None)
        if kept is None or likely < _LEAST:
            lines.setdefault(("", written), Line(number, written))
            continue
        known = [one for one in found.known if one.subject.kind == kind]
        lines.setdefault((kind, kept.value), Line(number, written, kind, kept.shown or kept.value, known))
    return Pasted(list(lines.values()), len(taken) - len(lines), len(filled) - len(taken))
