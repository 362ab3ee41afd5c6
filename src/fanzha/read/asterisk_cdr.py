"""Asterisk call detail records: cdr_csv (Master.csv), the cdr_custom sample, and exports of the cdr table.

Columns as in cdr/cdr_csv.c and configs/samples/cdr_custom.conf.sample. All records of one linkedid (or, without it,
one uniqueid) are one call: forks of a ring group, transfers, ForkCDR.
"""

import re
from collections.abc import Iterator

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, Line
from fanzha.read._calls.lines import named_rows
from fanzha.read._calls.moments import moment, seconds, whole
from fanzha.read._calls.record import Record, Refused
from fanzha.read._calls.release import BY_DISPOSITION
from fanzha.read._convert.zone import Zone
from fanzha.read._delimited.parse import cells_of
from fanzha.read._encoding import first_lines, guess
from fanzha.read._map.column_map import Layout
from fanzha.read._reader import Head, Source

CDR_CSV = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield", "peeraccount", "linkedid",
    "sequence",
)  # fmt: skip
CDR_CUSTOM = (
    "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer", "end",
    "duration", "billsec", "disposition", "amaflags", "accountcode", "uniqueid", "userfield", "sequence",
)  # fmt: skip
_DISPOSITIONS = {*BY_DISPOSITION}
_BY_NUMBER = {"1": "NO ANSWER", "2": "BUSY", "3": "FAILED", "4": "ANSWERED", "8": "ANSWERED", "0": "NO ANSWER"}
_CHANNEL = re.compile(r"^(?P<name>.+?)(?:-[0-9a-f]{6,})?(?:;\d)?$")


class AsteriskCdr(CallReader):
    """Asterisk CDR."""

    name = "asterisk-cdr"
    title = Words("Asterisk 话单 (CDR)", "Asterisk call detail records")

    def recognise(self, head: Head) -> float:
        """A disposition where the format has it, and a time where the call starts; or a header with its names."""
        if not guess(head.data):
            return 0.0
        lines = [line for line in first_lines(head.data, guess(head.data), whole=head.whole)[:20] if line.strip()]
        found = [columns_of(cells_of(line, ",")) for line in lines]
        good = sum(one is not None for one in found)
        return 0.95 if lines and (good >= 0.5 * len(lines) or _is_header(cells_of(lines[0], ","))) else 0.0

    def lines(self, source: Source, zone: Zone, layout: Layout) -> Iterator[Line]:
        """Yield every record."""
        return named_rows(source, layout, columns_of, _is_header, lambda row, cells: record(row, cells, zone))


READER = AsteriskCdr()


def columns_of(cells: list[str]) -> tuple[str, ...] | None:
    """Return the names of a row's cells, or None when it is no Asterisk record."""
    for names, least in ((CDR_CSV, 16), (CDR_CUSTOM, 17)):
        where, start = names.index("disposition"), names.index("start")
        if least <= len(cells) <= len(names) and cells[where].strip().upper() in _DISPOSITIONS and ":" in cells[start]:
            return names
    return None


def _is_header(cells: list[str]) -> bool:
    return {"src", "dst", "disposition", "billsec"} <= {cell.strip().strip('"').lower() for cell in cells}


def record(row: int, cells: dict[str, str], zone: Zone) -> Record:
    """Return the record of one row; Refused when a cell is not what it must be."""
    disposition = cells.get("disposition", "").strip().upper()
    disposition = _BY_NUMBER.get(disposition, disposition)
    start = moment(cells.get("start") or cells.get("calldate", ""), "start", zone)
    if start is None:
        raise Refused("start", "", "没有时间", "no time")
    answered = disposition == "ANSWERED"
    length, talk = seconds(cells.get("duration", ""), "duration"), seconds(cells.get("billsec", ""), "billsec")
    end = moment(cells.get("end", ""), "end", zone)
    end = start + length if end is None and length is not None else end
    answer = moment(cells.get("answer", ""), "answer", zone) if answered else None
    answer = end - talk if answered and answer is None and end is not None and talk is not None else answer
    own = cells.get("linkedid") or cells.get("uniqueid") or f"{cells.get('channel', '')} {start}"
    unique = cells.get("uniqueid", "")
    return Record(
        row=row,
        keys=(own, unique) if unique and unique != own else (own,),
        start=start,
        answer=answer,
        end=end,
        answered=answered,
        talk_ms=talk,
        caller=cells.get("src", ""),
        callee=cells.get("dst", ""),
        trunk=trunk_of(cells.get("channel", "")),
        cause=BY_DISPOSITION.get(disposition),
        order=whole(cells.get("sequence", "")) or 0,
    )


def trunk_of(channel: str) -> str:
    """Return the peer of a channel name: PJSIP/igw-east-0000001a -> PJSIP/igw-east; "" for local channels."""
    found = _CHANNEL.match(channel.strip())
    return "" if not found or channel.startswith("Local/") else found["name"]
