"""Convert rows of a source to event batches and rejects by its column map. Every row is used or rejected."""

from collections import Counter

import numpy as np
import pyarrow as pa

from fanzha.base.clock import moment_ms
from fanzha.base.words import Words
from fanzha.read._arrow import ArrowColumn, constant_column
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.columns import parse_column
from fanzha.read._convert.derived_columns import defer_normalisation, derive_columns, derives_channel, fill_times
from fanzha.read._convert.event_batches import EventBatchBuilder
from fanzha.read._convert.rows import RawRows, TypedRows
from fanzha.read._convert.text import to_mask, to_text
from fanzha.read._convert.zone import Zone
from fanzha.read._map.column_map import ColumnMap
from fanzha.read._map.targets import target_columns
from fanzha.read._reader import EventBatch, ReadContext, SourceFile
from fanzha.read._rejects import Reject, make_reject

#: The first cell of a line of totals.
_TOTALS = r"^\s*(合计|总计|小计|共计|总数|总条数|记录数|(?i:total|subtotal|grand total))"
NO_CHANNEL = Words(
    "{count} 条文本的渠道无法由发送方得知，与渠道有关的规则不会报告；请在 [constants] 或 [columns] 中写明 channel",
    "the channel of {count} texts does not follow from their senders: rules that need it stay silent; "
    "name channel under [constants] or [columns]",
)

UNPROVEN_MOBILE = Words(
    "{count} 次呼叫的入口为 mobile 而无已证实主叫，主叫仅视为声称，指认主叫的规则不会报告；"
    '若这些主叫是本网用户，请在列映射中写 [proven] 与 ingress = ["mobile"]',
    "{count} calls have the ingress mobile and no proven caller: their callers are only claimed, and rules that find "
    'proven_caller stay silent; if they are your own subscribers, write [proven] with ingress = ["mobile"] in the '
    "column map",
)

PARTIAL_RECORDS = Words(
    "{count} 条记录标为部分话单，即一次通话的一段；fanzha analyze 将各段合并为一次通话，时长相加；"
    "fanzha watch 不合并，每段计一次通话",
    "{count} records are flagged as parts of longer calls (partial records): fanzha analyze merges those of one call "
    "and adds up their talk times; fanzha watch does not: each part counts as a call",
)
CONSTANT_INGRESS = Words(
    "[constants] 的 ingress = {ingress} 使每个主叫都视为已证实（共 {count} 次呼叫）；若文件中还有其他入口的呼叫，"
    "会错误指认；请改用 ingress 列或由中继翻译",
    "ingress = {ingress} under [constants] proves every caller ({count} calls); if the file holds calls of other "
    "ingresses too, people are accused wrongly: map a column of the ingress, or translate the trunks",
)
NOT_MOBILE = Words(
    "其中 {count} 次呼叫的主叫不是移动号码，不视为已证实：此文件并非只有移动网来话",
    "the callers of {count} of these calls are no mobile numbers and not taken as proven: the file holds more than "
    "calls from the mobile network",
)


