"""Kamailio's acc module in a syslog file: `ACC: transaction answered: timestamp=…;method=…`, and its CDR lines.

As LM_GEN2 writes them in src/modules/acc/acc.c and acc_cdr.c: `;` between attributes, `=` behind their names; the CDR
line begins with start_time. Everything else in the file is passed over and counted.
"""

import re
from collections.abc import Iterator

from fanzha.base.words import Words
from fanzha.read._calls.call_reader import CallReader, Line
from fanzha.read._calls.kamailio import dialog, transaction
from fanzha.read._calls.lines import TOO_LONG, built, text_lines
from fanzha.read._calls.record import Record, Refused
from fanzha.read._convert.zone import Zone
from fanzha.read._map.column_map import Layout
from fanzha.read._reader import Head, Source

_ACC = re.compile(r"ACC: [a-z ]+: (timestamp=\d+;.*)$")
_CDR = re.compile(r"(?:^|\s)(start_time=[\d.]+; ?end_time=.*)$")
_LINE = re.compile(rb"ACC: [a-z ]+: timestamp=\d+;method=|start_time=[\d.]+; ?end_time=")
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w-]*)=([^;]*)(?:; ?|$)")


class KamailioSyslog(CallReader):
    """Kamailio accounting lines."""

    name = "kamailio-syslog"
    title = Words("Kamailio 计费日志 (acc syslog)", "Kamailio accounting lines (acc to syslog)")

    def recognise(self, head: Head) -> float:
        """At least one accounting line."""
        return 0.95 if _LINE.search(head.data) else 0.0

    def lines(self, source: Source, zone: Zone, layout: Layout) -> Iterator[Line]:
        """Yield every accounting line, and None for the others."""
        for number, line, position in text_lines(source, layout):
            if not line:
                yield Line(number, Refused("", "", *TOO_LONG), position)
            elif found := _ACC.search(line):
                cells = dict(_ATTRIBUTE.findall(found[1]))
                yield Line(number, built(number, cells, lambda row, cells: transaction(row, cells, zone)), position)
            elif found := _CDR.search(line):
                cells = dict(_ATTRIBUTE.findall(found[1]))
                yield Line(number, built(number, cells, lambda row, cells: _dialog(row, cells, zone)), position)
            else:
                yield Line(number, None, position)


READER = KamailioSyslog()


def _dialog(row: int, cells: dict[str, str], zone: Zone) -> Record:
    return dialog(row, cells, zone)
