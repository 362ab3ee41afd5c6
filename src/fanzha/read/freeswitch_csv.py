"""FreeSWITCH mod_cdr_csv: the templates of conf/vanilla/autoload_configs/cdr_csv.conf.xml, and exports with a header.

Known by their places: sql, example, snom, linksys (the same first thirteen columns) and asterisk. Other templates: give
their variable names in the map's `file.names`.
"""

import re
from collections.abc import Iterator

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, Line
from fanzha.read._calls.freeswitch import leg
from fanzha.read._calls.lines import named_rows
from fanzha.read._convert.zone import Zone
from fanzha.read._delimited.parse import cells_of
from fanzha.read._encoding import first_lines, guess
from fanzha.read._map.column_map import Layout
from fanzha.read._reader import Head, Source

EXAMPLE = (
    "caller_id_name", "caller_id_number", "destination_number", "context", "start_stamp", "answer_stamp", "end_stamp",
    "duration", "billsec", "hangup_cause", "uuid", "bleg_uuid", "accountcode", "read_codec", "write_codec",
)  # fmt: skip
ASTERISK = (
    "accountcode", "caller_id_number", "destination_number", "context", "caller_id", "channel_name", "bridge_channel",
    "last_app", "last_arg", "start_stamp", "answer_stamp", "end_stamp", "duration", "billsec", "hangup_cause",
    "amaflags", "uuid", "userfield",
)  # fmt: skip
_UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", re.IGNORECASE)
_CAUSE = re.compile(r"^[A-Z][A-Z0-9_]{3,}$")
_INSERT = re.compile(r"^\s*INSERT INTO \S+ VALUES \((.*)\);\s*$", re.IGNORECASE)


class FreeswitchCsv(CallReader):
    """FreeSWITCH CDR CSV."""

    name = "freeswitch-csv"
    title = Words("FreeSWITCH 话单 (mod_cdr_csv)", "FreeSWITCH call detail records (mod_cdr_csv)")

    def recognise(self, head: Head) -> float:
        """A cause in capitals and a uuid where a template has them; or a header with the variables' names."""
        if not guess(head.data):
            return 0.0
        lines = [line for line in first_lines(head.data, guess(head.data), whole=head.whole)[:20] if line.strip()]
        good = sum(columns_of(cells_of(_plain(line), ",")) is not None for line in lines)
        return 0.95 if lines and (good >= 0.5 * len(lines) or _is_header(cells_of(lines[0], ","))) else 0.0

    def lines(self, source: Source, zone: Zone, layout: Layout) -> Iterator[Line]:
        """Yield every leg."""
        return named_rows(source, layout, columns_of, _is_header, lambda row, cells: leg(row, cells, zone), _plain)


READER = FreeswitchCsv()


def columns_of(cells: list[str]) -> tuple[str, ...] | None:
    """Return the variables' names of a row's cells, or None when it is of no known template."""
    for names, least in ((EXAMPLE, 13), (ASTERISK, 17)):
        cause, uuid = names.index("hangup_cause"), names.index("uuid")
        if len(cells) >= least and _CAUSE.match(cells[cause].strip()) and _UUID.match(cells[uuid].strip()):
            return names
    return None


def _is_header(cells: list[str]) -> bool:
    known = {"uuid", "caller_id_number", "destination_number", "hangup_cause"}
    return known <= {cell.strip().strip('"').lower() for cell in cells}


def _plain(line: str) -> str:
    """Take the values out of the sql template's INSERT."""
    found = _INSERT.match(line) if line[:6].upper() == "INSERT" else None
    return found[1].replace(', "', ',"') if found else line.replace('", "', '","')
