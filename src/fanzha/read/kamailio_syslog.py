"""Kamailio's acc module in a syslog file: `ACC: transaction answered: timestamp=…;method=…`, and its CDR lines.

The format is that of LM_GEN2 in src/modules/acc/acc.c and acc_cdr.c: `name=value` attributes separated by `;`. A CDR
line begins with start_time. All other lines are skipped and counted.
"""

import re
from collections.abc import Iterator

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, RecordLine
from fanzha.read._calls.delimited_records import TOO_LONG, build_record, read_lines
from fanzha.read._calls.kamailio import parse_dialog, parse_transaction
from fanzha.read._calls.record import CallRecord, InvalidRecord, UnfinishedRecord
from fanzha.read._convert.zone import Zone
from fanzha.read._map.column_map import FileLayout
from fanzha.read._reader import FileHead, SourceFile

_ACC = re.compile(r"ACC: [a-z ]+: (timestamp=\d+;.*)$")
_CDR = re.compile(r"(?:^|\s)(start_time=[\d.]+; ?end_time=.*)$")
_LINE = re.compile(rb"ACC: [a-z ]+: timestamp=\d+;method=|start_time=[\d.]+; ?end_time=")
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w-]*)=([^;]*)(?:; ?|$)")


class KamailioSyslog(CallReader):
    """Kamailio accounting lines."""

    name = "kamailio-syslog"
    title = Words("Kamailio 计费日志 (acc syslog)", "Kamailio accounting lines (acc to syslog)")

    def recognise(self, head: FileHead) -> float:
        """Look for an accounting line."""
        return 0.95 if _LINE.search(head.data) else 0.0

    def read_records(self, source: SourceFile, zone: Zone, layout: FileLayout) -> Iterator[RecordLine]:
        """Yield the record of every accounting line, and None for other lines."""
        for number, line, position, is_unfinished in read_lines(source, layout):
            if is_unfinished:
                yield RecordLine(number, UnfinishedRecord(), position)
            elif not line:
                yield RecordLine(number, InvalidRecord("", "", *TOO_LONG), position)
            elif match := _ACC.search(line):
                cells = dict(_ATTRIBUTE.findall(match[1]))
                yield RecordLine(
                    number,
                    build_record(number, cells, lambda row, cells: parse_transaction(row, cells, zone)),
                    position,
                )
            elif match := _CDR.search(line):
                cells = dict(_ATTRIBUTE.findall(match[1]))
                yield RecordLine(
                    number, build_record(number, cells, lambda row, cells: _dialog(row, cells, zone)), position
                )
            else:
                yield RecordLine(number, None, position)


READER = KamailioSyslog()


def _dialog(row: int, cells: dict[str, str], zone: Zone) -> CallRecord:
    return parse_dialog(row, cells, zone)
