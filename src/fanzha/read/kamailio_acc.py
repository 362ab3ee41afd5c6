"""Kamailio's acc, missed_calls and cdrs tables, exported with a header.

Columns as in the acc module's documentation: method, from_tag, to_tag, callid, sip_code, sip_reason, time, and the
extras of db_extra; cdrs: start_time, end_time, duration; the cdrs procedure's table: call_start_time, sip_call_id, …
"""

from collections.abc import Iterator

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, Line
from fanzha.read._calls.kamailio import dialog, transaction
from fanzha.read._calls.lines import named_rows
from fanzha.read._calls.record import Record
from fanzha.read._convert.zone import Zone
from fanzha.read._delimited.parse import cells_of
from fanzha.read._encoding import first_lines, guess
from fanzha.read._map.column_map import Layout
from fanzha.read._reader import Head, Source

_ACC = {"method", "callid", "sip_code", "from_tag"}
_CDRS = ({"start_time", "end_time", "duration", "callid"}, {"call_start_time", "duration", "sip_call_id"})


class KamailioAcc(CallReader):
    """Kamailio accounting tables."""

    name = "kamailio-acc"
    title = Words("Kamailio 计费表 (acc、missed_calls、cdrs)", "Kamailio accounting tables (acc, missed_calls, cdrs)")

    def recognise(self, head: Head) -> float:
        """The header has the names of the acc module's columns."""
        if not guess(head.data):
            return 0.0
        lines = first_lines(head.data, guess(head.data), whole=head.whole)
        return 0.95 if lines and any(_is_header(_cells(lines[0], sign)) for sign in ",\t;|") else 0.0

    def lines(self, source: Source, zone: Zone, layout: Layout) -> Iterator[Line]:
        """Yield every transaction."""

        def build(row: int, cells: dict[str, str]) -> Record | None:
            return transaction(row, cells, zone) if "method" in cells else dialog(row, cells, zone)

        return named_rows(source, layout, lambda cells: None, _is_header, build)


READER = KamailioAcc()


def _cells(line: str, sign: str) -> list[str]:
    return cells_of(line, sign)


def _is_header(cells: list[str]) -> bool:
    names = {cell.strip().strip('"`').lower() for cell in cells}
    return names >= _ACC or any(names >= one for one in _CDRS)
