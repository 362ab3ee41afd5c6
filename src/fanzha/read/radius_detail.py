"""Accounting detail files of FreeRADIUS: calls of gateways and border controllers with Cisco's h323 attributes.

A packet is a line with its time of arrival and indented lines `Name = value`, as rlm_detail writes them. Attributes are
those of RFC 2866, and h323-setup-time, h323-connect-time, h323-disconnect-time, h323-disconnect-cause (hexadecimal),
h323-conf-id and h323-call-origin, which gateways of several makers send. Packets without h323 attributes (data
sessions) are no calls.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, RecordLine
from fanzha.read._calls.delimited_records import TOO_LONG, build_record, read_lines
from fanzha.read._calls.fields import parse_seconds
from fanzha.read._calls.record import FOLLOW, LEAD, CallRecord, InvalidRecord, UnfinishedRecord
from fanzha.read._convert.zone import Zone
from fanzha.read._map.column_map import FileLayout
from fanzha.read._reader import FileHead, SourceFile
from fanzha.read._stream import is_gzip

_PACKET = re.compile(rb"^\s+Acct-Status-Type = ", re.M)
_CALL = re.compile(rb"^\s+(h323-[a-z-]+|Acme-Session-[A-Za-z-]+) = ", re.M)
_ATTRIBUTE = re.compile(r"\s+([A-Za-z][\w-]*)(?::\d+)? [:+]?= (.*)")
_TIME = re.compile(
    r"[*.]?(?P<clock>\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?) (?P<zone>[A-Z]{2,5}) (?:[A-Za-z]{3} )?"
    r"(?P<month>[A-Za-z]{3}) +(?P<day>\d{1,2}) (?P<year>\d{4})"
)
_UTC = ("UTC", "GMT")
_STOP, _START = ("stop", "2"), ("start", "1")


class RadiusDetail(CallReader):
    """RADIUS accounting of calls."""

    name = "radius-detail"
    title = Words(
        "RADIUS 计费明细（语音网关、边界控制器）", "RADIUS accounting detail of gateways and border controllers"
    )

    def recognise(self, head: FileHead) -> float:
        """Look for accounting packets with the attributes of calls."""
        return 0.95 if _PACKET.search(head.data) and _CALL.search(head.data) else 0.0

    def read_records(self, source: SourceFile, zone: Zone, layout: FileLayout) -> Iterator[RecordLine]:
        """Yield the record of every packet, and None for packets that are no calls.

        rlm_detail ends a packet with its Timestamp and a blank line. The last packet of a file may be half-written if
        it has neither.
        """
        first, cells, position, is_unfinished = 0, dict[str, str](), 0, False
        may_grow = not (source.member or layout.complete or is_gzip(source.path))
        for number, line, position, is_unfinished in read_lines(source, layout):
            if is_unfinished:
                first = first if cells else number
            elif not line:
                yield RecordLine(number, InvalidRecord("", "", *TOO_LONG), position)
            elif match := _ATTRIBUTE.fullmatch(line):
                value = match[2].strip().strip('"')
                cells.setdefault(match[1].lower(), value.removeprefix(f"{match[1]}="))
            else:
                if cells:
                    yield RecordLine(first, _build(first, cells, zone), position)
                first, cells = number, {}
        has_begun = first and not cells and may_grow
        if is_unfinished or has_begun or (cells and may_grow and "timestamp" not in cells and not _ends_blank(source)):
            yield RecordLine(first, UnfinishedRecord(), position)
        elif cells:
            yield RecordLine(first, _build(first, cells, zone), position)


READER = RadiusDetail()


def _ends_blank(source: SourceFile) -> bool:
    """Return whether the last line of a file is blank."""
    with source.path.open("rb") as file:
        file.seek(max(0, source.path.stat().st_size - 4))
        return file.read().replace(b"\r", b"").endswith(b"\n\n")


def _build(row: int, cells: dict[str, str], zone: Zone) -> CallRecord | InvalidRecord | None:
    return build_record(row, cells, lambda number, packet: parse_packet(number, packet, zone))


def parse_packet(row: int, cells: dict[str, str], zone: Zone) -> CallRecord | None:
    """Return the record of one packet, or None if it is no start or stop of a call. Raise InvalidRecord."""
    status = cells.get("acct-status-type", "").lower()
    if status not in (*_START, *_STOP) or not any(name.startswith(("h323-", "acme-session-")) for name in cells):
        return None
    start = _parse_time(cells, "h323-setup-time", zone)
    if start is None:
        raise InvalidRecord("h323-setup-time", "", "没有时间", "no time")
    is_stop = status in _STOP
    talk = parse_seconds(cells.get("acct-session-time", ""), "Acct-Session-Time") if is_stop else None
    answer = _parse_time(cells, "h323-connect-time", zone)
    end = _parse_time(cells, "h323-disconnect-time", zone) if is_stop else None
    if answer is None and end is not None and talk:
        answer = end - talk
    key = cells.get("h323-conf-id") or cells.get("acct-session-id", "")
    return CallRecord(
        row=row,
        keys=(key or f"{start} {cells.get('calling-station-id', '')} {row}",),
        start=start,
        answer=answer if talk or not is_stop else None,
        end=end,
        answered=bool(talk) if is_stop and talk is not None else None,
        talk_ms=talk,
        caller=cells.get("calling-station-id", ""),
        callee=cells.get("called-station-id", ""),
        trunk=cells.get("acme-session-ingress-realm", ""),
        cause=_parse_cause(cells.get("h323-disconnect-cause", "")) if is_stop else None,
        role=FOLLOW if cells.get("h323-call-origin", "").lower() == "originate" else LEAD,
        order=1 if is_stop else 0,
        last=is_stop and not cells.get("h323-conf-id"),
    )


def _parse_time(cells: dict[str, str], name: str, zone: Zone) -> int | None:
    """Return UTC milliseconds of a time such as `08:00:05.120 UTC Sun Mar 1 2026`; another zone is that of the map."""
    text = cells.get(name, "").strip()
    if not text:
        return None
    match = _TIME.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        date = datetime.strptime(f"{match['year']} {match['month'].title()} {int(match['day']):02}", "%Y %b %d").date()
        moment = datetime.fromisoformat(f"{date} {match['clock']}")
    except ValueError:
        raise InvalidRecord(name, text, "不是时间", "not a time") from None
    return to_ms(moment.replace(tzinfo=UTC if match["zone"] in _UTC else zone.tzinfo))


def _parse_cause(text: str) -> int | None:
    """Return the cause of Q.850 of a hexadecimal number, or None."""
    try:
        cause = int(text, 16)
    except ValueError:
        return None
    return cause if 0 <= cause <= 127 else None
