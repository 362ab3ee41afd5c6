"""Sheets of a sample: one CSV file for each marker, with an order of its own and without what the detector says."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from fanzha.base.csv_cells import plain_cell
from fanzha.base.errors import UsageError
from fanzha.base.words import Words

ITEM, MARK, COMMENT = "item", "mark", "comment"
UNCLEAR = "unclear"
FRAUD, INNOCENT = "fraud", "innocent"

#: Words accepted for a mark, in lower case.
_WORDS = {
    FRAUD: FRAUD, "诈骗": FRAUD, "涉诈": FRAUD, "是": FRAUD, "1": FRAUD, "yes": FRAUD,
    INNOCENT: INNOCENT, "正常": INNOCENT, "非诈骗": INNOCENT, "否": INNOCENT, "0": INNOCENT, "no": INNOCENT,
    UNCLEAR: UNCLEAR, "存疑": UNCLEAR, "不确定": UNCLEAR, "?": UNCLEAR, "？": UNCLEAR,
}  # fmt: skip


class SheetError(UsageError):
    """A sheet cannot be read; `words` says why in both languages."""

    def __init__(self, name: str, words: Words, *, fix: str) -> None:
        super().__init__(f"{name}: {words.en} {words.zh}", fix=fix)
        self.words = words


def order_items(count: int, order_seed: int) -> list[int]:
    """Return the order of a marker's rows, by their numbers."""
    return [int(number) for number in np.random.default_rng(order_seed).permutation(count)]


def render_sheet(
    items: Sequence[str], shown: pa.Table, order_seed: int, marks: Mapping[str, str] | None = None
) -> bytes:
    """Return the sheet of one marker as CSV: item, the shown columns, and the marks made so far."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([ITEM, *shown.column_names, MARK, COMMENT])
    rows = list(zip(*(column.to_pylist() for column in shown.columns), strict=True))
    for number in order_items(len(items), order_seed):
        cells = (plain_cell(str(cell)) for cell in rows[number])
        writer.writerow([items[number], *cells, (marks or {}).get(items[number], ""), ""])
    return out.getvalue().encode("utf-8-sig")


def parse_marks(
    data: bytes, marks: Sequence[str], items: Iterable[str], name: str, *, is_partial: bool = False
) -> dict[str, str]:
    """Return the mark of each item in a sheet; `name` is that of the file, for errors.

    Raise SheetError on an unknown item or word, and unless `is_partial` also on an empty mark or a missing item.
    """
    rows = _read_rows(data, name)
    expected, found = set(items), dict[str, str]()
    for number, row in enumerate(rows, start=2):
        item = (row.get(ITEM) or "").strip()
        if item not in expected:
            words = Words(
                f"第 {number} 行的 {item!r} 不属于本样本", f"row {number}: item {item!r} is not of this sample"
            )
            raise SheetError(name, words, fix="keep the column item 请保留 item 列")
        if (row.get(MARK) or "").strip() or not is_partial:
            found[item] = _parse_mark(row.get(MARK) or "", marks, name, number)
    if not is_partial and (missing := expected - found.keys()):
        words = Words(
            f"缺少 {len(missing)} 行，如 {min(missing)}", f"{len(missing)} items are missing, such as {min(missing)}"
        )
        raise SheetError(name, words, fix="keep every row 请保留所有行")
    return found


def copy_rows(data: bytes, items: Collection[str]) -> bytes:
    """Return these items of a sheet, without marks and comments, as a sheet for another marker."""
    rows = [row for row in _read_rows(data, "") if (row.get(ITEM) or "").strip() in items]
    out = io.StringIO()
    writer = csv.DictWriter(out, [name for name in rows[0] if name is not None], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(row | {MARK: "", COMMENT: ""} for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _read_rows(data: bytes, name: str) -> list[dict[str, str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    if not rows or MARK not in rows[0] or ITEM not in rows[0]:
        words = Words(f"没有 {ITEM} 列和 {MARK} 列", f"it has no columns {ITEM} and {MARK}")
        raise SheetError(name, words, fix="keep the header of the sheet 请保留表头")
    return rows


def _parse_mark(cell: str, marks: Sequence[str], name: str, number: int) -> str:
    word = cell.strip()
    accepted = [*marks, UNCLEAR]
    mark = word if word in accepted else _WORDS.get(word.lower(), "")
    if mark not in accepted:
        words = Words(f"第 {number} 行未填写判定结果", f"row {number}: the mark is empty")
        if word:
            words = Words(f"第 {number} 行的判定结果 {word!r} 无法识别", f"row {number}: the mark {word!r} is unknown")
        raise SheetError(name, words, fix=f"write one of 请填写 {', '.join(accepted)}")
    return mark
