"""Files of decisions grow by lines: each line is decoded once, however often whoever runs on asks what stands."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import BinaryIO

import msgspec

from fanzha.base.errors import WrongCall
from fanzha.claims.opinion import Opinion
from fanzha.claims.verdict import FOREVER

Thing = tuple[str, str]  # kind and canonical value
#: So many bytes before where one stopped tell whether it is still the same file.
_TAIL = 256


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is said of one id: given, or (without `given`) withdrawn. `until` is when nobody need know any more."""

    id: str
    given: Opinion | None = None
    until: int = FOREVER


_decode = msgspec.json.Decoder(Line).decode
_lock = Lock()
_files: dict[Path, "_File"] = {}


def lines_of(path: Path) -> dict[str, Line]:
    """Return what is said last of each id, but nothing after a withdrawal. WrongCall names a line that is wrong."""
    with _lock:
        return dict(_read(path).lines)


def given_on(path: Path, things: Iterable[Thing]) -> list[Opinion]:
    """Return what was given on things and not withdrawn. WrongCall names a line that is wrong."""
    with _lock:
        file = _read(path)
        lines = [file.lines[one] for thing in things for one in file.by_thing.get(thing, ())]
    return [line.given for line in lines if line.given]


class _File:
    """What was read of a file, and how far."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self.by_thing: dict[Thing, dict[str, None]] = {}
        self.position, self.number, self.tail, self.seen = 0, 0, b"", (0, 0, 0)

    def is_begin_of(self, file: BinaryIO) -> bool:
        """Say whether a file still begins with what was read of it; one that was put in order does not."""
        file.seek(self.position - len(self.tail))
        return file.read(len(self.tail)) == self.tail

    def go_on(self, path: Path, data: bytes) -> None:
        """Take in what stands behind the position; the beginning of a line that nobody was told of is left out."""
        data = data[: data.rfind(b"\n") + 1]
        for number, written in enumerate(data.splitlines(), start=self.number + 1):
            try:
                self._take(_decode(written))
            except msgspec.DecodeError as error:
                raise WrongCall(f"{path}, line {number}: {error}", fix="restore the file from its copy") from None
            self.number = number
        self.position += len(data)
        self.tail = (self.tail + data)[-_TAIL:]

    def _take(self, line: Line) -> None:
        before = self.lines.get(line.id)
        if before is not None and before.given is None:
            return
        if before is not None and before.given is not None:
            del self.by_thing[_thing(before.given)][line.id]
        if line.given is not None:
            self.by_thing.setdefault(_thing(line.given), {})[line.id] = None
        self.lines[line.id] = line


def _thing(given: Opinion) -> Thing:
    return given.subject_kind, given.subject


def _read(path: Path) -> _File:
    held = _files.pop(path, None) or _File()  # whoever fails midway leaves nothing
    try:
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            seen = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            if held.seen != seen:
                held = held if held.is_begin_of(file) else _File()
                file.seek(held.position)
                held.go_on(path, file.read())
                held.seen = seen
    except FileNotFoundError:
        return _File()
    _files[path] = held
    return held


def standing_in(lines: Mapping[str, Line]) -> dict[str, Opinion]:
    """Return what is given and not withdrawn, by id."""
    return {one.id: one.given for one in lines.values() if one.given}
