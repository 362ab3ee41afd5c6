"""Lists of newly seen names in a folder: zone differences, feeds, links of reports and exports of passive DNS."""

import csv
import gzip
import logging
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from os import stat_result
from pathlib import Path
from stat import S_ISREG
from typing import Any, NamedTuple

import msgspec

from fanzha.base.errors import Malformed
from fanzha.collect.name_intake import NameBatch, SiteIntake
from fanzha.kinds.web.unicode_names import ascii_host
from fanzha.kinds.website import locate
from fanzha.store.site_watch import SiteWatchStore

log = logging.getLogger(__name__)

_ROWS = 10_000  # of one transaction
_MAX_LINE_BYTES = 8_192
_LOOK_AGAIN_SECONDS = 10.0
#: Columns of CSV and TSV files and fields of JSON Lines that hold a name; `rrname` is that of passive DNS
#: (draft-dulaunoy-dnsop-passive-dns-cof).
_FIELDS = ("host", "domain", "hostname", "fqdn", "name", "url", "rrname", "query", "域名", "网址")
#: What a file raises that is cut off, is not what its name says, or has a quote that is not closed.
_FAULTS = (gzip.BadGzipFile, EOFError, zlib.error, csv.Error, RecursionError, ValueError)
_DNS_FIELDS = ("rrname", "query")


class NameRow(NamedTuple):
    """One name of a list, and whether resolvers saw it."""

    name: bytes
    is_from_dns: bool


class NameFolder:
    """Reads the files of a folder, oldest first; `step` reads some rows and returns the seconds to wait.

    A file is to be moved into the folder when it is complete. How many rows were read is committed with the names. A
    file with a fault is read up to it; one that cannot be read is tried again when it or its rights change.
    """

    def __init__(self, folder: Path, store: SiteWatchStore, intake: SiteIntake, clock: Callable[[], int]) -> None:
        self._folder, self._store, self._clock = folder, store, clock
        self._intakes = {True: intake.for_channel("dns"), False: intake.for_channel("list")}
        self._open: tuple[Path, Iterator[NameRow], int] | None = None
        self._unreadable: dict[Path, int] = {}  # when the file was last changed, in ns

    def step(self) -> float:
        """Read rows of the next file that was not read yet."""
        if self._open is None and (path := self._next_file()) is not None:
            done, _ = self._store.position(_source(path))
            self._open = (path, islice(read_rows(path), done, None), done)
        if self._open is None:
            return _LOOK_AGAIN_SECONDS
        path, rows, done = self._open
        batch: list[NameRow] = []
        is_complete = True
        try:
            batch.extend(islice(rows, _ROWS))
            is_complete = len(batch) < _ROWS
        except _FAULTS as error:
            log.warning("%s: the rest of the file is not read: %s", path.name, error)
            batch.append(NameRow(b"", False))  # counted as invalid
        except OSError as error:
            return self._skip_unreadable(path, error)
        try:
            mark = _mark(path) if is_complete else ""
        except OSError as error:
            return self._skip_unreadable(path, error)
        self._record(path, batch, done, mark)
        self._open = None if is_complete else (path, rows, done + len(batch))
        return 0.0

    def _skip_unreadable(self, path: Path, error: OSError) -> float:
        log.warning("%s is not read: %s", path.name, error)
        self._open = None
        with suppress(OSError):
            self._unreadable[path] = path.stat().st_ctime_ns
        return 0.0

    def _record(self, path: Path, rows: list[NameRow], done: int, mark: str) -> None:
        now, source = self._clock(), path.name
        with self._store.transaction():
            for is_from_dns, intake in self._intakes.items():
                chosen = [
                    (number, row.name) for number, row in enumerate(rows, done + 1) if row.is_from_dns is is_from_dns
                ]
                if chosen:
                    names, references = [name for _, name in chosen], [str(number) for number, _ in chosen]
                    intake.add(NameBatch(source, names, [now] * len(names), references), now)
            self._store.set_position(_source(path), done + len(rows), mark)

    def _next_file(self) -> Path | None:
        """Return the oldest file that is new or has grown."""
        found = []
        with suppress(OSError):  # no folder yet, or no right to list it
            for path in self._folder.iterdir():
                if not path.name.startswith("."):
                    with suppress(FileNotFoundError):
                        state = path.stat()
                        if S_ISREG(state.st_mode) and self._unreadable.get(path) != state.st_ctime_ns:
                            found.append((state.st_mtime_ns, path.name, _to_mark(state), path))
        for _, _, mark, path in sorted(found):
            if self._store.position(_source(path))[1] != mark:
                return path
        return None


def read_rows(path: Path) -> Iterator[NameRow]:
    """Yield the names of a file: a name or link a line, CSV or TSV with a header, or JSON Lines; gzip too."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
        if suffix in (".csv", ".tsv"):
            yield from _read_table(file, "," if suffix == ".csv" else "\t")
        elif suffix in (".json", ".jsonl", ".ndjson"):
            yield from _read_json(file)
        else:
            yield from (NameRow(_host(line.split()[-1]), False) for line in _lines(file) if line.split())


def _read_table(file: Any, separator: str) -> Iterator[NameRow]:
    lines = (line.decode("utf-8-sig", "replace") for line in _lines(file))
    rows = csv.reader(lines, delimiter=separator)
    header = [cell.strip().lower() for cell in next(rows, [])]
    column = next((header.index(field) for field in _FIELDS if field in header), None)
    is_from_dns = column is not None and header[column] in _DNS_FIELDS
    for row in rows:
        cell = row[column] if column is not None and column < len(row) else ""
        yield NameRow(_host(cell.encode()), is_from_dns)


def _read_json(file: Any) -> Iterator[NameRow]:
    for line in _lines(file):
        try:
            row = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError):
            row = None
        field = next((name for name in _FIELDS if isinstance(row, dict) and isinstance(row.get(name), str)), None)
        yield NameRow(_host(row[field].encode()) if field else b"", field in _DNS_FIELDS)


def _lines(file: Any) -> Iterator[bytes]:
    """Yield lines; of one that is too long only the beginning, which is no host."""
    is_inside = False
    while line := file.readline(_MAX_LINE_BYTES):
        if not is_inside and line.strip() and not line.startswith(b"#"):
            yield line.strip()
        is_inside = not line.endswith(b"\n") and len(line) == _MAX_LINE_BYTES


def _host(text: bytes) -> bytes:
    """Return the host of a name or link in ASCII; what is none stays as it is, and the intake counts it."""
    text = text.strip().rstrip(b".")
    if text.isascii() and b"/" not in text and b":" not in text:
        return text
    try:
        decoded = text.decode()
        host = locate(decoded).host if "/" in decoded or ":" in decoded else decoded
        return ascii_host(host).encode()
    except (Malformed, ValueError):
        return text


def _source(path: Path) -> str:
    return f"folder/{path.name}"


def _mark(path: Path) -> str:
    return _to_mark(path.stat())


def _to_mark(state: stat_result) -> str:
    return f"{state.st_size}:{state.st_mtime_ns}"
