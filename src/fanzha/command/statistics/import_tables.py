"""The import table of numbers from outside; each row is one number of a month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils import timezone

from fanzha.base.whole_numbers import whole_number
from fanzha.base.words import Words
from fanzha.command.imports.services import ImportColumn, ImportRow, ImportTable, RowError, TableWriter
from fanzha.command.statistics.definitions import load_outside_numbers
from fanzha.command.statistics.outside_values import OutsideEntry, check_entry, enter_value

if TYPE_CHECKING:
    from fanzha.command.imports.models import ImportJob


class OutsideNumberTable(ImportTable):
    """Numbers from outside."""

    name = "outside_numbers"
    title = Words("统计指标的外部数", "Numbers from outside for figures")
    about = Words(
        "平台没有明细的统计数，如期末用户数，每行一项；同一月份以后导入的为准",
        "Numbers of which the platform has no rows, such as subscribers at the end of a month, one a row; a later "
        "import of the same month counts",
    )
    owners = ("operator", "isp", "platform", "aggregator", "bank")
    columns = (
        ImportColumn("name", Words("统计数", "number"), ("指标", "项目", "figure")),
        ImportColumn("month", Words("月份", "month"), ("统计月份", "period")),
        ImportColumn("value", Words("数值", "value"), ("数量", "count")),
        ImportColumn("source", Words("数据来源", "source"), ("来源",)),
    )

    def writer(self, job: ImportJob) -> OutsideNumberWriter:
        """Return the writer that stores the numbers."""
        return OutsideNumberWriter(job)


class OutsideNumberWriter(TableWriter):
    """Stores each row as a number of the organisation that handed the file in."""

    def __init__(self, job: ImportJob) -> None:
        self._owner, self._person = job.owner, job.made_by

    def write(self, rows: Sequence[ImportRow]) -> list[RowError]:
        """Store rows; return one error for each row that is rejected."""
        errors, now = [], timezone.now()
        for row in rows:
            entry = read_entry(row.cells)
            if fault := check_entry(entry, now):
                column, words = fault
                errors.append(RowError(row.number, column, words, row.cells.get(column, "")[:100]))
            else:
                enter_value(self._owner, entry, self._person, now)
        return errors

    def finish(self) -> Words | None:
        """Return no note."""
        return None


def read_entry(cells: Mapping[str, str]) -> OutsideEntry:
    """Return the entry of a row; the number is named by its name or by its Chinese or English title."""
    named = cells["name"].strip()
    titles = {title.casefold(): number.name for number in load_outside_numbers().values() for title in number.title}
    value = whole_number(cells["value"].strip().replace(",", "").replace("，", ""))
    name = named if named in load_outside_numbers() else titles.get(named.casefold(), "")
    return OutsideEntry(name, cells["month"].strip(), -1 if value is None else value, cells["source"])


TABLES = (OutsideNumberTable(),)
