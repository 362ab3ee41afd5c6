"""Syslog messages: RFC 5424 and RFC 3164, and the framing of RFC 6587 on TCP."""

import re
from datetime import datetime
from typing import NamedTuple

import msgspec

MAX_MESSAGE_BYTES = 65_536
_MAX_LENGTH_DIGITS = 7
_LINE_END = re.compile(rb"[\n\0]")
_LINE_ENDS = re.compile(rb"[\r\n]")  # of a body, which is one line

_PRIORITY = re.compile(rb"<\d{1,3}>")
_RFC_5424 = re.compile(
    rb"1 (?P<time>\S+) (?P<host>\S+) \S+ \S+ \S+ (?:-|(?:\[(?:[^\]\"\\]|\\.|\"(?:[^\"\\]|\\.)*\")*\])+)(?: |$)"
)
_RFC_3164 = re.compile(
    rb"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?P<day>[ \d]\d)(?: (?P<year>\d{4}))? "
    rb"(?P<clock>\d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: (?P<host>[^\s,={\"]+))? "
)
_TAG = re.compile(rb"[\w./-]{1,48}(?:\[[^\]\s]*\])?: ?")
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_PAIRS = re.compile(rb"""\s*([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?=\s|$)""")


class SyslogMessage(NamedTuple):
    """The body of a message with the time and host of its header, "" where it has none.

    A time of RFC 5424 has an offset. One of RFC 3164 has none, and gets the year that brings it nearest to now.
    """

    body: bytes
    time: str = ""
    host: str = ""


def parse_message(data: bytes, now: datetime) -> SyslogMessage:
    """Parse one message. What has no header that is understood is all body (RFC 3164, section 4.3.3)."""
    data = data.rstrip(b"\0\r\n")
    if (priority := _PRIORITY.match(data)) is not None:
        data = data[priority.end() :]
    if (header := _RFC_5424.match(data)) is not None:
        body = data[header.end() :].removeprefix(b"\xef\xbb\xbf")
        return SyslogMessage(body, _text(header["time"]), _text(header["host"]))
    if priority is None or (header := _RFC_3164.match(data)) is None:
        return SyslogMessage(data)
    body = data[header.end() :]
    tag = _TAG.match(body)
    return SyslogMessage(body[tag.end() if tag else 0 :], _bsd_time(header, now), _text(header["host"] or b"-"))


def _text(value: bytes) -> str:
    return "" if value == b"-" else value.decode("utf-8", "replace")


def _bsd_time(header: re.Match[bytes], now: datetime) -> str:
    """Return a time without a zone in ISO form. Without a year it is the one nearest to now; "" if there is none."""
    month, day, clock = _MONTHS.index(header["month"]) + 1, int(header["day"]), header["clock"].decode()
    years = [int(header["year"])] if header["year"] else [now.year - 1, now.year, now.year + 1]
    moments = []
    for year in years:
        try:
            moments.append(datetime.fromisoformat(f"{year:04}-{month:02}-{day:02}T{clock.partition('.')[0]}"))
        except ValueError:
            continue
    if not moments:
        return ""
    best = min(moments, key=lambda moment: abs(moment - now.replace(tzinfo=None)))
    return f"{best.isoformat()}{clock[8:]}"


def to_line(message: SyslogMessage, *, with_header: bool) -> tuple[str, bytes]:
    """Return `json`, `text`, or `broken` for damaged JSON, and the body as one line: key=value pairs become JSON.

    With the header, JSON gets the keys `syslog_time` and `syslog_host`.
    """
    body = _LINE_ENDS.sub(b" ", message.body).strip()
    pairs = None if body.startswith(b"{") else _parse_pairs(body)
    header = {"syslog_time": message.time, "syslog_host": message.host} if with_header else {}
    if pairs is not None:
        return "json", msgspec.json.encode({**header, **pairs}) + b"\n"
    if not body.startswith(b"{"):
        return "text", body + b"\n"
    try:
        record = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "broken", body + b"\n"
    return "json", (msgspec.json.encode({**header, **record}) if header else body) + b"\n"


