"""Asterisk channel event logs: cel_custom's Master.csv (configs/samples/cel_custom.conf.sample).

All events of one linkedid are one call: its first channel starts it, the first answer of a called channel answers it,
the hang-up of the first channel and LINKEDID_END end it.
"""

import re
from collections.abc import Iterator

import msgspec

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, Line
from fanzha.read._calls.lines import named_rows
from fanzha.read._calls.moments import moment
from fanzha.read._calls.record import FOLLOW, LEAD, Record, Refused
from fanzha.read._calls.release import of_name
from fanzha.read._convert.zone import Zone
from fanzha.read._delimited.parse import cells_of
from fanzha.read._encoding import first_lines, guess
from fanzha.read._map.column_map import Layout
from fanzha.read._reader import Head, Source
from fanzha.read.asterisk_cdr import trunk_of

EVENTS = frozenset(
    {
        "CHAN_START", "CHAN_END", "ANSWER", "HANGUP", "APP_START", "APP_END", "BRIDGE_ENTER", "BRIDGE_EXIT",
        "BRIDGE_START", "BRIDGE_END", "BRIDGE_UPDATE", "CONF_ENTER", "CONF_EXIT", "CONF_START", "CONF_END",
        "PARK_START", "PARK_END", "BLINDTRANSFER", "ATTENDEDTRANSFER", "TRANSFER", "PICKUP", "FORWARD", "HOOKFLASH",
        "3WAY_START", "3WAY_END", "LINKEDID_END", "LOCAL_OPTIMIZE", "LOCAL_OPTIMIZE_BEGIN", "STREAM_BEGIN",
        "STREAM_END", "DTMF", "USER_DEFINED",
    }
)  # fmt: skip
_REST = (
    "cidname", "cidnum", "cidani", "cidrdnis", "ciddnid", "exten", "context", "channame", "appname", "appdata",
    "amaflags", "acctcode", "uniqueid", "linkedid", "peer", "userfield", "userdeftype", "extra",
)  # fmt: skip
PLAIN = ("eventtype", "eventtime", *_REST)
WITH_LITERAL = ("eventtype", "literal", "eventtime", *_REST)  # the sample configuration writes "My Literal" second
_TIME = re.compile(r"^\d{9,10}(\.\d+)?$|^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")


class AsteriskCel(CallReader):
    """Asterisk CEL."""

    name = "asterisk-cel"
    title = Words("Asterisk 通道事件 (CEL)", "Asterisk channel event logs")

    def recognise(self, head: Head) -> float:
        """The name of an event first, and its time second or third; or a header with the names of CEL."""
        if not guess(head.data):
            return 0.0
        lines = [line for line in first_lines(head.data, guess(head.data), whole=head.whole)[:20] if line.strip()]
        good = sum(columns_of(cells_of(line, ",")) is not None for line in lines)
        return 0.95 if lines and (good >= 0.5 * len(lines) or _is_header(cells_of(lines[0], ","))) else 0.0

    def lines(self, source: Source, zone: Zone, layout: Layout) -> Iterator[Line]:
        """Yield every event."""
        return named_rows(source, layout, columns_of, _is_header, lambda row, cells: record(row, cells, zone))


READER = AsteriskCel()


def columns_of(cells: list[str]) -> tuple[str, ...] | None:
    """Return the names of a row's cells, or None when it is no channel event."""
    if not cells or cells[0].strip().upper() not in EVENTS:
        return None
    for names in (PLAIN, WITH_LITERAL):
        at = names.index("eventtime")
        if len(cells) >= names.index("linkedid") + 1 and _TIME.match(cells[at].strip()):
            return names
    return None


def _is_header(cells: list[str]) -> bool:
    return {"eventtype", "eventtime", "uniqueid", "linkedid"} <= {cell.strip().strip('"').lower() for cell in cells}


def record(row: int, cells: dict[str, str], zone: Zone) -> Record:
    """Return what one event tells of its call."""
    at = moment(cells.get("eventtime", ""), "eventtime", zone)
    linked, unique = cells.get("linkedid", ""), cells.get("uniqueid", "")
    if at is None or not linked:
        raise Refused("eventtime" if at is None else "linkedid", "", "没有时间或呼叫标识", "no time or no linked id")
    event, first = cells["eventtype"].strip().upper(), unique == linked
    told = Record(row=row, keys=(linked,), start=at, role=LEAD if first else FOLLOW, last=event == "LINKEDID_END")
    if event == "CHAN_START":
        told.caller = cells.get("cidnum", "") if first else ""
        told.callee = (cells.get("ciddnid") or cells.get("exten", "")) if first else ""
        told.callee = "" if told.callee in ("s", "") else told.callee
        told.diversion = cells.get("cidrdnis", "")
        told.trunk = trunk_of(cells.get("channame", "")) if first else ""
    elif event == "ANSWER" and not first:
        told.answer, told.answered = at, True
    elif event == "HANGUP":
        _hang_up(told, cells, first)
    elif event in ("LINKEDID_END", "CHAN_END"):
        told.end = at
    return told


def _hang_up(told: Record, cells: dict[str, str], first: bool) -> None:
    extra = _extra(cells.get("extra", ""))
    told.cause = of_name(str(extra.get("hangupcause", "")))
    source = str(extra.get("hangupsource", ""))
    if first:
        told.end = told.start
        told.answered = None if not extra.get("dialstatus") else extra["dialstatus"] == "ANSWER"
        if source:
            told.released_by = "caller" if source == cells.get("channame") else "callee"


def _extra(text: str) -> dict[str, object]:
    try:
        found = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
