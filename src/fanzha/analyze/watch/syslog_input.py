"""Syslog as input: UDP datagrams and TCP connections at one address, whose bodies are lines of events."""

import contextlib
import queue
import resource
import selectors
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from fanzha.analyze.watch.arrivals import Arrival
from fanzha.analyze.watch.reorder_buffer import join_batches
from fanzha.analyze.watch.standard_input import StreamSettings, StreamText
from fanzha.analyze.watch.syslog_messages import (
    MAX_MESSAGE_BYTES,
    FrameDecoder,
    FrameError,
    Shape,
    find_shape,
    has_open_quote,
    parse_message,
    to_line,
)
from fanzha.base.errors import FanzhaError, UsageError
from fanzha.base.words import Words
from fanzha.read import Reject

SCHEME = "syslog"
DEFAULT_PORT = 514
WAITING_READS = 4_096  # datagrams and pieces of connections that were received and are not yet used
POLL_BYTES = 8 << 20
MESSAGE_BYTES = 64  # counted for each message besides its own bytes, so that a flood of short ones ends a poll
RECEIVE_BYTES = 1 << 16
KERNEL_BUFFER_BYTES = 8 << 20
MAX_CONNECTIONS = 1_000
SHARE_OF_FILES = 4  # at most one in so many of the files that the process may open is a connection
SELECT_SECONDS = 0.2

SAMPLE_BYTES = 262_144  # of lines that are inspected to learn how they are read
MAX_TRIES = 4  # shapes of lines that are inspected in one poll, the most frequent first
MAX_MIXED_SHAPES = 64  # lines of more shapes are not inspected together
WAITING_BYTES = POLL_BYTES // 2  # of lines whose shape is inspected by a later poll
DELIMITERS = b",;|\t\x01^~"

NOT_UNDERSTOOD = Words("无法识别其格式与列", "neither format nor columns are recognised")
BROKEN_JSON = Words("不是完整的 JSON 对象", "no whole JSON object")
OPEN_QUOTE = Words("引号没有闭合", "a quote is not closed")
BAD_FRAME = Words("TCP 连接的分帧不符合 RFC 6587，连接已关闭", "no frames of RFC 6587; the connection was closed")


def is_syslog(source: str) -> bool:
    """Return whether a source is written as the URL of a syslog listener."""
    return source.partition("://")[0] == SCHEME


def parse_listener(url: str) -> tuple[str, int]:
    """Parse `syslog://HOST:PORT`; without a host it is 127.0.0.1. Raise UsageError."""
    parts = urlsplit(url)
    try:
        port = parts.port or DEFAULT_PORT
    except ValueError:
        port = 0
    if not port or parts.path.strip("/") or parts.query or parts.username:
        raise UsageError(f"{url}: no address of a syslog listener 不是 syslog 监听地址", fix="write syslog://HOST:PORT")
    return parts.hostname or "127.0.0.1", port


