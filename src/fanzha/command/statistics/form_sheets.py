"""Compare a firm's own spreadsheet with a form: which fields are equal, which differ, which rows name no field."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, NamedTuple

from fanzha.base.clock import to_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.statistics.form_values import Changer, FormRow, read_form, round_value
from fanzha.command.statistics.models import FormSheet
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

#: The largest file, and the most rows and columns that are read of it.
MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 2_000_000, 5_000, 20
_UNREADABLE = Words("不是可读取的 xlsx 或 csv 文件", "This is no xlsx or csv file that can be read")
_TOO_LARGE = Words("文件过大", "The file is too large")


class SheetLine(NamedTuple):
    """A line of a spreadsheet: what it names, and its value as written."""

    label: str
    written: str


def compare_sheet(instance: ProcessInstance, file_name: str, data: bytes, changer: Changer, now: datetime) -> FormSheet:
    """Compare a spreadsheet with the values of a form, and keep the result; it is logged. Raise Refusal.

    A line names its field by the field's name or title in its first cell that is no number, after its heading if
    several fields have the title; its last number is the value.
    """
    if len(data) > MOST_BYTES:
        raise Refusal(Reason.EVIDENCE, _TOO_LARGE, fields={"sheet": _TOO_LARGE})
    compared = compare_lines(read_lines(file_name, data), read_form(instance))
    sheet = FormSheet(
        owner=instance.owner, instance=instance, file_name=file_name[:200], sha256=hashlib.sha256(data).hexdigest(),
        equal=compared.equal, differences=compared.differences, unknown=compared.unknown,
        uploaded_by=changer.person, at=now,
    )  # fmt: skip
    with recorded() as log:
        sheet.save(force_insert=True)
        facts = {"sha256": sheet.sha256, "equal": sheet.equal, "differences": sheet.differences}
        log.add(
            Draft("form_sheet_compared", to_ms(now), changer.ref, instance.owner.ref, process=instance.ref, facts=facts)
        )
    return sheet


class SheetComparison(NamedTuple):
    """How many fields are equal, those that differ (field, value of the sheet, value of the form), unknown lines."""

    equal: int
    differences: list[list[str | None]]
    unknown: list[str]


def compare_lines(lines: Iterable[SheetLine], rows: Iterable[FormRow]) -> SheetComparison:
    """Compare lines of a spreadsheet with the fields of a form, to two decimals."""
    fields = _labels(rows)
    equal, differences, unknown, seen = 0, [], [], set()
    for line in lines:
        row = fields.get(_key(line.label))
        value = parse_number(line.written)
        if row is None or value is None or row.field.name in seen:
            unknown.append(f"{line.label}: {line.written}"[:200])
            continue
        seen.add(row.field.name)
        if row.value == value:
            equal += 1
        else:
            differences.append([row.field.name, f"{value:.2f}", None if row.value is None else f"{row.value:.2f}"])
    return SheetComparison(equal, differences, unknown)


def read_lines(file_name: str, data: bytes) -> list[SheetLine]:
    """Return the lines of a spreadsheet (xlsx, xls or csv) that have a label and a number. Raise Refusal."""
    try:
        table = _read_csv(data) if file_name.casefold().endswith(".csv") else _read_workbook(data)
        return list(_lines(table))
    except (Malformed, UnicodeDecodeError, csv.Error, OSError, ValueError):
        raise Refusal(Reason.EVIDENCE, _UNREADABLE, fields={"sheet": _UNREADABLE}) from None


def parse_number(written: str) -> Decimal | None:
    """Return a number as people write it (1,234.5, 12%), to two decimals; None for anything else."""
    try:
        value = Decimal(written.strip().replace(",", "").replace("，", "").removesuffix("%").removesuffix("％"))
        return round_value(value) if value.is_finite() and abs(value) < Decimal("1e20") else None
    except InvalidOperation:
        return None


def _lines(table: Iterable[list[Any]]) -> Iterator[SheetLine]:
    for cells in table:
        texts = [str(cell).strip() for cell in cells[:MOST_COLUMNS]]
        numbers = [text for text in texts if parse_number(text) is not None]
        labels = [text for text in texts if text and parse_number(text) is None]
        if labels and numbers:
            yield SheetLine("/".join(labels[:2]), numbers[-1])


def _read_workbook(data: bytes) -> list[list[Any]]:
    """Return the first rows of a workbook. It is unpacked in a child process with limits: it may be a bomb."""
    from fanzha.read import FileLayout, SourceFile, workbook  # loads duckdb, which pages do not need

    with NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(data)
        file.flush()
        rows = workbook.READER.iter_rows(SourceFile(Path(file.name)), FileLayout())
        return [list(cells) for _number, cells in islice(rows, MOST_ROWS)]


def _read_csv(data: bytes) -> list[list[Any]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    rows = csv.reader(io.StringIO(text))
    return [row for row, _number in zip(rows, range(MOST_ROWS), strict=False)]


def _labels(rows: Iterable[FormRow]) -> dict[str, FormRow]:
    """Return the fields by what a line may call them; a title that several fields have needs its heading."""
    labels: dict[str, FormRow] = {}
    twice = set()
    for row in rows:
        field = row.field
        for title, heading in zip(field.title, field.heading, strict=True):
            for label in (field.name, f"{heading}/{title}"):
                labels[_key(label)] = row
            if labels.setdefault(_key(title), row) is not row:
                twice.add(_key(title))
            labels.setdefault(_key(f"{title}/{field.unit[0]}"), row)
            labels.setdefault(_key(f"{title}/{field.unit[1]}"), row)
    return {label: row for label, row in labels.items() if label not in twice}


def _key(label: str) -> str:
    return "".join(label.casefold().split())
