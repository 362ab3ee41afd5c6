"""Rows of a source -> event batches and rejects, by the column map; every row is used or rejected with a reason."""

from collections import Counter

import numpy as np
import pyarrow as pa

from fanzha.base.clock import moment_ms
from fanzha.base.words import Words
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._arrow import repeated
from fanzha.read._convert.assemble import Assembler
from fanzha.read._convert.columns import read_cells
from fanzha.read._convert.rows import Rows
from fanzha.read._convert.settle import follows_sender, plain_sides, settle, settle_times
from fanzha.read._convert.sheet import Sheet
from fanzha.read._convert.text import mask, plain
from fanzha.read._convert.zone import Zone
from fanzha.read._map.column_map import ColumnMap
from fanzha.read._map.targets import targets
from fanzha.read._reader import Batch, Source, Terms
from fanzha.read._rejects import Reject, reject

#: The first cell of a line that sums up and is no fact.
_TOTALS = r"^\s*(合计|总计|小计|共计|总数|总条数|记录数|(?i:total|subtotal|grand total))"
NO_CHANNEL = Words(
    "{count} 条文本的渠道无法由发送方得知，与渠道有关的规则不会报告；请在 [constants] 或 [columns] 中写明 channel",
    "the channel of {count} texts does not follow from their senders: rules that need it stay silent; "
    "name channel under [constants] or [columns]",
)


class Converter:
    """Converts the stretches of one source, one after the other."""

    def __init__(self, source: Source, map_: ColumnMap, terms: Terms, format_: str) -> None:
        self._file, self._map, self._moment = source.name, map_, terms.observed_at
        self._targets = plain_sides(targets(map_.table), map_)
        name = map_.source or source.member or source.path.name
        self._assembler = Assembler(map_, name, format_, map_.basis or terms.basis, terms.observed_at)
        self._default = moment_ms(map_.time.default, Zone(map_.time.zone).tzinfo) if map_.time.default else None
        self._emptied: Counter[tuple[str, Words]] = Counter()
        self._totals = 0
        self._no_channel = 0
        self._wordy = len(map_.columns) < 3 or map_.table == "site_seen"

    def convert(self, rows: Rows) -> Batch:
        """Return the events and rejects of one stretch."""
        rows = self._without_totals(rows)
        if not rows.count:
            lost = len(rows.rejects) + rows.waiting
            return Batch({}, rows.rejects, lost, 0, rows.waiting, rows.position, rows.notes)
        sheet = self._read(rows)
        settle(sheet, self._map, self._targets, rows.columns)
        if follows_sender(self._map) and "channel" in sheet.columns:
            sent, known = sheet.columns["sender"].is_valid(), sheet.columns["channel"].is_valid()
            self._no_channel += int(mask(pc.and_not(sent, known)).sum())
        take = self._map.take("occurred_at")
        lack = take is not None and take.bad == "empty"
        own_times = settle_times(sheet, self._default, self._moment, may_lack=lack)
        good = ~sheet.bad
        rejects = rows.rejects + tuple(self._rejects(sheet, rows))
        kept = int(good.sum())
        used = sum(len(rows.members[row]) for row in np.flatnonzero(good)) if rows.members else kept
        tables = self._assembler.tables(sheet.kept(good), kept, own_times=own_times) if kept else {}
        read = used + len(rejects) + rows.waiting
        return Batch(tables, rejects, read, used, rows.waiting, rows.position, rows.notes)

    def notes(self) -> tuple[Words, ...]:
        """Return what was left empty or passed over, for the end of the source."""
        said = [
            Words(f"列“{column}”有 {count} 个单元格留空：{why.zh}", f"{count} cells of {column!r} left empty: {why.en}")
            for (column, why), count in sorted(self._emptied.items())
        ]
        if self._totals:
            said.append(Words(f"略过 {self._totals} 行合计或重复表头", f"{self._totals} totals or headers passed over"))
        if self._no_channel:
            said.append(NO_CHANNEL.format(count=self._no_channel))
        if "occurred_at" not in self._map.columns and self._default is None:
            said.append(
                Words("数据中没有时间，以读取时刻代替", "no time in source: the moment of the run stands for it")
            )
        return tuple(said)

    def _read(self, rows: Rows) -> Sheet:
        sheet = Sheet(rows.count)
        for name in self._map.columns:
            take, column = self._map.take(name), self._targets[name]
            if take is None or any(one not in rows.columns for one in take.names):
                continue
            cells = read_cells(column, take, rows.columns, self._map)
            values = cells.values
            for found, why in cells.problems:
                if take.bad == "reject":
                    sheet.fault(name, found, why)
                else:
                    self._emptied[" ".join(take.names), why] += int(found.sum())
                    values = pc.if_else(pa.array(found), pa.scalar(None, values.type), values)
            sheet.columns[name] = values
        for name, value in self._map.constants.items():
            sheet.columns.setdefault(name, repeated(value, self._targets[name].type, rows.count))
        return sheet

    def _without_totals(self, rows: Rows) -> Rows:
        """Take out lines that sum up, or repeat the header, as their first cell says.

        Of few columns, or of words, the first cell proves nothing.
        """
        if rows.members or not rows.count or self._wordy:
            return rows
        name, first = next(iter(rows.columns.items()))
        text = plain(first)
        totals = mask(pc.match_substring_regex(text, _TOTALS)) | mask(pc.equal(text, name))
        self._totals += int(totals.sum())
        return rows.only(~totals) if totals.any() else rows

    def _rejects(self, sheet: Sheet, rows: Rows) -> list[Reject]:
        firsts = sheet.firsts()
        numbers = rows.row_numbers(np.fromiter(firsts, np.int64, len(firsts)))
        found = []
        for (row, fault), number in zip(firsts.items(), numbers, strict=True):
            take = self._map.take(fault.column)
            names = take.names if take else ()
            value = " ".join(_cell(rows.columns[name], row) for name in names if name in rows.columns)
            content = self._targets[fault.column].content
            for one in rows.members[row] if rows.members else (number,):
                found.append(reject(self._file, one, " ".join(names), fault.why, "" if content else value))
        return found


def _cell(column: ArrowColumn, row: int) -> str:
    cell = column[row].as_py()
    return "" if cell is None else str(cell)[:400]
