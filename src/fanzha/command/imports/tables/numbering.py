"""Import tables of ported numbers and allocated ranges. A new file of an organisation replaces its previous one."""

import re
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from fanzha.base.clock import EARLIEST_MS, LATEST_MS, moment_ms
from fanzha.base.errors import Malformed
from fanzha.base.whole_numbers import whole_number
from fanzha.base.words import Words
from fanzha.command.imports.list_publisher import publish_lists
from fanzha.command.imports.models import ImportJob
from fanzha.command.imports.tables.table import ImportColumn, ImportRow, ImportTable, RowError, TableWriter
from fanzha.kinds.numbering.operator_tables import ALLOCATION_SCHEMA, PORTABILITY_SCHEMA
from fanzha.kinds.phone_number import NumberClass, normalise_many
from fanzha.store.imported_tables import TablePart, merge_parts, table_part

_OWNERS = ("national_regulator", "provincial_regulator", "centre", "carrier", "mvno")
_NO_NUMBER = Words("不是电话号码", "is not a telephone number")
_NO_OPERATOR = Words("没有运营商", "names no operator")
_NO_PREFIX = Words(
    "不是号段（2 至 11 位数字，不带国家码和长途零）", "is not a prefix (2 to 11 digits, no country code, no zero)"
)
_NO_CLASS = Words("不是号码类别", "is not a class of numbers")
_ENDS_BEFORE_START = Words("失效时间不晚于生效时间", "it ends before it begins")
_NO_MOMENT = Words("不是时刻（ISO 8601 或 UTC 毫秒）", "is not a moment (ISO 8601 or UTC milliseconds)")
_PREFIX = re.compile("[1-9][0-9]{1,10}")
_FROM = ImportColumn("valid_from", Words("生效时间", "valid from"), ("from", "携转时间"), required=False)
_UNTIL = ImportColumn("valid_until", Words("失效时间", "valid until"), ("until",), required=False)


class NumberingTable(ImportTable):
    """Import table of the numbering plan."""

    owners = _OWNERS

    def __init__(self, name: str, title: Words, about: Words, schema: pa.Schema, columns: tuple[ImportColumn, ...]):
        self.name, self.title, self.about, self.schema, self.columns = name, title, about, schema, columns

    def writer(self, job: ImportJob) -> "NumberingWriter":
        """Return the writer of its rows."""
        return NumberingWriter(self, job)


class NumberingWriter(TableWriter):
    """Writer of a separate file that becomes part of the numbering table when the import is finished."""

    def __init__(self, table: NumberingTable, job: ImportJob) -> None:
        import pyarrow.parquet as pq

        self._table = table
        self._part: TablePart = table_part(table.name, job.owner.ref)
        self._writer = pq.ParquetWriter(self._part.temporary, table.schema, write_page_checksum=True)

    def write(self, rows: Sequence[ImportRow]) -> list[RowError]:
        """Write the valid rows; return one error for each rejected row."""
        numbers = (
            _canonical_numbers(rows) if self._table.name == "portability" else [row.cells["prefix"] for row in rows]
        )
        accepted, errors = [], []
        for row, number in zip(rows, numbers, strict=True):
            result = _validate_row(row, number)
            if isinstance(result, RowError):
                errors.append(result)
            else:
                accepted.append(result)
        columns = {name: [row.get(name) for row in accepted] for name in self._table.schema.names}
        self._writer.write_table(pa.table(columns, schema=self._table.schema))
        return errors

    def finish(self) -> Words | None:
        """Merge the file into the numbering table, and publish the lists to the screens."""
        self._writer.close()
        self._part.commit()
        merge_parts(self._table.name, self._table.schema)
        return publish_lists()

    def abort(self) -> None:
        """Remove the file."""
        self._writer.close()
        self._part.discard()


def _canonical_numbers(rows: Sequence[ImportRow]) -> list[str | None]:
    numbers: list[str | None] = normalise_many(pa.array([row.cells["number"] for row in rows], pa.string())).to_pylist()
    return numbers


def _validate_row(row: ImportRow, number: str | None) -> "dict[str, Any] | RowError":
    cells, text = row.cells, row.cells.get("number", row.cells.get("prefix", ""))
    if "number" in cells and number is None:
        return RowError(row.number, "number", _NO_NUMBER, text)
    if "prefix" in cells and not _PREFIX.fullmatch(text):
        return RowError(row.number, "prefix", _NO_PREFIX, text)
    if not cells["operator"]:
        return RowError(row.number, "operator", _NO_OPERATOR)
    kind = cells.get("number_class", "")
    if kind and kind not in {number_class.value for number_class in NumberClass}:
        return RowError(row.number, "number_class", _NO_CLASS, kind)
    values: dict[str, Any] = {name: value or None for name, value in cells.items()}
    for name in ("valid_from", "valid_until"):
        try:
            values[name] = _parse_time(cells[name])
        except Malformed:
            return RowError(row.number, name, _NO_MOMENT, cells[name])
    if (
        values["valid_until"] is not None
        and values["valid_from"] is not None
        and values["valid_until"] <= values["valid_from"]
    ):
        return RowError(row.number, "valid_until", _ENDS_BEFORE_START, cells["valid_until"])
    return values | ({"number": number} if "number" in cells else {})


def _parse_time(text: str) -> int | None:
    if not text:
        return None
    if not text.isdigit() or len(text) <= 10:
        return moment_ms(text)
    moment = whole_number(text)
    if moment is None or not EARLIEST_MS <= moment < LATEST_MS:
        raise Malformed("no moment that can be")
    return moment


_OPERATOR = ImportColumn("operator", Words("运营商", "operator"), ("携入运营商", "分配运营商"))
PORTABILITY = NumberingTable(
    "portability",
    Words("携号转网", "Ported numbers"),
    Words("现由哪家运营商承载，自何时起", "Which operator carries a number now, and since when"),
    PORTABILITY_SCHEMA,
    (
        ImportColumn("number", Words("号码", "number"), ("手机号", "携转号码")),
        _OPERATOR,
        _FROM,
        _UNTIL,
    ),
)
ALLOCATION = NumberingTable(
    "allocation",
    Words("号段分配", "Allocated ranges"),
    Words("号段分配给谁、何种类别、何地", "Which operator a range is assigned to, its class and area"),
    ALLOCATION_SCHEMA,
    (
        ImportColumn("prefix", Words("号段", "prefix"), ("前缀",)),
        _OPERATOR,
        ImportColumn("number_class", Words("类别", "class"), required=False),
        ImportColumn("province", Words("省份", "province"), ("省",), required=False),
        ImportColumn("city", Words("城市", "city"), ("地市",), required=False),
        _FROM,
        _UNTIL,
    ),
)
