"""Standard input as a growing text: whole records are used as they come."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from fanzha.analyze.watch.arrivals import Arrival
from fanzha.analyze.watch.text_pieces import TextLayout, UnsureMap, read_piece, resolve_layout
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.read import ReadContext, Reject, find_sources
from fanzha.store.private_files import create_private_folder

NAME = "stdin"
READ_BYTES = 1 << 20
PIECE_BYTES = 8 << 20

TOO_LONG = Words("8 MiB 内没有完整的首行，已丢弃", "no whole first line within 8 MiB: dropped")


class StreamSettings(NamedTuple):
    """How the text of a stream is read. `work` is a folder for temporary files and stored maps."""

    work: Path
    map_file: Path | None = None
    table: str = ""
    basis: str = ""


class StreamText:
    """Turns the whole records of a stream into events; the beginning of the stream determines the format."""

    def __init__(
        self, name: str, settings: StreamSettings, now: Callable[[], int], *, has_line_records: bool = False
    ) -> None:
        """`name` is the source of the events; `now` returns UTC ms; with `has_line_records` each line is a record."""
        self._has_line_records = has_line_records
        self._name, self._settings, self._now = name, settings, now
        self._layout: TextLayout | None = None
        self._data, self._lines = b"", 0
        self._skips_line = False  # up to its end

    @property
    def layout(self) -> TextLayout | None:
        """How the records are read; None until that is known."""
        return self._layout

    @property
    def waiting_bytes(self) -> int:
        """The size of the incomplete record at the end."""
        return len(self._data)

    def add(self, data: bytes) -> Arrival | None:
        """Add bytes; return the events of the whole records, None if there is none yet. Raise UsageError."""
        if self._skips_line:
            _, line_end, data = data.partition(b"\n")
            self._skips_line = not line_end
        self._data += data
        whole = self._data[: self._data.rfind(b"\n") + 1]
        if self._layout is None and (not whole.strip() or not self.find_layout(whole)):
            return self._drop_endless_line() if len(self._data) > PIECE_BYTES else None
        assert self._layout is not None
        end = self._layout.find_end(self._data)
        if end == 0 and len(self._data) > PIECE_BYTES:
            end = len(whole) or len(self._data)  # a quote that is never closed, or one endless line
        if end == 0:
            return None
        records, self._data = self._data[:end], self._data[end:]
        context = ReadContext(observed_at=self._now(), basis=self._settings.basis)
        tables, rejects = read_piece(self._layout, records, self._lines, context, self._settings.work / "piece")
        self._lines += records.count(b"\n")
        return Arrival(self._name, tables, rejects)

    def _drop_endless_line(self) -> Arrival:
        """Reject the first line if it does not end within the size of a piece: no format can be recognised."""
        value = self._data[:200].decode("utf-8", "replace")
        self._skips_line, self._data = not self._data.endswith(b"\n"), b""
        reject = Reject(file=self._name, row=1, reason=TOO_LONG.en, reason_zh=TOO_LONG.zh, value=value)
        return Arrival(self._name, rejects=(reject,))

    def find_layout(self, whole: bytes) -> bool:
        """Recognise format and columns by the first lines; return whether the header is there as a whole.

        Raise UsageError if the lines do not tell them.
        """
        path = create_private_folder(self._settings.work / "piece") / self._name
        path.write_bytes(whole)
        (source,) = find_sources([path], map_file=self._settings.map_file, table=self._settings.table)
        context = ReadContext(observed_at=self._now(), basis=self._settings.basis)
        try:
            layout = resolve_layout(source, whole, context, self._settings.work / "maps") if source.format else None
        except IndexError:
            return False
        except UnsureMap as error:
            raise UsageError(
                f"{self._name}: {error.words.zh} {error.words.en}", fix="name the map with --map"
            ) from None
        if layout is None:
            raise UsageError(
                f"{self._name}: no lines of text with one event each 不是逐行文本",
                fix="send delimited text with a header, or JSON Lines; name the map with --map",
            )
        self._layout = replace(layout, quotes=False) if self._has_line_records else layout
        self._lines = layout.head_lines
        self._data = self._data[len(layout.head) :]
        return True


class StandardInput:
    """Reads standard input without waiting. What was read and not yet recorded is lost with the process."""

    def __init__(
        self, settings: StreamSettings, now: Callable[[], int] = lambda: time.time_ns() // 1_000_000, handle: int = 0
    ) -> None:
        """Read from the file descriptor `handle`; `now` returns UTC ms."""
        self._text, self._handle = StreamText(NAME, settings, now), handle
        self.is_caught_up, self.is_ended = False, False
        os.set_blocking(handle, False)

    def poll(self) -> list[Arrival]:
        """Return the events of the records that can be read now."""
        parts: list[bytes] = []
        size = 0
        self.is_caught_up = False
        while size < PIECE_BYTES:
            try:
                data = os.read(self._handle, READ_BYTES)
            except BlockingIOError:
                self.is_caught_up = True
                break
            if not data:
                self.is_caught_up = self.is_ended = True
                break
            parts.append(data)
            size += len(data)
        arrival = self._text.add(b"".join(parts)) if parts else None
        return [arrival] if arrival is not None else []

    def reload_map(self) -> None:
        """Do nothing: the format of a pipe is fixed once its header has been read."""

    def acknowledge(self) -> None:
        """Do nothing: a pipe has no acknowledgements."""

    def list_problems(self) -> dict[str, str]:
        """Return the incomplete record at the end of the input, if there is one."""
        if self.is_ended and self._text.waiting_bytes:
            return {NAME: "最后一行没有换行符，未使用 the last line has no line end and was not used"}
        return {}

    def close(self) -> None:
        """Let standard input block again, because other processes may share it."""
        os.set_blocking(self._handle, True)
