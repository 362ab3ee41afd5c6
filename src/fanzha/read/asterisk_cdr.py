"""Asterisk call detail records: cdr_csv (Master.csv), the cdr_custom sample, and exports of the cdr table.

Columns as in cdr/cdr_csv.c and configs/samples/cdr_custom.conf.sample. All records of one linkedid (or, without it,
one uniqueid) are one call: forks of a ring group, transfers, ForkCDR.
"""

import re
from collections.abc import Iterator

from fanzha.base.q850 import Q850_BY_DISPOSITION
from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, RecordLine
from fanzha.read._calls.delimited_records import parse_records
from fanzha.read._calls.fields import parse_count, parse_seconds, parse_timestamp
from fanzha.read._calls.record import CallRecord, InvalidRecord
from fanzha.read._convert.zone import Zone
from fanzha.read._delimited.parser import split_line
from fanzha.read._encoding import decode_first_lines, detect_encoding
from fanzha.read._map.column_map import FileLayout
from fanzha.read._reader import FileHead, SourceFile

CDR_CSV = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield", "peeraccount", "linkedid",
    "sequence",
)  # fmt: skip
CDR_CUSTOM = (
    "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer", "end",
    "duration", "billsec", "disposition", "amaflags", "accountcode", "uniqueid", "userfield", "sequence",
)  # fmt: skip
_DISPOSITIONS = {*Q850_BY_DISPOSITION}
_BY_NUMBER = {"1": "NO ANSWER", "2": "BUSY", "3": "FAILED", "4": "ANSWERED", "8": "ANSWERED", "0": "NO ANSWER"}
_UNIQUE_ID = re.compile(r"\d+\.\d+$")
_CHANNEL = re.compile(r"^(?P<name>.+?)(?:-[0-9a-f]{6,})?(?:;\d)?$")


class AsteriskCdr(CallReader):
    """Asterisk CDR."""

    name = "asterisk-cdr"
    title = Words("Asterisk 话单 (CDR)", "Asterisk call detail records")

    def recognise(self, head: FileHead) -> float:
        """Look for a disposition and a start time in their columns, or for a header with the format's names."""
        if not detect_encoding(head.data):
            return 0.0
        lines = [
            line
            for line in decode_first_lines(head.data, detect_encoding(head.data), whole=head.whole)[:20]
            if line.strip()
        ]
        matches = [match_columns(split_line(line, ",")) for line in lines]
        matched = sum(match is not None for match in matches)
        return 0.95 if lines and (matched >= 0.5 * len(lines) or _is_header(split_line(lines[0], ","))) else 0.0

    def read_records(self, source: SourceFile, zone: Zone, layout: FileLayout) -> Iterator[RecordLine]:
        """Yield every record."""
        return parse_records(
            source, layout, match_columns, _is_header, lambda row, cells: parse_record(row, cells, zone)
        )


READER = AsteriskCdr()


def match_columns(cells: list[str]) -> tuple[str, ...] | None:
    """Return the column names of a row, or None if it is not an Asterisk record."""
    for names, min_cells in ((CDR_CSV, 16), (CDR_CUSTOM, 17)):
        disposition_at, start_at = names.index("disposition"), names.index("start")
        if (
            min_cells <= len(cells) <= len(names)
            and cells[disposition_at].strip().upper() in _DISPOSITIONS
            and ":" in cells[start_at]
        ):
            return names
    return None


def _is_header(cells: list[str]) -> bool:
    return {"src", "dst", "disposition", "billsec"} <= {cell.strip().strip('"').lower() for cell in cells}


def parse_record(row: int, cells: dict[str, str], zone: Zone) -> CallRecord:
    """Return the record of one row. Raise InvalidRecord if a cell is invalid."""
    disposition = cells.get("disposition", "").strip().upper()
    disposition = _BY_NUMBER.get(disposition, disposition)
    start = parse_timestamp(cells.get("start") or cells.get("calldate", ""), "start", zone)
    if start is None:
        raise InvalidRecord("start", "", "没有时间", "no time")
    answered = disposition == "ANSWERED"
    duration, talk = (
        parse_seconds(cells.get("duration", ""), "duration"),
        parse_seconds(cells.get("billsec", ""), "billsec"),
    )
    end = parse_timestamp(cells.get("end", ""), "end", zone)
    end = start + duration if end is None and duration is not None else end
    answer = parse_timestamp(cells.get("answer", ""), "answer", zone) if answered else None
    answer = end - talk if answered and answer is None and end is not None and talk is not None else answer
    linked = cells.get("linkedid", "")  # other systems have a name in its place
    call_key = (
        (linked if _UNIQUE_ID.search(linked) else "") or cells.get("uniqueid") or f"{cells.get('channel', '')} {start}"
    )
    unique = cells.get("uniqueid", "")
    return CallRecord(
        row=row,
        keys=(call_key, unique) if unique and unique != call_key else (call_key,),
        start=start,
        answer=answer,
        end=end,
        answered=answered,
        talk_ms=talk,
        caller=cells.get("src", ""),
        callee=cells.get("dst", ""),
        trunk=parse_trunk(cells.get("channel", "")),
        cause=Q850_BY_DISPOSITION.get(disposition),
        order=parse_count(cells.get("sequence", "")) or 0,
    )


def parse_trunk(channel: str) -> str:
    """Return the peer of a channel name: PJSIP/igw-east-0000001a -> PJSIP/igw-east, "" for local channels."""
    match = _CHANNEL.match(channel.strip())
    return "" if not match or channel.startswith("Local/") else match["name"]