Shape = frozenset[str] | tuple[int, ...]  # the keys of a JSON object, or how often a text has each delimiter

_QUOTED = re.compile(rb'"[^"]*"')


def find_shape(kind: str, line: bytes) -> Shape:
    """Return what the records of one source have in common, of a line of `json` or `text`."""
    if kind == "json":
        return frozenset(msgspec.json.decode(line, type=dict[str, msgspec.Raw]))
    cells = _QUOTED.sub(b"", line)
    return tuple(cells.count(delimiter) for delimiter in (b",", b";", b"|", b"\t", b"\x01", b"  "))


def has_open_quote(line: bytes, delimiters: bytes) -> bool:
    """Return whether a cell of delimited text begins with a quote that is not closed within the line."""
    start = rb"(?:^|[" + re.escape(delimiters) + rb'])"'
    return re.search(start, re.sub(start + rb'(?:[^"]|"")*+"', b"", line)) is not None


def _parse_pairs(body: bytes) -> dict[str, str] | None:
    """Return `key=value key="value"` as a mapping, None if the body is something else."""
    pairs: dict[str, str] = {}
    position = 0
    while position < len(body):
        if (pair := _PAIRS.match(body, position)) is None:
            return None
        value = pair[2]
        if value.startswith(b'"'):
            value = re.sub(rb"\\(.)", rb"\1", value[1:-1])
        pairs[pair[1].decode()] = value.decode("utf-8", "replace")
        position = pair.end()
    return pairs or None


class FrameError(Exception):
    """A connection sends no frames of RFC 6587, or one that is too long."""


class FrameDecoder:
    """Splits what a TCP connection sends into messages: octet counting, or lines that end with LF or NUL."""

    def __init__(self) -> None:
        self._data = b""

    def add(self, data: bytes) -> list[bytes]:
        """Add bytes and return the whole messages. Raise FrameError once those before the wrong frame are returned."""
        self._data += data
        messages: list[bytes] = []
        position = 0
        while position < len(self._data):
            try:
                end = self._find_end(position)
            except FrameError:
                if not messages:
                    raise
                break
            if end is None:
                break
            start, stop, position = end
            if stop > start:
                messages.append(self._data[start:stop])
        self._data = self._data[position:]
        if not messages and len(self._data) > MAX_MESSAGE_BYTES + _MAX_LENGTH_DIGITS + 1:
            raise FrameError(f"a message is longer than {MAX_MESSAGE_BYTES} bytes")
        return messages

    def finish(self) -> list[bytes]:
        """Return the last message of a connection that was closed: a line without its end. Raise FrameError."""
        if self._data:
            self._find_end(0)
        data, self._data = self._data, b""
        return [data] if data.startswith(b"<") else []

    def _find_end(self, position: int) -> tuple[int, int, int] | None:
        """Return where the next message begins and ends and the one after it begins; None if it is not whole."""
        if b"1" <= self._data[position : position + 1] <= b"9":
            return self._find_counted(position)
        end = _LINE_END.search(self._data, position)
        return (position, end.start(), end.end()) if end else None

    def _find_counted(self, position: int) -> tuple[int, int, int] | None:
        digits = self._data[position : position + _MAX_LENGTH_DIGITS].partition(b" ")
        if not digits[1]:
            if len(digits[0]) == _MAX_LENGTH_DIGITS or not digits[0].isdigit():
                raise FrameError("no length before a message")
            return None
        if not digits[0].isdigit() or int(digits[0]) > MAX_MESSAGE_BYTES:
            raise FrameError(f"no length before a message, or one of more than {MAX_MESSAGE_BYTES} bytes")
        start = position + len(digits[0]) + 1
        stop = start + int(digits[0])
        return (start, stop, stop) if stop <= len(self._data) else None
