"""FreeSWITCH mod_cdr_csv: the templates of conf/vanilla/autoload_configs/cdr_csv.conf.xml, and exports with a header.

The templates sql, example, snom and linksys (with the same first thirteen columns) and asterisk are recognised. For
other templates, give the variable names as `file.names` in the column map.
"""

import re
from collections.abc import Iterator

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, RecordLine
from fanzha.read._calls.delimited_records import parse_records
from fanzha.read._calls.freeswitch import parse_leg
from fanzha.read._convert.zone import Zone
from fanzha.read._delimited.parser import split_line
from fanzha.read._encoding import decode_first_lines, detect_encoding
from fanzha.read._map.column_map import FileLayout
from fanzha.read._reader import FileHead, SourceFile

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

    def recognise(self, head: FileHead) -> float:
        """Look for a cause and a uuid in a template's columns, or for a header with the variable names."""
        if not detect_encoding(head.data):
            return 0.0
        lines = [
            line
            for line in decode_first_lines(head.data, detect_encoding(head.data), whole=head.whole)[:20]
            if line.strip()
        ]
        matched = sum(match_columns(split_line(_strip_insert(line), ",")) is not None for line in lines)
        return 0.95 if lines and (matched >= 0.5 * len(lines) or _is_header(split_line(lines[0], ","))) else 0.0

    def read_records(self, source: SourceFile, zone: Zone, layout: FileLayout) -> Iterator[RecordLine]:
        """Yield every leg."""
        return parse_records(
            source, layout, match_columns, _is_header, lambda row, cells: parse_leg(row, cells, zone), _strip_insert
        )


READER = FreeswitchCsv()


def match_columns(cells: list[str]) -> tuple[str, ...] | None:
    """Return the variable names of a row's cells, or None if no template matches."""
    for names, min_cells in ((EXAMPLE, 13), (ASTERISK, 17)):
        cause_at, uuid_at = names.index("hangup_cause"), names.index("uuid")
        if len(cells) >= min_cells and _CAUSE.match(cells[cause_at].strip()) and _UUID.match(cells[uuid_at].strip()):
            return names
    return None


def _is_header(cells: list[str]) -> bool:
    expected = {"uuid", "caller_id_number", "destination_number", "hangup_cause"}
    return expected <= {cell.strip().strip('"').lower() for cell in cells}


def _strip_insert(line: str) -> str:
    """Extract the values from an INSERT statement of the sql template."""
    match = _INSERT.match(line) if line[:6].upper() == "INSERT" else None
    return match[1].replace(', "', ',"') if match else line.replace('", "', '","')
