"""Kamailio's acc, missed_calls and cdrs tables, exported with a header.

Columns as in the acc module's documentation: method, from_tag, to_tag, callid, sip_code, sip_reason, time, and the
extras of db_extra; cdrs: start_time, end_time, duration; the cdrs procedure's table: call_start_time, sip_call_id, …
"""

from collections.abc import Iterator

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, RecordLine
from fanzha.read._calls.delimited_records import parse_records
from fanzha.read._calls.kamailio import parse_dialog, parse_transaction
from fanzha.read._calls.record import CallRecord
from fanzha.read._convert.zone import Zone
from fanzha.read._delimited.parser import split_line
from fanzha.read._encoding import decode_first_lines, detect_encoding
from fanzha.read._map.column_map import FileLayout
from fanzha.read._reader import FileHead, SourceFile

_ACC = {"method", "callid", "sip_code", "from_tag"}
_CDRS = ({"start_time", "end_time", "duration", "callid"}, {"call_start_time", "duration", "sip_call_id"})


class KamailioAcc(CallReader):
    """Kamailio accounting tables."""

    name = "kamailio-acc"
    title = Words("Kamailio 计费表 (acc、missed_calls、cdrs)", "Kamailio accounting tables (acc, missed_calls, cdrs)")

    def recognise(self, head: FileHead) -> float:
        """Look for the column names of the acc module in the header."""
        if not detect_encoding(head.data):
            return 0.0
        lines = decode_first_lines(head.data, detect_encoding(head.data), whole=head.whole)
        return 0.95 if lines and any(_is_header(_cells(lines[0], delimiter)) for delimiter in ",\t;|") else 0.0

    def read_records(self, source: SourceFile, zone: Zone, layout: FileLayout) -> Iterator[RecordLine]:
        """Yield every transaction."""

        def build(row: int, cells: dict[str, str]) -> CallRecord | None:
            return parse_transaction(row, cells, zone) if "method" in cells else parse_dialog(row, cells, zone)

        return parse_records(source, layout, lambda cells: None, _is_header, build)


READER = KamailioAcc()


def _cells(line: str, delimiter: str) -> list[str]:
    return split_line(line, delimiter)


def _is_header(cells: list[str]) -> bool:
    names = {cell.strip().strip('"`').lower() for cell in cells}
    return names >= _ACC or any(names >= columns for columns in _CDRS)