class SyslogInput:
    """Listens for syslog messages. What was received and not yet recorded is lost with the process."""

    def __init__(
        self, url: str, settings: StreamSettings, now: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    ) -> None:
        """Listen at the address of `url`, UDP and TCP. Raise UsageError if that is not possible."""
        host, port = parse_listener(url)
        self._name, self._settings, self._now = f"{host}:{port}", settings, now
        self._texts: dict[str, StreamText] = {}  # by format
        self._waiting: dict[str, list[bytes]] = {}  # lines whose shape is not yet inspected, by format
        self._map = self._read_map()
        self._messages: queue.Queue[bytes] = queue.Queue(WAITING_READS)
        self._bad_frames: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._count = 0
        self._most_connections = _most_connections()
        self._problems: dict[str, str] = {}
        self._selector = selectors.DefaultSelector()
        self._datagrams, self._listener = _listen(host, port)
        self._selector.register(self._datagrams, selectors.EVENT_READ)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._closing = threading.Event()
        self._receiving = threading.Thread(target=self._receive, name="syslog", daemon=True)
        self._receiving.start()

    def reload_map(self) -> None:
        """Use a changed map for the messages that are not yet used."""
        if (map_ := self._read_map()) != self._map:
            self._map = map_
            self._texts.clear()

    def _read_map(self) -> bytes:
        return b"" if self._settings.map_file is None else self._settings.map_file.read_bytes()

    def poll(self) -> list[Arrival]:
        """Return the events of the messages that have come, one arrival for all of them."""
        lines: dict[str, list[bytes]] = {kind: [] for kind in self._waiting}
        rejects: list[Reject] = []
        with_header = b"syslog_" in self._map
        now, size = datetime.fromtimestamp(self._now() / 1_000, UTC).astimezone(), self._count_waiting()
        while size < POLL_BYTES and not self._messages.empty():
            message = self._messages.get_nowait()
            size += len(message) + MESSAGE_BYTES
            kind, line = to_line(parse_message(message, now), with_header=with_header)
            lines.setdefault(kind, []).append(line)
        while not self._bad_frames.empty():
            rejects.append(self._reject(Words(BAD_FRAME.zh, f"{BAD_FRAME.en}: {self._bad_frames.get_nowait()}")))
        tables: dict[str, list[pa.RecordBatch]] = {}
        for line in lines.pop("broken", ()):
            self._count += 1
            rejects.append(self._reject(BROKEN_JSON, line))
        for kind, parts in lines.items():
            self._count += len(parts)
            self._read(kind, parts, tables, rejects)
        if not tables and not rejects:
            return []
        return [Arrival(self._name, {name: join_batches(parts) for name, parts in tables.items()}, tuple(rejects))]

    def _read(
        self, kind: str, parts: list[bytes], tables: dict[str, list[pa.RecordBatch]], rejects: list[Reject]
    ) -> None:
        """Add lines of one format. Until some of them tell how they are read, lines are rejected or wait."""
        if kind not in self._texts:
            parts = self._learn(kind, [*self._waiting.pop(kind, ()), *parts], rejects)
        if (text := self._texts.get(kind)) is None or text.layout is None:
            if parts:
                self._waiting[kind] = parts
            return
        if kind == "text":
            delimiter = text.layout.source.map.file.delimiter.encode() if text.layout.source.map else b""
            is_single = len(delimiter) == 1 and delimiter != b" "
            parts = self._reject_open_quotes(parts, delimiter if is_single else DELIMITERS + b" ", rejects)
        if parts and (arrival := text.add(b"".join(parts))) is not None:
            rejects += arrival.rejects
            for name, batch in arrival.tables.items():
                tables.setdefault(name, []).append(batch)

    def _learn(self, kind: str, lines: list[bytes], rejects: list[Reject]) -> list[bytes]:
        """Learn the format from a sample of the lines; return the lines that can be read now or in a later poll.

        Lines of one shape are inspected together, so that noise of other shapes does not hide what they are. Lines of
        a shape whose format is not recognised are rejected.
        """
        if kind == "text":
            lines = self._reject_open_quotes([line for line in lines if line.strip()], DELIMITERS, rejects)
        shapes = [find_shape(kind, line) for line in lines]
        counts = Counter(shapes)
        if 1 < len(counts) <= MAX_MIXED_SHAPES and (head := self._try(kind, lines)) is not None:
            return _without_head(lines, head)
        refused, head = set[Shape](), None
        for shape, _ in counts.most_common(MAX_TRIES):
            head = self._try(kind, [line for line, other in zip(lines, shapes, strict=True) if other == shape])
            if head is not None:
                break
            refused.add(shape)
        if head is None and sum(map(len, lines)) > WAITING_BYTES:
            refused.update(shapes)
        reason = Words(NOT_UNDERSTOOD.zh, self._problems.get(kind, NOT_UNDERSTOOD.en))
        rejects += [self._reject(reason, line) for line, shape in zip(lines, shapes, strict=True) if shape in refused]
        rest = [line for line, shape in zip(lines, shapes, strict=True) if shape not in refused]
        return rest if head is None else _without_head(rest, head)

    def _try(self, kind: str, lines: list[bytes]) -> bytes | None:
        """Return the lines above the first record, if these lines tell how they are read, else None."""
        text = StreamText(self._name, self._settings, self._now, has_line_records=True)
        try:
            text.find_layout(_join_sample(lines))
        except FanzhaError as error:
            self._problems[kind] = str(error).partition("\n")[0]
        if text.layout is None:
            return None
        self._texts[kind] = text
        self._problems.pop(kind, None)
        return text.layout.head

    def _reject_open_quotes(self, lines: list[bytes], delimiters: bytes, rejects: list[Reject]) -> list[bytes]:
        """Return the lines without those whose quoted cell has no end: it would swallow the messages that follow."""
        broken = {number for number, line in enumerate(lines) if b'"' in line and has_open_quote(line, delimiters)}
        rejects += [self._reject(OPEN_QUOTE, lines[number]) for number in sorted(broken)]
        return [line for number, line in enumerate(lines) if number not in broken]

    def _count_waiting(self) -> int:
        return sum(len(line) + MESSAGE_BYTES for lines in self._waiting.values() for line in lines)

    def _reject(self, reason: Words, line: bytes = b"") -> Reject:
        value = line[:200].decode("utf-8", "replace").rstrip()
        return Reject(file=self._name, row=self._count, reason=reason.en, reason_zh=reason.zh, value=value)

    @property
    def is_caught_up(self) -> bool:
        """Whether no message waits."""
        return self._messages.empty() and not self._waiting

    @property
    def is_ended(self) -> bool:
        """Never: the next message may come."""
        return False

    def acknowledge(self) -> None:
        """Do nothing: syslog has no acknowledgements."""

    def list_problems(self) -> dict[str, str]:
        """Return why messages are not understood, by listener and format."""
        return {f"{self._name} ({kind})": words for kind, words in self._problems.items()}

    def close(self) -> None:
        """Close the sockets."""
        self._closing.set()
        self._receiving.join(5.0)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _receive(self) -> None:
        while not self._closing.is_set():
            for key, _ in self._selector.select(SELECT_SECONDS):
                if key.fileobj is self._datagrams:
                    self._receive_datagrams()
                elif key.fileobj is self._listener:
                    self._accept()
                else:
                    self._receive_stream(key.fileobj, key.data)

    def _receive_datagrams(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while not self._closing.is_set():
                self._enqueue(self._datagrams.recv(MAX_MESSAGE_BYTES))

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            connection, _ = self._listener.accept()
            if len(self._selector.get_map()) > self._most_connections:
                connection.close()
                return
            connection.setblocking(False)
            self._selector.register(connection, selectors.EVENT_READ, FrameDecoder())

    def _receive_stream(self, connection: Any, decoder: FrameDecoder) -> None:
        """Take what a connection sent; close it at its end and where its frames are wrong."""
        try:
            data = connection.recv(RECEIVE_BYTES)
            messages = decoder.add(data) if data else decoder.finish()
        except BlockingIOError:
            return
        except OSError:
            data, messages = b"", []
        except FrameError as error:
            self._bad_frames.put(str(error))
            data, messages = b"", []
        for message in messages:
            self._enqueue(message)
        if not data:
            self._selector.unregister(connection)
            connection.close()

    def _enqueue(self, message: bytes) -> None:
        """Wait for room: then TCP senders wait, too, and the kernel drops further datagrams."""
        while not self._closing.is_set():
            try:
                return self._messages.put(message, timeout=SELECT_SECONDS)
            except queue.Full:
                continue


def _join_sample(lines: list[bytes]) -> bytes:
    """Return the first lines, as many as are inspected."""
    size, count = 0, 0
    while count < len(lines) and (count == 0 or size + len(lines[count]) <= SAMPLE_BYTES):
        size, count = size + len(lines[count]), count + 1
    return b"".join(lines[:count])


def _without_head(lines: list[bytes], head: bytes) -> list[bytes]:
    """Return the lines without the first one of each line above the first record."""
    lines = list(lines)
    for line in head.splitlines(keepends=True):
        lines.remove(line)
    return lines


def _most_connections() -> int:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_CONNECTIONS if files == resource.RLIM_INFINITY else min(MAX_CONNECTIONS, files // SHARE_OF_FILES)


def _listen(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """Return a datagram socket and a listening socket. Raise UsageError."""
    opened: list[socket.socket] = []
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0][0]
        for type_ in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            opened.append(socket.socket(family, type_))
            if type_ is socket.SOCK_STREAM:
                opened[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_BUFFER_BYTES)
            opened[-1].bind((host, port))
            opened[-1].setblocking(False)
        opened[-1].listen()
    except OSError as error:
        for each in opened:
            each.close()
        raise UsageError(
            f"syslog://{host}:{port} cannot be listened at 无法监听 ({error.strerror or error})",
            fix="stop what uses the address, or name another",
        ) from None
    return opened[0], opened[1]