class Converter:
    """Converts the rows of one source, batch by batch."""

    def __init__(self, source: SourceFile, map_: ColumnMap, context: ReadContext, format_: str) -> None:
        self._file, self._map, self._observed_at = source.name, map_, context.observed_at
        self._targets = defer_normalisation(target_columns(map_.table), map_)
        name = map_.source or source.member or source.path.name
        self._batch_builder = EventBatchBuilder(
            map_, name, format_, map_.basis_name or context.basis, context.observed_at
        )
        self._default_ms = moment_ms(map_.time.default, Zone(map_.time.zone).tzinfo) if map_.time.default else None
        self._emptied_cells: Counter[tuple[str, Words]] = Counter()
        self._skipped_totals = 0
        self._missing_channels = 0
        self._unproven_mobile_calls = 0
        self._partial_records = 0
        constant = map_.constants.get("ingress", "")
        self._proving_constant = (
            str(constant) if constant in map_.proven.ingress and "ingress" not in map_.columns else ""
        )
        self._calls_by_proof = [0, 0]  # claimed, proven
        self._keeps_totals = len(map_.columns) < 3 or map_.table == "site_seen"

    def convert(self, rows: RawRows) -> EventBatch:
        """Return the events and rejects of one batch of rows."""
        rows = self._drop_totals(rows)
        if not rows.count:
            row_count = len(rows.rejects) + rows.waiting
            return EventBatch({}, rows.rejects, row_count, 0, rows.waiting, rows.position, rows.notes)
        typed = self._parse_rows(rows)
        derive_columns(typed, self._map, self._targets, rows.columns)
        if derives_channel(self._map) and "channel" in typed.columns:
            has_sender, has_channel = typed.columns["sender"].is_valid(), typed.columns["channel"].is_valid()
            self._missing_channels += int(to_mask(pc.and_not(has_sender, has_channel)).sum())
        if "partial" in typed.columns:
            self._partial_records += int(to_mask(typed.columns["partial"]).sum())
        if not (self._map.proven.outgoing or "mobile" in self._map.proven.ingress):
            self._unproven_mobile_calls += _count_unproven_mobile_calls(typed)
        if self._proving_constant and "proven_caller" in typed.columns:
            has_caller, is_proven = (to_mask(typed.columns[name].is_valid()) for name in ("caller", "proven_caller"))
            self._calls_by_proof[0] += int((has_caller & ~is_proven).sum())
            self._calls_by_proof[1] += int(is_proven.sum())
        own_times = fill_times(typed, self._default_ms, self._observed_at)
        good = ~typed.bad
        rejects = rows.rejects + tuple(self._make_rejects(typed, rows))
        good_count = int(good.sum())
        used = sum(len(rows.source_rows[row]) for row in np.flatnonzero(good)) if rows.source_rows else good_count
        tables = (
            self._batch_builder.build_tables(typed.good_columns(good), good_count, own_times=own_times)
            if good_count
            else {}
        )
        read = used + len(rejects) + rows.waiting
        return EventBatch(tables, rejects, read, used, rows.waiting, rows.position, rows.notes)

    def list_notes(self) -> tuple[Words, ...]:
        """Return messages on emptied cells and skipped rows. Call it after the last batch."""
        notes = [
            Words(
                f"列“{column}”有 {count} 个单元格留空：{reason.zh}",
                f"{count} cells of {column!r} left empty: {reason.en}",
            )
            for (column, reason), count in sorted(self._emptied_cells.items())
        ]
        if self._skipped_totals:
            notes.append(
                Words(
                    f"略过 {self._skipped_totals} 行合计或重复表头",
                    f"{self._skipped_totals} totals or headers passed over",
                )
            )
        if self._partial_records:
            notes.append(PARTIAL_RECORDS.format(count=self._partial_records))
        if self._missing_channels:
            notes.append(NO_CHANNEL.format(count=self._missing_channels))
        if self._unproven_mobile_calls:
            notes.append(UNPROVEN_MOBILE.format(count=self._unproven_mobile_calls))
        if self._proving_constant:
            claimed, proven = self._calls_by_proof
            notes.append(CONSTANT_INGRESS.format(ingress=self._proving_constant, count=proven))
            if claimed and self._proving_constant == "mobile":
                notes.append(NOT_MOBILE.format(count=claimed))
        if not {"occurred_at", "answered_at", "ended_at"} & self._map.columns.keys() and self._default_ms is None:
            notes.append(
                Words("数据中没有时间，以读取时刻代替", "no time in source: the moment of the run stands for it")
            )
        return tuple(notes)

    def _parse_rows(self, rows: RawRows) -> TypedRows:
        typed = TypedRows(rows.count)
        for name in self._map.columns:
            source, column = self._map.column_source(name), self._targets[name]
            if source is None or any(source_name not in rows.columns for source_name in source.names):
                continue
            cells = parse_column(column, source, rows.columns, self._map)
            values = cells.values
            for invalid, reason in cells.problems:
                if source.bad == "reject":
                    typed.add_fault(name, invalid, reason)
                else:
                    self._emptied_cells[" ".join(source.names), reason] += int(invalid.sum())
                    values = pc.if_else(pa.array(invalid), pa.scalar(None, values.type), values)
            typed.columns[name] = values
        for name, value in self._map.constants.items():
            typed.columns.setdefault(name, constant_column(value, self._targets[name].type, rows.count))
        return typed

    def _drop_totals(self, rows: RawRows) -> RawRows:
        """Drop lines of totals and repeated headers, which are recognised by their first cell.

        Tables with few columns or of sites are left as they are, because their first cell may begin with such words.
        """
        if rows.source_rows or not rows.count or self._keeps_totals:
            return rows
        name, first_column = next(iter(rows.columns.items()))
        text = to_text(first_column)
        is_total = to_mask(pc.match_substring_regex(text, _TOTALS)) | to_mask(pc.equal(text, name))
        self._skipped_totals += int(is_total.sum())
        return rows.filter(~is_total) if is_total.any() else rows

    def _make_rejects(self, typed: TypedRows, rows: RawRows) -> list[Reject]:
        first_faults = typed.first_faults()
        numbers = rows.row_numbers(np.fromiter(first_faults, np.int64, len(first_faults)))
        rejects = []
        for (row, fault), number in zip(first_faults.items(), numbers, strict=True):
            source = self._map.column_source(fault.column)
            names = source.names if source else ()
            value = " ".join(_cell_text(rows.columns[name], row) for name in names if name in rows.columns)
            is_content = self._targets[fault.column].content
            for row_number in rows.source_rows[row] if rows.source_rows else (number,):
                rejects.append(
                    make_reject(self._file, row_number, " ".join(names), fault.reason, "" if is_content else value)
                )
        return rejects


def _count_unproven_mobile_calls(rows: TypedRows) -> int:
    """Count the calls from the mobile network with a caller that is claimed and not proven."""
    if "ingress" not in rows.columns or "caller" not in rows.columns:
        return 0
    is_unproven = pc.and_(pc.equal(rows.columns["ingress"], "mobile"), rows.columns["caller"].is_valid())
    if "proven_caller" in rows.columns:
        is_unproven = pc.and_not(is_unproven, rows.columns["proven_caller"].is_valid())
    return int(to_mask(is_unproven).sum())


def _cell_text(column: ArrowColumn, row: int) -> str:
    cell = column[row].as_py()
    return "" if cell is None else str(cell)[:400]
