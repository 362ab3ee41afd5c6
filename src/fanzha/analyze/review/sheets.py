"""Sheets of a sample: one CSV file for each marker, with an order of its own and without what the detector says."""

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from fanzha.base.csv_cells import plain_cell
from fanzha.base.errors import UsageError
from fanzha.store.private_files import write_private_file

ITEM, MARK, COMMENT = "item", "mark", "comment"
UNCLEAR = "unclear"
FRAUD, INNOCENT = "fraud", "innocent"

#: Words accepted for a mark, in lower case.
_WORDS = {
    FRAUD: FRAUD, "诈骗": FRAUD, "涉诈": FRAUD, "是": FRAUD, "1": FRAUD, "yes": FRAUD,
    INNOCENT: INNOCENT, "正常": INNOCENT, "非诈骗": INNOCENT, "否": INNOCENT, "0": INNOCENT, "no": INNOCENT,
    UNCLEAR: UNCLEAR, "存疑": UNCLEAR, "不确定": UNCLEAR, "?": UNCLEAR, "？": UNCLEAR,
}  # fmt: skip


def write_sheet(path: Path, items: Sequence[str], shown: pa.Table, order_seed: int) -> None:
    """Write a sheet for one marker, readable by the owner only: item, the shown columns, and empty marks."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([ITEM, *shown.column_names, MARK, COMMENT])
    rows = list(zip(*(column.to_pylist() for column in shown.columns), strict=True))
    for number in np.random.default_rng(order_seed).permutation(len(items)).tolist():
        writer.writerow([items[number], *(plain_cell(str(cell)) for cell in rows[number]), "", ""])
    write_private_file(path, out.getvalue().encode("utf-8-sig"))


def read_marks(path: Path, marks: Sequence[str], items: Iterable[str]) -> dict[str, str]:
    """Return the mark of each item. Raise UsageError on a missing item, an empty mark or an unknown word."""
    rows = _read_rows(path)
    expected, found = set(items), dict[str, str]()
    for number, row in enumerate(rows, start=2):
        item = (row.get(ITEM) or "").strip()
        if item not in expected:
            raise UsageError(f"{path}, row {number}: item {item!r} is not of this sample", fix="keep the column item")
        found[item] = _read_mark(row.get(MARK) or "", marks, f"{path}, row {number}")
    if missing := expected - found.keys():
        raise UsageError(f"{path}: {len(missing)} items are missing, such as {min(missing)}", fix="keep every row")
    return found


def copy_rows(sheet: Path, target: Path, items: Collection[str]) -> None:
    """Write these items of a sheet, without marks and comments, as a sheet for another marker."""
    rows = [row for row in _read_rows(sheet) if (row.get(ITEM) or "").strip() in items]
    out = io.StringIO()
    writer = csv.DictWriter(out, [name for name in rows[0] if name is not None], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(row | {MARK: "", COMMENT: ""} for row in rows)
    write_private_file(target, out.getvalue().encode("utf-8-sig"))


def _read_rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise UsageError(f"there is no {path}", fix="put the marked sheet there")
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    if not rows or MARK not in rows[0] or ITEM not in rows[0]:
        raise UsageError(f"{path} has no columns {ITEM} and {MARK}", fix="keep the header of the sheet")
    return rows


def _read_mark(cell: str, marks: Sequence[str], place: str) -> str:
    word = cell.strip()
    accepted = [*marks, UNCLEAR]
    mark = word if word in accepted else _WORDS.get(word.lower(), "")
    if mark not in accepted:
        what = f"the mark {word!r} is unknown" if word else "the mark is empty"
        raise UsageError(f"{place}: {what}", fix=f"write one of {', '.join(accepted)}")
    return mark
