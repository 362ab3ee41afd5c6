"""Asterisk channel event logs: cel_custom's Master.csv (configs/samples/cel_custom.conf.sample).

All events of one linkedid are one call: its first channel starts it, the first answer of a called channel answers it,
the hang-up of the first channel and LINKEDID_END end it.
"""

import re
from collections.abc import Iterator

import msgspec

from fanzha.base.q850 import q850_from_name
from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, RecordLine
from fanzha.read._calls.delimited_records import parse_records
from fanzha.read._calls.fields import parse_timestamp
from fanzha.read._calls.record import FOLLOW, LEAD, CallRecord, InvalidRecord
from fanzha.read._convert.zone import Zone
from fanzha.read._delimited.parser import split_line
from fanzha.read._encoding import decode_first_lines, detect_encoding
from fanzha.read._map.column_map import FileLayout
from fanzha.read._reader import FileHead, SourceFile
from fanzha.read.asterisk_cdr import parse_trunk

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

    def recognise(self, head: FileHead) -> float:
        """Look for an event name in the first column and a time in the second or third, or for a CEL header."""
        if not detect_encoding(head.data):
            return 0.0
        lines = [
            line
            for line in decode_first_lines(head.data, detect_encoding(head.data), whole=head.whole)[:20]
            if line.strip()
        ]
        matched = sum(match_columns(split_line(line, ",")) is not None for line in lines)
        return 0.95 if lines and (matched >= 0.5 * len(lines) or _is_header(split_line(lines[0], ","))) else 0.0

    def read_records(self, source: SourceFile, zone: Zone, layout: FileLayout) -> Iterator[RecordLine]:
        """Yield every event."""
        return parse_records(
            source, layout, match_columns, _is_header, lambda row, cells: parse_record(row, cells, zone)
        )


READER = AsteriskCel()


def match_columns(cells: list[str]) -> tuple[str, ...] | None:
    """Return the column names of a row, or None if it is not a channel event."""
    if not cells or cells[0].strip().upper() not in EVENTS:
        return None
    for names in (PLAIN, WITH_LITERAL):
        index = names.index("eventtime")
        if len(cells) >= names.index("linkedid") + 1 and _TIME.match(cells[index].strip()):
            return names
    return None


def _is_header(cells: list[str]) -> bool:
    return {"eventtype", "eventtime", "uniqueid", "linkedid"} <= {cell.strip().strip('"').lower() for cell in cells}


def parse_record(row: int, cells: dict[str, str], zone: Zone) -> CallRecord:
    """Return the record of one channel event."""
    time = parse_timestamp(cells.get("eventtime", ""), "eventtime", zone)
    linked, unique = cells.get("linkedid", ""), cells.get("uniqueid", "")
    if time is None or not linked:
        raise InvalidRecord(
            "eventtime" if time is None else "linkedid", "", "没有时间或呼叫标识", "no time or no linked id"
        )
    event, is_first = cells["eventtype"].strip().upper(), unique == linked
    record = CallRecord(
        row=row, keys=(linked,), start=time, role=LEAD if is_first else FOLLOW, last=event == "LINKEDID_END"
    )
    if event == "CHAN_START":
        record.caller = cells.get("cidnum", "") if is_first else ""
        record.callee = (cells.get("ciddnid") or cells.get("exten", "")) if is_first else ""
        record.callee = "" if record.callee in ("s", "") else record.callee
        record.diversion = cells.get("cidrdnis", "")
        record.trunk = parse_trunk(cells.get("channame", "")) if is_first else ""
    elif event == "ANSWER" and not is_first:
        record.answer, record.answered = time, True
    elif event == "HANGUP":
        _apply_hangup(record, cells, is_first)
    elif event in ("LINKEDID_END", "CHAN_END"):
        record.end = time
    return record


def _apply_hangup(record: CallRecord, cells: dict[str, str], is_first: bool) -> None:
    extra = _parse_extra(cells.get("extra", ""))
    record.cause = q850_from_name(str(extra.get("hangupcause", "")))
    source = str(extra.get("hangupsource", ""))
    if is_first:
        record.end = record.start
        record.answered = None if not extra.get("dialstatus") else extra["dialstatus"] == "ANSWER"
        if source:
            record.released_by = "caller" if source == cells.get("channame") else "callee"


def _parse_extra(text: str) -> dict[str, object]:
    try:
        data = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
