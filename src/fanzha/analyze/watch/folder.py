"""Follow files and folders: growing texts line by line, other files as soon as they no longer change."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from fanzha.analyze.watch.arrivals import Arrival, InputPosition
from fanzha.analyze.watch.text_pieces import (
    LINE_FORMATS,
    TextLayout,
    UnsureMap,
    merge_batches,
    read_piece,
    resolve_layout,
)
from fanzha.base.errors import FanzhaError
from fanzha.base.ids import digest
from fanzha.read import ReadContext, SourceFile, UnreadableSource, find_sources, read_batches, walk_files

HEAD_BYTES = 262_144  # by which format and columns of a text are recognised
IDENTITY_BYTES = 4_096  # by which a renamed file is recognised
PIECE_BYTES = 8 << 20
POLL_ARRIVALS = 4  # taken at once
QUIET_SECONDS = 2.0  # a file that is read as a whole has not changed for so long
FORGET_MS = 3_600_000  # positions of files that are gone are kept for so long

_DATE = re.compile(r"[0-9][0-9TZ_.-]*")

replace_fields = msgspec.structs.replace


class FolderSettings(NamedTuple):
    """How the files are read. `work` is a folder for temporary files and stored maps."""

    paths: tuple[Path, ...]
    work: Path
    map_file: Path | None = None
    table: str = ""
    basis: str = ""
    waits: bool = True  # files that are read as a whole wait until they are quiet
    outputs: tuple[Path, ...] = ()  # files that are written, which are no input


class FolderInput:
    """Files and folders that are polled. A renamed file is read on from its position; a replaced one from its start."""

    def __init__(
        self,
        settings: FolderSettings,
        positions: Mapping[str, InputPosition],
        now: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """Resume from `positions` by path; `now` returns UTC ms."""
        self._settings, self._now = settings, now
        self._positions = {key: position for key, position in positions.items() if key.startswith("/")}
        self._versions: dict[str, tuple[int, int]] = {}  # size and time of change when a file was last looked at
        self._layouts: dict[str, TextLayout | None] = {}  # None: the file is read as a whole
        self._missing: list[str] = []  # keys of positions whose files are not there
        self._displaced: dict[str, InputPosition] = {}  # positions of files whose path names another file now
        self._problems: dict[str, str] = {}
        self._round: Iterator[Arrival] | None = None
        self.is_caught_up, self.is_ended = False, False

    def poll(self) -> list[Arrival]:
        """Return the next pieces of the files that were there when the round began."""
        if self._round is None:
            self._round = self._read_round()
        arrivals = list(islice(self._round, POLL_ARRIVALS))
        self.is_caught_up = len(arrivals) < POLL_ARRIVALS
        if self.is_caught_up:
            self._round = None
        return arrivals

    def acknowledge(self) -> None:
        """Do nothing: the files stay where they are."""

    def list_problems(self) -> dict[str, str]:
        """Return why files are not read now, by path."""
        return dict(self._problems)

    def close(self) -> None:
        """Do nothing: files are open only while they are read."""

    def _read_round(self) -> Iterator[Arrival]:
        paths = {str(path.resolve()): path for path in walk_files(self._settings.paths, self._settings.work)}
        for output in self._settings.outputs:
            paths.pop(str(output.resolve()), None)
        self._problems = {key: words for key, words in self._problems.items() if key in paths}
        for gone in self._versions.keys() - paths.keys():
            del self._versions[gone]
        for gone in self._layouts.keys() - paths.keys():
            del self._layouts[gone]
        for arrival in self._read_files(paths):
            for key in arrival.removed:
                self._positions.pop(key, None)
            self._positions.update(arrival.positions)
            yield arrival

    def _read_files(self, paths: Mapping[str, Path]) -> Iterator[Arrival]:
        self._missing = sorted(self._positions.keys() - paths.keys())
        if changes := self._note_missing():
            yield changes
        self._displaced = {key: self._positions[key] for key, path in paths.items() if self._is_replaced(key, path)}
        for key, path in paths.items():
            try:
                yield from self._read_file(key, path)
            except FileNotFoundError:
                continue
            except UnsureMap as error:
                self._problems[key] = f"{error.words.zh} {error.words.en}"
            except (UnreadableSource, FanzhaError, OSError) as error:
                self._problems[key] = str(error)

    def _note_missing(self) -> Arrival | None:
        """Return since when files are missing, or that they are there again; drop positions of files long gone."""
        now, changed, forgotten = self._now(), {}, []
        for key, position in self._positions.items():
            is_missing = key in self._missing
            if is_missing and position.missing_since and now - position.missing_since > FORGET_MS:
                forgotten.append(key)
            elif is_missing != bool(position.missing_since):
                changed[key] = replace_fields(position, missing_since=now if is_missing else 0)
        return Arrival("", positions=changed, removed=tuple(forgotten)) if changed or forgotten else None

    def _is_replaced(self, key: str, path: Path) -> bool:
        """Return whether a path now names another file than the one whose position is stored."""
        position = self._positions.get(key)
        try:
            if position is None or self._versions.get(key) == _version(path):
                return False
            return not _is_same(position, _read_head(path, IDENTITY_BYTES), _version(path)[0])
        except OSError:
            return False

    def _read_file(self, key: str, path: Path) -> Iterator[Arrival]:
        version = _version(path)
        if self._versions.get(key) == version and key not in self._problems:
            return
        head = _read_head(path, HEAD_BYTES)
        position, removed = self._find_position(key, head, version)
        if position is None:
            position = InputPosition(path.name)
            self._layouts.pop(key, None)
        elif position.offset == position.size and (position.size, position.changed_at) == version:  # read as a whole
            self._versions[key] = version
            if self._positions.get(key) != position:
                yield Arrival(path.name, positions={key: position}, removed=removed)
            return
        is_quiet = not self._settings.waits or time.time() - version[1] / 1e9 >= QUIET_SECONDS
        if key not in self._layouts and not self._find_layout(key, path, head, is_quiet=is_quiet):
            return
        self._problems.pop(key, None)
        if (layout := self._layouts[key]) is not None:
            self._versions[key] = version
            yield from self._read_text(
                key, replace(layout, source=replace(layout.source, path=path)), position, removed
            )
        elif is_quiet:
            self._versions[key] = version
            yield from self._read_whole(key, path, version, position, removed)

    def _find_position(
        self, key: str, head: bytes, version: tuple[int, int]
    ) -> tuple[InputPosition | None, tuple[str, ...]]:
        """Return the position of a file, and the key of its former name if nothing has that name now."""
        own = self._positions.get(key)
        if own is not None and _is_same(own, head, version[0]):
            return own, ()
        for name in self._missing:
            if name in self._positions and _is_same(self._positions[name], head, version[0]):
                return replace_fields(self._positions[name], missing_since=0), (name,)
        for name, position in self._displaced.items():
            if name != key and _is_same(position, head, version[0]):
                return position, ()
        return None, ()

    def _find_layout(self, key: str, path: Path, head: bytes, *, is_quiet: bool) -> bool:
        """Find out how a file is read; return whether that is known yet."""
        sources = self._find_sources(path) if head.strip() else []
        if not sources or (sources[0].problem is not None and not is_quiet):
            return False
        layout = None
        if len(sources) == 1 and sources[0].format in LINE_FORMATS and not head.lstrip().startswith(b"["):
            whole_lines = head[: head.rfind(b"\n") + 1]
            if not whole_lines.strip():
                return False
            try:
                layout = resolve_layout(sources[0], whole_lines, self._context(), self._settings.work / "maps")
            except IndexError:  # the header is not there as a whole
                return False
        self._layouts[key] = layout
        return True

    def _find_sources(self, path: Path) -> list[SourceFile]:
        return find_sources([path], map_file=self._settings.map_file, table=self._settings.table)

    def _context(self) -> ReadContext:
        return ReadContext(observed_at=self._now(), basis=self._settings.basis)

    def _read_text(
        self, key: str, layout: TextLayout, position: InputPosition, removed: tuple[str, ...]
    ) -> Iterator[Arrival]:
        """Yield the whole records after a position, in pieces."""
        offset, lines = position.offset, position.lines
        if offset == 0:
            offset, lines = len(layout.head), layout.head_lines
        path, data = layout.source.path, bytes(PIECE_BYTES)
        identity = _read_head(path, IDENTITY_BYTES)
        with path.open("rb") as file:
            while len(data) == PIECE_BYTES:
                file.seek(offset)
                data = file.read(PIECE_BYTES)
                end = layout.find_end(data)
                if end == 0 and len(data) == PIECE_BYTES:
                    end = data.rfind(b"\n") + 1 or len(data)  # a quote that is never closed, or one endless line
                if end == 0:
                    if 0 < offset == position.offset and self._positions.get(key) != position:  # only renamed
                        yield Arrival(path.name, positions={key: position}, removed=removed)
                    return
                tables, rejects = read_piece(layout, data[:end], lines, self._context(), self._settings.work / "piece")
                offset, lines = offset + end, lines + data.count(b"\n", 0, end)
                head = identity[:offset]
                moved = InputPosition(path.name, offset, lines, digest(head), len(head))
                yield Arrival(_source_name(path), tables, rejects, {key: moved}, removed)

    def _read_whole(
        self, key: str, path: Path, version: tuple[int, int], position: InputPosition, removed: tuple[str, ...]
    ) -> Iterator[Arrival]:
        """Yield all batches of a file; those that were taken before a restart are passed over."""
        is_resumed = position.offset == 0 and (position.size, position.changed_at) == version
        taken = position.batches if is_resumed else 0
        head = _read_head(path, IDENTITY_BYTES)
        moved = InputPosition(path.name, 0, 0, digest(head), len(head), taken, *version)
        batches = (batch for source in self._find_sources(path) for batch in read_batches(source, self._context()))
        for count, batch in enumerate(batches, start=1):
            if count > taken:
                tables, rejects = merge_batches((batch,))
                yield Arrival(_source_name(path), tables, rejects, {key: replace_fields(moved, batches=count)}, removed)
        yield Arrival(_source_name(path), {}, (), {key: replace_fields(moved, offset=version[0], batches=0)}, removed)


def _source_name(path: Path) -> str:
    """Return the name under which the events of a file are counted: that of its folder, above folders named by date."""
    folders = path.resolve().parents
    return next((folder.name for folder in folders if not _DATE.fullmatch(folder.name)), folders[0].name)


def _version(path: Path) -> tuple[int, int]:
    """Return the size of a file and the time of its last change in ns."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _is_same(position: InputPosition, head: bytes, size: int) -> bool:
    """Return whether a file that begins with `head` is the one of a position, as it was or grown."""
    return size >= position.offset and digest(head[: position.head_bytes]) == position.head


def _read_head(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)
