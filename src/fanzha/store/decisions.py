"""Decisions as the command plane hands them to screens: `decisions/*.jsonl` in the state folder.

They stand beside what a snapshot is built from, so that whoever builds one from files loses none. Each writer has a
file of its own: a line is a decision that was given, under the id of what ordered it, or the withdrawal of one. Lines
are appended and flushed; a file that has grown is put in order by a rename. A withdrawn id is not given a second time:
what is sent twice or overtaken does no harm.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import msgspec

from fanzha.claims.opinion import Opinion
from fanzha.claims.verdict import FOREVER
from fanzha.store.decision_files import Line, Thing, given_on, lines_of, standing_in
from fanzha.store.private_files import locked, write_privately
from fanzha.store.state_folder import state_folder

#: A file is put in order when it is so large, and twice as large as it was when that was done last.
LARGE_BYTES = 4_194_304

_encode = msgspec.json.Encoder().encode


class Decisions:
    """The file of one writer; one process writes at a time, any number read."""

    def __init__(self, folder: Path | None = None, name: str = "command") -> None:
        """Use `decisions/<name>.jsonl` below the state folder."""
        self.path = (folder or state_folder()) / "decisions" / f"{name}.jsonl"
        self._left = 0  # bytes when it was last put in order

    def give(self, decisions: Mapping[str, Opinion], *, at: int) -> None:
        """Keep decisions under their ids, on the disk when this returns; raises ValueError for what is none."""
        if wrong := [one for one in decisions.values() if not one.decision]:
            raise ValueError(f"an opinion of {wrong[0].organisation} is no decision")
        self._append([Line(id=one, given=said, until=said.until) for one, said in decisions.items()], at)

    def withdraw(self, ids: Iterable[str], *, at: int) -> None:
        """Let decisions hold no more, on the disk when this returns; ids that nobody gave yet never will be."""
        known = self.standing()
        self._append([Line(id=one, until=known[one].until if one in known else FOREVER) for one in ids], at)

    def standing(self) -> dict[str, Opinion]:
        """Return what was given and not withdrawn, by id; what has ended too. WrongCall names a line that is wrong."""
        return standing_in(lines_of(self.path))

    def _append(self, lines: Iterable[Line], at: int) -> None:
        data = b"".join(_encode(one) + b"\n" for one in lines)
        with locked(self.path.parent):
            with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
                _forget_half_a_line(file)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                size = file.tell()
            if size > max(LARGE_BYTES, 2 * self._left):
                self._settle(at)

    def _settle(self, at: int) -> None:
        """Leave one line of each id, and none of those that are over at a moment (UTC ms)."""
        data = b"".join(_encode(one) + b"\n" for one in lines_of(self.path).values() if at < one.until)
        write_privately(self.path, data)
        self._left = len(data)


def standing_decisions(folder: Path | None = None) -> Iterator[Opinion]:
    """Yield what stands of all writers."""
    for path in _paths(folder):
        yield from standing_in(lines_of(path)).values()


def decisions_on(things: Collection[Thing], folder: Path | None = None) -> Iterator[Opinion]:
    """Yield what stands of all writers on some things; what is asked again and again reads new lines only."""
    for path in _paths(folder):
        yield from given_on(path, things)


def _paths(folder: Path | None) -> list[Path]:
    return sorted(((folder or state_folder()) / "decisions").glob("*.jsonl"))


def _forget_half_a_line(file: BinaryIO) -> None:
    """Stand behind the last whole line: what a process was writing when it died was promised to nobody."""
    end = file.seek(0, os.SEEK_END)
    if end and (file.seek(end - 1), file.read(1))[1] != b"\n":
        file.seek(0)
        end = file.read().rfind(b"\n") + 1
    file.truncate(end)
    file.seek(end)
